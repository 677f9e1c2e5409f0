"""Facts about notes."""

from attrs import frozen

from jaboti_domain.kernel.events import Event, Named
from jaboti_domain.kernel.ids import ChatId, ClientId, NoteId


@frozen(kw_only=True)
class NoteCreated(Event):
    """Somebody wrote something down, about a client or about a chat."""

    name = "note.created"

    note_id: NoteId
    client_id: ClientId | None
    chat_id: ChatId | None
    author: Named
    text: str
