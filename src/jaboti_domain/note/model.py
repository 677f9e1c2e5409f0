"""The note: its author's, to change and to take back."""

from datetime import datetime
from typing import Self

from attrs import define, field
from attrs.setters import frozen as frozen_field

from jaboti_domain.kernel.actor import Actor, Operation
from jaboti_domain.kernel.events import Aggregate, Audience, Named
from jaboti_domain.kernel.ids import ChatId, ClientId, CompanyId, NoteId, new_id
from jaboti_domain.note.errors import InvalidNote, NotYourNote
from jaboti_domain.note.events import NoteCreated

LONGEST = 10_000


def checked_text(text: str) -> str:
    """The text without surrounding space. Raises InvalidNote."""
    text = text.strip()
    if not 1 <= len(text) <= LONGEST:
        raise InvalidNote(limit=LONGEST)
    return text


@define(kw_only=True)
class Note(Aggregate):
    """About a client or about a chat: exactly one of the two."""

    id: NoteId = field(on_setattr=frozen_field)
    company_id: CompanyId = field(on_setattr=frozen_field)
    client_id: ClientId | None = field(default=None, on_setattr=frozen_field)
    chat_id: ChatId | None = field(default=None, on_setattr=frozen_field)
    author: Named = field(on_setattr=frozen_field)
    text: str
    created_at: datetime = field(on_setattr=frozen_field)
    updated_at: datetime
    removed_at: datetime | None = None

    @classmethod
    def on_client(cls, client_id: ClientId, author: Actor, *, text: str, at: datetime) -> Self:
        """About a client, for everyone. Raises InvalidNote."""
        note = cls._of(author, text=text, at=at, client_id=client_id)
        note._created(Audience(everyone=True))
        return note

    @classmethod
    def on_chat(cls, chat_id: ChatId, author: Actor, *, audience: Audience, text: str, at: datetime) -> Self:
        """About a chat, for those who see it. Raises InvalidNote."""
        note = cls._of(author, text=text, at=at, chat_id=chat_id)
        note._created(audience)
        return note

    def edit(self, actor: Actor, *, text: str, at: datetime) -> bool:
        """Say it otherwise; returns whether that is news. Raises NotYourNote, InvalidNote."""
        self._must_be_of(actor)
        text = checked_text(text)
        if text == self.text:
            return False
        self.text, self.updated_at = text, at
        return True

    def remove(self, actor: Actor, *, at: datetime) -> None:
        """Take it back: what it said is gone. Raises NotYourNote."""
        self._must_be_of(actor)
        self.text, self.updated_at, self.removed_at = "", at, at

    @classmethod
    def _of(
        cls,
        author: Actor,
        *,
        text: str,
        at: datetime,
        client_id: ClientId | None = None,
        chat_id: ChatId | None = None,
    ) -> Self:
        return cls(
            id=NoteId(new_id()),
            company_id=author.company_id,
            client_id=client_id,
            chat_id=chat_id,
            author=Named(author.user_id, author.name),
            text=checked_text(text),
            created_at=at,
            updated_at=at,
        )

    def _must_be_of(self, actor: Actor) -> None:
        if actor.user_id != self.author.id and not actor.may(Operation.EDIT_ANY_NOTE):
            raise NotYourNote()

    def _created(self, audience: Audience) -> None:
        self.record(
            NoteCreated(
                company_id=self.company_id,
                at=self.created_at,
                audience=audience,
                note_id=self.id,
                client_id=self.client_id,
                chat_id=self.chat_id,
                author=self.author,
                text=self.text,
            )
        )
