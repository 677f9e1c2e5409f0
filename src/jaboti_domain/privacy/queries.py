"""Reads for the person themselves: the store writes the JSON itself.

charge  {messageId, at, category, kind, country, cost: money | null}
        Without a cost there was no rate card.
merge   {id, at, undoneAt, clientId, absorbedId, absorbed: portrait | null}
        `absorbed` lived on in the client from then on; it is null where it is somebody else again.
portrait  {name, phone, document, email, contacts: [{kind, value, label}], attributes, identities: [{kind, address}]}
"""

from typing import Protocol

from attrs import frozen

from jaboti_domain.kernel.ids import ChatId, ClientId, CompanyId, IntegrationId
from jaboti_domain.kernel.paging import Cursor, Json, JsonPage


@frozen(kw_only=True)
class Known:
    """A client, and by what the call log may tell of them."""

    card: Json
    """As they are shown."""
    hints: frozenset[str]
    """The ends of their phones and other names on channels."""
    integrations: frozenset[IntegrationId]
    """Those that they have chats on."""


class PersonReads(Protocol):
    """What a company holds on a person, where no screen shows it."""

    async def one(self, company_id: CompanyId, client_id: ClientId) -> Known:
        """Also one who was removed. Raises ClientNotFound, also for one who lives on in another client."""
        ...

    async def merges(self, company_id: CompanyId, client_id: ClientId, *, after: Cursor | None, limit: int) -> JsonPage:
        """In which they took part, oldest first. Raises InvalidCursor."""
        ...

    async def charges(self, company_id: CompanyId, chat_id: ChatId, *, after: Cursor | None, limit: int) -> JsonPage:
        """What the messages of a chat cost, in their order. Raises InvalidCursor."""
        ...
