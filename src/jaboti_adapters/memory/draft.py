"""What was saved in one unit of work, made ready to be kept all at once."""

from collections.abc import Hashable
from typing import Any, TypeVar

from attrs import define, evolve, field

from jaboti_adapters.memory.store import MemoryStore, MessageRow
from jaboti_adapters.memory.table import Change, Table
from jaboti_domain.chat.errors import AttendantDisabled
from jaboti_domain.chat.message import Message
from jaboti_domain.chat.model import Chat
from jaboti_domain.company.errors import DepartmentNotFound
from jaboti_domain.company.model import Department
from jaboti_domain.kernel.errors import StaleVersion
from jaboti_domain.kernel.events import Aggregate, Event
from jaboti_domain.kernel.ids import DepartmentId, IntegrationId, UserId

AnyTable = Table[Any, Any]
A = TypeVar("A", bound=Aggregate)


@define(eq=False)
class Draft:
    """Copies of the saved aggregates, and what happened to them, in the order in which they were saved."""

    store: MemoryStore
    events: list[Event] = field(factory=list, init=False)
    new_messages: list[Message] = field(factory=list, init=False)
    _changes: dict[AnyTable, dict[Hashable, Change[Any]]] = field(factory=dict, init=False)
    _counted: list[Aggregate] = field(factory=list, init=False)

    def add(self, table: AnyTable, key: Hashable, aggregate: Aggregate) -> None:
        """One more; a new message comes with its chat alone."""
        match aggregate:
            case Chat():
                self._add_chat(aggregate)
            case Message():
                chat = self.store.chats.get(aggregate.chat_id)
                if chat is not None and aggregate.version:
                    self._add_message(aggregate, chat.integration_id)
            case _:
                self.events += aggregate.collect()
                self._count(table, key, Change(_next(aggregate), aggregate.version), aggregate)

    def check(self) -> None:
        """Raise what forbids any of it."""
        for table, changes in self._changes.items():
            table.check(changes)
        for change in self._changes.get(self.store.chats, {}).values():
            self._check_destination(change.row)
        for change in self._changes.get(self.store.departments, {}).values():
            self._check_removal(change.row)

    def put(self) -> None:
        """Keep what was checked."""
        for table, changes in self._changes.items():
            table.put(changes)
        for aggregate in self._counted:
            aggregate.version += 1

    def _check_destination(self, chat: Chat) -> None:
        """An open chat comes neither to a department nor to a member who are no longer there."""
        before = self.store.chats.get(chat.id)
        if not chat.is_open or (before and before.is_open and _place(before) == _place(chat)):
            return
        department = self.store.departments.get(chat.department_id) if chat.department_id else None
        if department is not None and department.removed_at is not None:
            raise DepartmentNotFound()
        member = self.store.memberships.get((chat.company_id, chat.attendant_id)) if chat.attendant_id else None
        if member is not None and (member.has_left or not member.enabled):
            raise AttendantDisabled()

    def _check_removal(self, department: Department) -> None:
        """What came to a department meanwhile keeps it from being removed."""
        if department.removed_at is not None:
            department.remove(
                open_chats=self.store.open_chats_of(department.company_id, department.id), at=department.removed_at
            )

    def _add_chat(self, chat: Chat) -> None:
        events = chat.collect()
        self.events += events
        self._enter(self.store.chats, chat.id, Change(evolve(chat), chat.version - len(events)))
        for message in chat.collect_messages():
            self._add_message(message, chat.integration_id)
            self.new_messages.append(message)

    def _add_message(self, message: Message, integration_id: IntegrationId) -> None:
        self.events += message.collect()
        change = Change(MessageRow(_next(message), integration_id), message.version)
        self._count(self.store.messages, message.id, change, message)

    def _count(self, table: AnyTable, key: Hashable, change: Change[Any], aggregate: Aggregate) -> None:
        self._enter(table, key, change)
        self._counted.append(aggregate)

    def _enter(self, table: AnyTable, key: Hashable, change: Change[Any]) -> None:
        if self._changes.setdefault(table, {}).setdefault(key, change) is not change:
            raise StaleVersion()


def _place(chat: Chat) -> tuple[UserId | None, DepartmentId | None]:
    return chat.attendant_id, chat.department_id


def _next(aggregate: A) -> A:
    return evolve(aggregate, version=aggregate.version + 1)
