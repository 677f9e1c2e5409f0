"""Who is there, as one process sees it."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import timedelta

from attrs import define, field

from jaboti_adapters.clock import SystemClock
from jaboti_adapters.hearing import Changes, Person, each_of
from jaboti_domain.identity.ports import PresenceBoard, PresenceChange
from jaboti_domain.identity.presence import GRACE, Presence
from jaboti_domain.kernel.ids import CompanyId, UserId
from jaboti_domain.kernel.ports import Clock


@define(eq=False, kw_only=True)
class PresenceBook:
    """What boards of one process share."""

    grace: timedelta = GRACE
    clock: Clock = field(factory=SystemClock)
    _people: dict[Person, Presence] = field(factory=dict, init=False)
    _online: dict[CompanyId, set[UserId]] = field(factory=dict, init=False)
    """Of whom it was told that they are."""
    _reviews: dict[Person, asyncio.TimerHandle] = field(factory=dict, init=False)
    listeners: set[Changes] = field(factory=set, init=False)

    def connect(self, person: Person) -> None:
        """One more connection."""
        self._note(person, self._presence(person).connect(at=self.clock(), grace=self.grace))

    def disconnect(self, person: Person) -> None:
        """One less."""
        self._note(person, self._presence(person).disconnect(at=self.clock()))

    def say(self, person: Person, *, online: bool) -> None:
        """What they say of themselves."""
        self._note(person, self._presence(person).say(online=online, at=self.clock()))

    def online(self, company_id: CompanyId) -> Collection[UserId]:
        """Everybody who is online now."""
        return frozenset(self._online.get(company_id, ()))

    def _presence(self, person: Person) -> Presence:
        return self._people.get(person, Presence())

    def _note(self, person: Person, presence: Presence) -> None:
        self._people[person] = presence
        self._review(person)

    def _review(self, person: Person) -> None:
        """Tell whether they are online if it is news, and look again when those who are gone count as away."""
        if (review := self._reviews.pop(person, None)) is not None:
            review.cancel()
        presence, now = self._people[person], self.clock()
        self._tell(person, presence.is_online(at=now, grace=self.grace))
        if not presence.is_near(at=now, grace=self.grace):
            del self._people[person]
        elif not presence.connections and presence.seen_at is not None:
            left = presence.seen_at + self.grace - now
            loop = asyncio.get_running_loop()
            self._reviews[person] = loop.call_later(left.total_seconds() + 0.001, self._review, person)

    def _tell(self, person: Person, online: bool) -> None:
        company_id, user_id = person
        there = self._online.setdefault(company_id, set())
        if (user_id in there) != online:
            (there.add if online else there.discard)(user_id)
            for changes in self.listeners:
                changes.put_nowait(PresenceChange(company_id=company_id, user_id=user_id, online=online))
        if not there:
            del self._online[company_id]


@define(eq=False)
class InProcessPresence(PresenceBoard):
    """A board over a book that others may share."""

    _book: PresenceBook = field(factory=PresenceBook)

    @asynccontextmanager
    async def connected(self, company_id: CompanyId, user_id: UserId) -> AsyncIterator[None]:
        self._book.connect((company_id, user_id))
        try:
            yield
        finally:
            self._book.disconnect((company_id, user_id))

    async def say(self, company_id: CompanyId, user_id: UserId, *, online: bool) -> None:
        self._book.say((company_id, user_id), online=online)

    async def online(self, company_id: CompanyId) -> Collection[UserId]:
        return self._book.online(company_id)

    @asynccontextmanager
    async def changes(self) -> AsyncIterator[AsyncIterator[PresenceChange]]:
        heard = Changes()
        self._book.listeners.add(heard)
        try:
            yield each_of(heard)
        finally:
            self._book.listeners.discard(heard)
