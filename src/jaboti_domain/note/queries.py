"""Reads for screens: the store writes the JSON itself, in the shape given here.

note      {id, clientId, chatId, author: {id, name}, text, createdAt, updatedAt, version}
          One of `clientId` and `chatId` is null.
"""

from typing import Protocol

from attrs import frozen

from jaboti_domain.kernel.ids import ChatId, ClientId, CompanyId, NoteId
from jaboti_domain.kernel.paging import Cursor, Json, JsonPage


@frozen(kw_only=True)
class NoteFilter:
    """About which client, or which chat: exactly one of the two.

    Notes about clients who were merged into this one are among the client's.
    """

    client_id: ClientId | None = None
    chat_id: ChatId | None = None
    with_chats: bool = False
    """Also those about the client's chats."""


class NoteReads(Protocol):
    """Reads of one company's notes. Those that were removed are not there."""

    async def page(self, company_id: CompanyId, *, where: NoteFilter, after: Cursor | None, limit: int) -> JsonPage:
        """Notes, newest first. Raises InvalidCursor."""
        ...

    async def one(self, company_id: CompanyId, note_id: NoteId) -> Json:
        """A note. Raises NoteNotFound."""
        ...
