"""Who may do what on the platform: a token acts for the numbers that have it, and for their accounts."""

from attrs import frozen

from jaboti_entrypoints.sandbox.cloudapi.errors import GraphError, unknown_object
from jaboti_entrypoints.sandbox.cloudapi.knobs import Knobs
from jaboti_entrypoints.sandbox.cloudapi.numbers import SandboxNumber, Switchboard


@frozen
class Access:
    """The checks in front of every Graph route. A token that nobody has, or a revoked one, is GraphError 190."""

    numbers: Switchboard
    knobs: Knobs

    def number(self, phone_number_id: str, token: str) -> SandboxNumber:
        """The number with this id; GraphError 100 with subcode 33 if it is not there or not the caller's."""
        number = self.numbers.find(phone_number_id)
        if number is None or number.access_token != token:
            self.all(token)
            raise unknown_object(phone_number_id)
        if self.knobs.of(phone_number_id).token_revoked:
            raise _invalid_token()
        return number

    def all(self, token: str) -> list[SandboxNumber]:
        """Every number that the caller may act for; at least one."""
        numbers = [each for each in self.numbers if each.access_token == token]
        admitted = [each for each in numbers if not self.knobs.of(each.phone_number_id).token_revoked]
        if not admitted:
            raise _invalid_token()
        return admitted

    def account(self, waba_id: str, token: str) -> list[SandboxNumber]:
        """The numbers of an account; GraphError 803 if it is not there or not the caller's."""
        numbers = [each for each in self.all(token) if each.waba_id == waba_id]
        if not numbers:
            raise GraphError(803, title="WhatsApp Business Account not found", method=True)
        return numbers

    def accounts(self, token: str) -> set[str]:
        """The accounts that the caller may act for."""
        return {each.waba_id for each in self.all(token)}


def _invalid_token() -> GraphError:
    return GraphError(190, subcode=467, title="Invalid OAuth access token - Cannot parse access token")
