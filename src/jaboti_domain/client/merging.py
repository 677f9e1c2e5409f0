"""Two clients who turned out to be one, and what is needed to part them again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from attrs import define, field
from attrs.setters import frozen as frozen_field

from jaboti_domain.client.details import Portrait
from jaboti_domain.kernel.events import Aggregate
from jaboti_domain.kernel.ids import ChatId, ClientId, CompanyId, MergeId, new_id


@define(kw_only=True)
class Merge(Aggregate):
    """`absorbed_id` lives on in `client_id`. It is undone once at most."""

    id: MergeId = field(on_setattr=frozen_field)
    company_id: CompanyId = field(on_setattr=frozen_field)
    client_id: ClientId = field(on_setattr=frozen_field)
    absorbed_id: ClientId = field(on_setattr=frozen_field)
    at: datetime = field(on_setattr=frozen_field)
    absorbed: Portrait = field(on_setattr=frozen_field)
    """As it was before."""
    before: Portrait = field(on_setattr=frozen_field)
    """As the one that stays was before."""
    chats: tuple[ChatId, ...] = ()
    """Those of the absorbed one until then."""
    undone_at: datetime | None = None

    @classmethod
    def of(
        cls,
        *,
        company_id: CompanyId,
        client_id: ClientId,
        absorbed_id: ClientId,
        absorbed: Portrait,
        before: Portrait,
        at: datetime,
    ) -> Self:
        """As it happens."""
        return cls(
            id=MergeId(new_id()),
            company_id=company_id,
            client_id=client_id,
            absorbed_id=absorbed_id,
            at=at,
            absorbed=absorbed,
            before=before,
        )

    def took_chats(self, chats: Sequence[ChatId]) -> None:
        """These were the absorbed one's."""
        self.chats = tuple(chats)

    def undo(self, *, at: datetime) -> None:
        """They are two again."""
        self.undone_at = at
