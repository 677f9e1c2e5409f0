"""The business's phone numbers on the platform, their tokens, and where their webhooks go."""

from collections.abc import Iterable, Iterator

from attrs import define, field
from msgspec import Struct
from msgspec.structs import replace


class SandboxNumber(Struct, frozen=True, forbid_unknown_fields=True):
    """One phone number of a business. An empty `webhook_url` means that nobody listens."""

    phone_number_id: str
    waba_id: str
    display_phone_number: str
    access_token: str
    app_secret: str
    webhook_url: str = ""
    verify_token: str = ""


@define(eq=False)
class Switchboard:
    """All numbers, which may come and go while the sandbox runs, and the accounts subscribed to webhooks."""

    _numbers: dict[str, SandboxNumber] = field(factory=dict, init=False)
    _unsubscribed: set[str] = field(factory=set, init=False)

    def __iter__(self) -> Iterator[SandboxNumber]:
        return iter(self._numbers.values())

    def connect(self, number: SandboxNumber) -> None:
        """Adds a number, or changes the one with the same id."""
        self._numbers[number.phone_number_id] = number

    def disconnect(self, phone_number_id: str) -> None:
        """Takes a number away; nothing happens if it is not there."""
        self._numbers.pop(phone_number_id, None)

    def find(self, phone_number_id: str) -> SandboxNumber | None:
        """The number with this id."""
        return self._numbers.get(phone_number_id)

    def get(self, phone_number_id: str) -> SandboxNumber:
        """The number with this id; LookupError if there is none."""
        number = self.find(phone_number_id)
        if number is None:
            raise LookupError(f"there is no number {phone_number_id}")
        return number

    def of_account(self, waba_id: str) -> list[SandboxNumber]:
        """The numbers of a WhatsApp Business Account."""
        return [number for number in self if number.waba_id == waba_id]

    def redirect(self, numbers: Iterable[SandboxNumber], *, webhook_url: str, verify_token: str) -> None:
        """Sends these numbers' webhooks elsewhere."""
        for number in numbers:
            self.connect(replace(number, webhook_url=webhook_url, verify_token=verify_token))

    def subscribe(self, waba_id: str, *, wanted: bool) -> None:
        """Begins or ends the webhooks of an account; every account begins subscribed."""
        if wanted:
            self._unsubscribed.discard(waba_id)
        else:
            self._unsubscribed.add(waba_id)

    def subscribed(self, waba_id: str) -> bool:
        """Whether the account's webhooks are delivered at all."""
        return waba_id not in self._unsubscribed
