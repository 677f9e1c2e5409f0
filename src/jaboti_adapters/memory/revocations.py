"""Revocations where there is one process."""

from attrs import frozen

from jaboti_domain.identity.ports import Revocations
from jaboti_domain.kernel.ids import SessionId


@frozen
class NobodyElse(Revocations):
    """There is nobody to be told."""

    def tell(self, session_id: SessionId) -> None:
        """Done."""
