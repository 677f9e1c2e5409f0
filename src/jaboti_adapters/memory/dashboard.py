"""Dashboards: figures are added up anew whenever somebody looks."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TypeVar
from uuid import UUID

from attrs import evolve, frozen

from jaboti_adapters.memory.store import MemoryStore
from jaboti_adapters.memory.transaction import Transaction
from jaboti_domain.chat.model import Chat
from jaboti_domain.chat.routing import ChatStatus
from jaboti_domain.company.errors import CompanyNotFound
from jaboti_domain.dashboard.intervals import Whose
from jaboti_domain.dashboard.model import Layout
from jaboti_domain.dashboard.ports import LayoutRepository
from jaboti_domain.dashboard.queries import (
    Board,
    Customs,
    DashboardReads,
    Metrics,
    Open,
    Share,
    View,
    in_order,
    opened,
    summed,
)
from jaboti_domain.dashboard.tally import Cell, Tally, tallied
from jaboti_domain.kernel.ids import CompanyId, DepartmentId, UserId

K = TypeVar("K")

_ONE_OPEN = {
    ChatStatus.BOT: Open(bot=1),
    ChatStatus.PENDING: Open(pending=1),
    ChatStatus.ACTIVE: Open(active=1),
}


@frozen
class MemoryLayouts(LayoutRepository):
    """Of one unit of work."""

    _transaction: Transaction

    async def get(self, user_id: UserId) -> Layout:
        await self._transaction.lock("layout", [user_id])
        return _layout(self._transaction.store, self._transaction.company_id, user_id)

    async def save(self, layout: Layout) -> None:
        key = (layout.company_id, layout.user_id)
        self._transaction.save(self._transaction.store.layouts, key, layout)


@frozen
class MemoryDashboardReads(DashboardReads):
    """Always of this moment."""

    _store: MemoryStore

    async def customs(self, company_id: CompanyId) -> Customs:
        company = self._store.companies.get(company_id)
        if company is None:
            raise CompanyNotFound()
        return Customs(time_zone=company.time_zone, currency=company.currency)

    async def metrics(self, company_id: CompanyId, *, view: View, first: date, last: date, today: date) -> Metrics:
        seen = [(c, tally) for c, tally in self._tallies(company_id) if view.counts((c.department_id, c.attendant_id))]
        counted = [(cell, tally) for cell, tally in seen if first <= cell.day <= last]
        chats = [chat for chat in self._open(company_id) if view.counts(_whose(chat))]
        return Metrics(
            today=summed(tally for cell, tally in seen if cell.day == today),
            open=opened(_ONE_OPEN[chat.status] for chat in chats),
            days=_added((cell.day, tally) for cell, tally in counted),
            hours=_added((cell.hour, tally) for cell, tally in counted),
            departments=self._departments(counted, chats),
            attendants=self._attendants(company_id, view, counted, chats),
        )

    async def board(self, company_id: CompanyId, *, day: date) -> Board:
        counted = [(cell, tally) for cell, tally in self._tallies(company_id) if cell.day == day]
        return Board(
            day=day,
            open=_open_by((_whose(chat), chat) for chat in self._open(company_id)),
            tallies=_added(((cell.department_id, cell.attendant_id), tally) for cell, tally in counted),
        )

    async def layout(self, company_id: CompanyId, user_id: UserId) -> Layout:
        return _layout(self._store, company_id, user_id)

    def _tallies(self, company_id: CompanyId) -> Iterator[tuple[Cell, Tally]]:
        for chat in self._store.chats.where("company", company_id):
            yield from tallied(self._store.lives.get(chat.id, [])).items()

    def _open(self, company_id: CompanyId) -> list[Chat]:
        return [chat for chat in self._store.chats.where("company", company_id) if chat.is_open]

    def _departments(self, counted: list[tuple[Cell, Tally]], chats: list[Chat]) -> list[Share]:
        tallies = _added((cell.department_id, tally) for cell, tally in counted)
        many = _open_by((chat.department_id, chat) for chat in chats)
        return in_order(_shares(tallies, many, {key: self._department(key) for key in tallies | many}))

    def _attendants(
        self, company_id: CompanyId, view: View, counted: list[tuple[Cell, Tally]], chats: list[Chat]
    ) -> list[Share]:
        tallies = _added((cell.attendant_id, tally) for cell, tally in counted if view.names(cell.attendant_id))
        many = _open_by((chat.attendant_id, chat) for chat in chats if view.names(chat.attendant_id))
        return in_order(_shares(tallies, many, {key: self._member(company_id, key) for key in tallies | many}))

    def _department(self, department_id: DepartmentId | None) -> str | None:
        department = department_id and self._store.departments.get(department_id)
        return department.name if department else None

    def _member(self, company_id: CompanyId, user_id: UserId | None) -> str | None:
        member = user_id and self._store.memberships.get((company_id, user_id))
        return member.name if member else None


def _layout(store: MemoryStore, company_id: CompanyId, user_id: UserId) -> Layout:
    row = store.layouts.get((company_id, user_id))
    return evolve(row) if row else Layout.untouched(company_id, user_id)


def _whose(chat: Chat) -> Whose:
    return chat.department_id, chat.attendant_id


def _added(tallies: Iterable[tuple[K, Tally]]) -> dict[K, Tally]:
    added: defaultdict[K, Tally] = defaultdict(Tally)
    for key, tally in tallies:
        added[key] = added[key].plus(tally)
    return {key: tally for key, tally in added.items() if tally}


def _open_by(chats: Iterable[tuple[K, Chat]]) -> dict[K, Open]:
    opened: defaultdict[K, Open] = defaultdict(Open)
    for key, chat in chats:
        opened[key] = opened[key].plus(_ONE_OPEN[chat.status])
    return dict(opened)


def _shares(tallies: Mapping[K, Tally], opened: Mapping[K, Open], names: Mapping[K, str | None]) -> Iterator[Share]:
    for key, name in names.items():
        is_somebody = key if isinstance(key, UUID) else None
        yield Share(id=is_somebody, name=name, tally=tallies.get(key, Tally()), open=opened.get(key, Open()))
