"""Who is writing: told to those who see the chat, kept nowhere."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from uuid import UUID

import msgspec
import structlog
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
SHOWN_EVERY = 8.0
"""Seconds: more often no platform is told."""
_MOST = 4096
_AT_ONCE = 64

log = structlog.get_logger(__name__)


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
    show: Callable[[Actor, ChatId], Awaitable[object]] | None = None
    """Lets the client see it: apart from the command, which does not wait for any platform."""
    _showing: dict[ChatId, asyncio.Task[None]] = field(factory=dict, init=False)
    _shown_at: dict[ChatId, float] = field(factory=dict, init=False)
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
        self._show(actor, chat_id, now)
        self.hub.pass_on(
            actor.company_id,
            News(event="typing", data=Typing(chat_id=str(chat_id), user=Named(id=str(actor.user_id), name=actor.name))),
            chat.audience,
            topic=f"typing {chat_id} {actor.user_id}",
            at=self.clock(),
            but=actor.user_id,
        )

    def _show(self, actor: Actor, chat_id: ChatId, now: float) -> None:
        """At most once in so many seconds for each chat, one at a time, and not too many at once."""
        if self.show is None or chat_id in self._showing or len(self._showing) >= _AT_ONCE:
            return
        if now - self._shown_at.get(chat_id, -SHOWN_EVERY) < SHOWN_EVERY:
            return
        if len(self._shown_at) >= _MOST:
            self._shown_at = {known: at for known, at in self._shown_at.items() if now - at < SHOWN_EVERY}
        self._shown_at[chat_id] = now
        task = self._showing[chat_id] = asyncio.create_task(self._show_once(actor, chat_id))
        task.add_done_callback(lambda _: self._showing.pop(chat_id))

    async def _show_once(self, actor: Actor, chat_id: ChatId) -> None:
        try:
            await self.show(actor, chat_id) if self.show else None
        except Exception as error:
            log.warning("realtime.typing_failed", chat_id=str(chat_id), error=type(error).__name__)

    def _note(self, key: tuple[UserId, ChatId], now: float) -> None:
        if len(self._told_at) >= _MOST:
            self._told_at = {known: at for known, at in self._told_at.items() if now - at < EVERY}
        self._told_at[key] = now
