"""Who is writing: told to those who see the chat, kept nowhere."""

import time
from uuid import UUID

import msgspec
from attrs import define, field

from jaboti_domain.chat.errors import NotYourChat
from jaboti_domain.chat.queries import ChatReads
from jaboti_domain.chat.routing import audience_of, sees
from jaboti_domain.kernel.actor import Actor
from jaboti_domain.kernel.events import Audience
from jaboti_domain.kernel.ids import ChatId, DepartmentId, UserId
from jaboti_domain.kernel.ports import Clock
from jaboti_entrypoints.realtime.hub import Hub
from jaboti_entrypoints.realtime.news import News
from jaboti_entrypoints.realtime.shapes import Named, Typing

EVERY = 1.0
"""Seconds: more often nobody is told that somebody still writes."""
_MOST = 4096


class _Id(msgspec.Struct):
    id: UUID


class _Chat(msgspec.Struct):
    attendant: _Id | None
    department: _Id | None

    @property
    def audience(self) -> Audience:
        return audience_of(
            UserId(self.attendant.id) if self.attendant else None,
            DepartmentId(self.department.id) if self.department else None,
        )


_read = msgspec.json.Decoder(_Chat).decode


@define(eq=False, kw_only=True)
class Typists:
    """Passes on who writes where."""

    chats: ChatReads
    hub: Hub
    clock: Clock
    _told_at: dict[tuple[UserId, ChatId], float] = field(factory=dict, init=False)

    async def writes(self, actor: Actor, chat_id: ChatId) -> None:
        """Tell the others who see the chat. Raises ChatNotFound, NotYourChat."""
        key, now = (actor.user_id, chat_id), time.monotonic()
        if now - self._told_at.get(key, -EVERY) < EVERY:
            return
        chat = _read(await self.chats.one(actor.company_id, chat_id))
        if not sees(actor, chat.audience):
            raise NotYourChat()
        self._note(key, now)
        self.hub.pass_on(
            actor.company_id,
            News(event="typing", data=Typing(chat_id=str(chat_id), user=Named(id=str(actor.user_id), name=actor.name))),
            chat.audience,
            topic=f"typing {chat_id} {actor.user_id}",
            at=self.clock(),
            but=actor.user_id,
        )

    def _note(self, key: tuple[UserId, ChatId], now: float) -> None:
        if len(self._told_at) >= _MOST:
            self._told_at = {known: at for known, at in self._told_at.items() if now - at < EVERY}
        self._told_at[key] = now
