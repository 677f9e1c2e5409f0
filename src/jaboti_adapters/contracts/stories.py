"""Scripted days: chats whose every turn happens at a given time on a company's clocks."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Self
from zoneinfo import ZoneInfo

from attrs import frozen

from jaboti_adapters.contracts.scene import Scene
from jaboti_domain.chat.model import Chat
from jaboti_domain.company.hours import BusinessHours, Interval
from jaboti_domain.company.model import Department
from jaboti_domain.dashboard.queries import Metrics, View
from jaboti_domain.kernel.actor import Actor
from jaboti_domain.kernel.events import Named
from jaboti_domain.kernel.ids import ChatId

MONDAY, TUESDAY, WEDNESDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)
EVERYTHING = View()


@frozen(kw_only=True)
class Calendar:
    """The clocks of a scene's company."""

    scene: Scene
    zone: ZoneInfo

    @classmethod
    async def of(cls, scene: Scene, zone: str = "America/Sao_Paulo") -> Self:
        """The company moves to this time zone."""
        async with scene.uow() as uow:
            company = await uow.companies.get()
            company.time_zone = zone
            await uow.companies.save(company)
            await uow.commit()
        return cls(scene=scene, zone=ZoneInfo(zone))

    async def open_from(self, opens: str, closes: str) -> None:
        """The company does business between these times, every day."""
        async with self.scene.uow() as uow:
            company = await uow.companies.get()
            company.hours = BusinessHours(week=[[Interval.of(opens, closes)]] * 7)
            await uow.companies.save(company)
            await uow.commit()

    def at(self, clock: str, day: date = MONDAY, *, again: bool = False) -> datetime:
        """A moment such as 09:00 or 09:00:30.250; `again` is the second one where an hour comes twice."""
        there = datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=self.zone, fold=int(again))
        return there.astimezone(UTC)

    async def story(
        self, clock: str, day: date = MONDAY, *, with_bot: bool = False, attendant: Actor | None = None
    ) -> "Story":
        """A chat begins."""
        chat = await self.scene.a_chat(at=self.at(clock, day), with_bot=with_bot, attendant=attendant)
        return Story(calendar=self, chat_id=chat.id, day=day)

    async def metrics(
        self, first: date = MONDAY, last: date = WEDNESDAY, *, view: View = EVERYTHING, today: date | None = None
    ) -> Metrics:
        """The figures of these days; today is the last of them."""
        reads, company_id = self.scene.backend.dashboard_reads, self.scene.company_id
        return await reads.metrics(company_id, view=view, first=first, last=last, today=today or last)


@frozen(kw_only=True)
class Story:
    """A chat, and the turns that it takes, each in a unit of its own."""

    calendar: Calendar
    chat_id: ChatId
    day: date

    def on(self, day: date) -> "Story":
        """What follows is on another day."""
        return Story(calendar=self.calendar, chat_id=self.chat_id, day=day)

    async def queued(self, clock: str, department: Department | None = None) -> Self:
        """The bot is done with it."""
        named = _named(department) if department else None
        return await self._turned(clock, lambda chat, at: chat.queue(named, at=at))

    async def started(self, clock: str, who: Actor) -> Self:
        """Somebody takes it."""
        return await self._turned(clock, lambda chat, at: chat.start(who, at=at))

    async def given(self, clock: str, who: Actor) -> Self:
        """The supervisor hands it to somebody."""
        named = Named(who.user_id, who.name)
        return await self._turned(
            clock, lambda chat, at: chat.transfer_to_attendant(self._sofia, named, reason="", at=at)
        )

    async def moved(self, clock: str, department: Department) -> Self:
        """The supervisor hands it to a department's queue."""
        named = _named(department)
        return await self._turned(
            clock, lambda chat, at: chat.transfer_to_department(self._sofia, named, reason="", at=at)
        )

    async def ended(self, clock: str) -> Self:
        """It is over."""
        return await self._turned(clock, lambda chat, at: chat.end(None, reason="", at=at))

    async def released(self, clock: str) -> Self:
        """Its attendant leaves the company."""
        return await self._turned(clock, lambda chat, at: chat.release(self._sofia, at=at))

    async def reopened(self, clock: str) -> Self:
        """The client is back."""
        return await self._turned(clock, lambda chat, at: chat.reopen(at=at))

    @property
    def _sofia(self) -> Actor:
        return self.calendar.scene.sofia

    async def _turned(self, clock: str, act: Callable[[Chat, datetime], None]) -> Self:
        async with self.calendar.scene.change(self.chat_id) as chat:
            act(chat, self.calendar.at(clock, self.day))
        return self


def _named(department: Department) -> Named:
    return Named(department.id, department.name)
