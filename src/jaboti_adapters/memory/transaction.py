"""What one unit of work holds, and wants to change."""

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from attrs import define, field

from jaboti_adapters.memory.draft import AnyTable, Draft
from jaboti_adapters.memory.locks import Holder, Key
from jaboti_adapters.memory.store import MemoryStore
from jaboti_domain.chat.delivery import DeliveryState
from jaboti_domain.chat.events import Milestone
from jaboti_domain.chat.ports import ErrandKind
from jaboti_domain.dashboard.intervals import calendar_of, lived_on
from jaboti_domain.kernel.events import Aggregate, Recorded
from jaboti_domain.kernel.ids import CompanyId


class Identified(Protocol):
    """A row that is locked by its id."""

    @property
    def id(self) -> Hashable: ...


R = TypeVar("R", bound=Identified)
NO_COMPANY = CompanyId(UUID(int=0))


@define(eq=False)
class Transaction:
    """Of one company, or (for users and sessions) of `NO_COMPANY`."""

    store: MemoryStore
    company_id: CompanyId
    _holder: Holder = field(factory=Holder, init=False)
    _saved: dict[int, tuple[AnyTable, Hashable, Aggregate]] = field(factory=dict, init=False)
    _effects: list[Callable[[], None]] = field(factory=list, init=False)

    async def lock(self, kind: str, ids: Iterable[Hashable], *, of: CompanyId | None = None) -> None:
        """Lock rows until the end; those of the transaction's company, unless it says otherwise."""
        company_id = self.company_id if of is None else of
        await self.store.locks.take(self._holder, [(kind, company_id, each) for each in ids])

    def try_lock(self, key: Key) -> bool:
        """Lock something until the end, unless another has it."""
        return self.store.locks.try_take(self._holder, key)

    async def locked(self, kind: str, look: Callable[[], Collection[R]]) -> Collection[R]:
        """What `look` finds, locked; it looks again after waiting, for things may have changed meanwhile."""
        while True:
            ids = {row.id for row in look()}
            await self.lock(kind, ids)
            rows = look()
            if {row.id for row in rows} <= ids:
                return rows

    def save(self, table: AnyTable, key: Hashable, aggregate: Aggregate) -> None:
        """Keep it at the commit, as it is then."""
        self._saved[id(aggregate)] = (table, key, aggregate)

    @property
    def saved(self) -> list[Aggregate]:
        """What is to be kept, in the order in which it was first saved."""
        return [aggregate for _, _, aggregate in self._saved.values()]

    def then(self, effect: Callable[[], None]) -> None:
        """Do it at the commit, after what came before; it can't fail."""
        self._effects.append(effect)

    def commit(self) -> Sequence[Recorded]:
        """All of it, or raise what forbids it; returns what happened."""
        draft = Draft(self.store)
        for table, key, aggregate in self._saved.values():
            draft.add(table, key, aggregate)
        draft.check()
        recorded = self._record(draft)
        draft.put()
        self._account(draft)
        self._queue(draft)
        for effect in self._effects:
            effect()
        self.end()
        return recorded

    def end(self) -> None:
        """Forget the rest, and let go of all locks."""
        self._saved.clear()
        self._effects.clear()
        self.store.locks.release(self._holder)

    def _record(self, draft: Draft) -> Sequence[Recorded]:
        if not draft.events:
            return []
        history = self.store.history_of(self.company_id)
        recorded = history.written(draft.events)
        history.append(recorded)
        for event in draft.events:
            if isinstance(event, Milestone):
                self.store.milestones.setdefault(event.chat_id, []).append(event)
        return recorded

    def _account(self, draft: Draft) -> None:
        """The life of each chat goes on, in the days and hours that the company has now."""
        company = self.store.companies.get(self.company_id)
        for event in draft.events:
            if isinstance(event, Milestone) and company is not None:
                life = self.store.lives.get(event.chat_id, [])
                self.store.lives[event.chat_id] = lived_on(life, event, calendar_of(company.time_zone, company.hours))

    def _queue(self, draft: Draft) -> None:
        for message in draft.new_messages:
            if message.status is DeliveryState.QUEUED:
                self.store.errands.add(
                    message.company_id, message.chat_id, ErrandKind.MESSAGE, message.id, at=self.store.clock()
                )
