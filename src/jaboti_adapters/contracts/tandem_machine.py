"""What a machine needs that drives two storages in lockstep."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from hypothesis.stateful import RuleBasedStateMachine, invariant, multiple

from jaboti_adapters.backend import Backend, Unit
from jaboti_adapters.contracts.builders import now
from jaboti_adapters.contracts.observation import (
    chat_seen,
    entries_seen,
    errands_seen,
    events_seen,
    figures_seen,
    lists_seen,
)
from jaboti_adapters.contracts.scene import Kept, Scene
from jaboti_adapters.contracts.tandem import Tandem
from jaboti_domain.chat.message import Message
from jaboti_domain.chat.model import Chat
from jaboti_domain.chat.ports import Settlement
from jaboti_domain.kernel.actor import Actor
from jaboti_domain.kernel.ids import ChatId, MessageId

T = TypeVar("T")


class TandemMachine(RuleBasedStateMachine):
    """Holds the event loop in which both storages live, and looks at both after each step."""

    async def open_backends(self) -> tuple[Backend, Backend]:
        """The two storages: to be overridden."""
        raise NotImplementedError

    async def close_backends(self) -> None:
        """Let go of what was opened."""

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self.tandem = self.run(self._set())
        self._at = now() - timedelta(hours=30, minutes=30)
        self._seq = 0
        self._touched: set[ChatId] = set()

    def teardown(self) -> None:
        try:
            self.run(self.close_backends())
        finally:
            self._runner.close()

    @invariant()
    def nobody_can_tell_them_apart(self) -> None:
        self.run(self._compare())

    @property
    def scene(self) -> Scene:
        """The first side."""
        return self.tandem.one

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Its result."""
        return self._runner.run(coroutine)

    def now(self) -> datetime:
        """A millisecond later than the last time."""
        self._at += timedelta(milliseconds=1)
        return self._at

    def wait(self, pause: timedelta) -> None:
        """Nothing happens for a while."""
        self._at += pause

    def actor(self, name: str) -> Actor:
        """One of the scene's people."""
        actor: Actor = getattr(self.scene, name)
        return actor

    def change(
        self, load: Callable[[Unit], Awaitable[T]], act: Callable[[T], Sequence[Kept]], *, keep: bool = True
    ) -> bool:
        """The same on both sides; returns whether it was kept."""
        return self.run(self.tandem.change(load, act, keep=keep))

    def turn(self, chat_id: ChatId, act: Callable[[Chat], object], *, keep: bool = True) -> bool:
        """A turn in a chat's life."""

        def acted(chat: Chat) -> Sequence[Kept]:
            act(chat)
            return [chat]

        self._touched.add(chat_id)
        return self.change(lambda uow: uow.chats.get(chat_id), acted, keep=keep)

    def write(self, chat_id: ChatId, act: Callable[[Chat], Sequence[Message]]) -> Any:
        """The new messages, for the bundle; none when they were refused."""
        written: list[MessageId] = []
        kept = self.turn(chat_id, lambda chat: written.extend(message.id for message in act(chat)))
        return multiple(*written) if kept else multiple()

    def touch(self, message_id: MessageId, act: Callable[[Message], object]) -> None:
        """Something happens to a message."""

        async def load(uow: Unit) -> Message:
            return (await uow.messages.find([message_id]))[message_id]

        def acted(message: Message) -> Sequence[Kept]:
            act(message)
            self._touched.add(message.chat_id)
            return [message]

        self.change(load, acted)

    def settle_both(self, one: Settlement, other: Settlement) -> None:
        """Each on its side, where errands have numbers of their own."""
        self.run(self._settle(one, other))

    async def _settle(self, *settlements: Settlement) -> None:
        for scene, settlement in zip((self.tandem.one, self.tandem.other), settlements, strict=True):
            async with scene.uow() as uow:
                await uow.outbound.settle([settlement])
                await uow.commit()

    async def _set(self) -> Tandem:
        return Tandem(*await Scene.set_in_both(*await self.open_backends()))

    async def _compare(self) -> None:
        self._seq += len(await self.tandem.see(partial(events_seen, after=self._seq)))
        await self.tandem.see(errands_seen)
        await self.tandem.see(entries_seen)
        for viewer in (self.scene.ana, self.scene.sofia):
            await self.tandem.see(partial(lists_seen, viewer=viewer))
        if self._touched:
            await self.tandem.see(figures_seen)
        while self._touched:
            await self.tandem.see(partial(chat_seen, chat_id=self._touched.pop()))
