"""What happened: events, who may see them, and the aggregates that record them."""

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from attrs import define, field, frozen

from jaboti_domain.kernel.errors import StaleVersion
from jaboti_domain.kernel.ids import CompanyId, DepartmentId, UserId


@frozen
class Named:
    """Something with the name that it had at the time."""

    id: UUID
    name: str


@frozen(kw_only=True)
class Audience:
    """Which operators an event is for; supervisors and admins see every event of their company."""

    users: frozenset[UserId] = frozenset()
    departments: frozenset[DepartmentId] = frozenset()
    everyone: bool = False

    def __or__(self, other: Self) -> "Audience":
        return Audience(
            users=self.users | other.users,
            departments=self.departments | other.departments,
            everyone=self.everyone or other.everyone,
        )


@frozen(kw_only=True)
class Event:
    """A fact. `name` is its stable public name; every other field is part of what it tells."""

    name: ClassVar[str]

    company_id: CompanyId
    at: datetime
    audience: Audience = Audience()


@frozen(kw_only=True)
class Recorded:
    """An event as kept in its company's stream: `data` is the JSON object of the event's own fields in UTF-8."""

    company_id: CompanyId
    seq: int
    at: datetime
    name: str
    audience: Audience
    data: bytes


@frozen
class Position:
    """A place in a company's stream. Another epoch means that the stream was begun anew."""

    epoch: int
    seq: int


@define(kw_only=True)
class Aggregate:
    """Something that changes as one. It appends what happened and hands it over once."""

    version: int = 0
    _events: list[Event] = field(factory=list, init=False, eq=False, repr=False)

    @property
    def is_new(self) -> bool:
        """Whether it was never kept."""
        return self.version == 0

    @property
    def has_news(self) -> bool:
        """Whether something happened that was not collected yet."""
        return bool(self._events)

    def must_be_in(self, versions: Collection[int] | None) -> None:
        """Raise StaleVersion unless it is in one of these versions; None: any will do."""
        if versions is not None and self.version not in versions:
            raise StaleVersion()

    def record(self, event: Event) -> None:
        """Append one more thing that happened."""
        self._events.append(event)

    def collect(self) -> list[Event]:
        """What happened since the last call, oldest first."""
        events, self._events = self._events, []
        return events
