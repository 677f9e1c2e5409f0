"""Reads for dashboards: sums, out of which the averages are made here."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import reduce
from typing import Protocol
from uuid import UUID

from attrs import frozen

from jaboti_domain.dashboard.intervals import Whose
from jaboti_domain.dashboard.model import Layout
from jaboti_domain.dashboard.tally import NOTHING, Tally
from jaboti_domain.kernel.actor import Actor, Operation
from jaboti_domain.kernel.ids import CompanyId, DepartmentId, UserId


@frozen
class Open:
    """How many chats are open, by status."""

    bot: int = 0
    pending: int = 0
    active: int = 0

    def plus(self, other: "Open") -> "Open":
        """Both together."""
        return Open(self.bot + other.bot, self.pending + other.pending, self.active + other.active)

    def __bool__(self) -> bool:
        return bool(self.bot or self.pending or self.active)


NONE_OPEN = Open()


@frozen(kw_only=True)
class View:
    """Which chats are counted.

    Supervisors see all. An operator sees those of the departments that they serve, their own wherever they are, and
    those that are nobody's yet: in no department, and with no attendant.
    """

    viewer: UserId | None = None
    """None: every chat."""
    departments: frozenset[DepartmentId] = frozenset()
    only: DepartmentId | None = None
    """Of what is seen, the chats of this department."""

    @classmethod
    def of(cls, actor: Actor, *, only: DepartmentId | None = None) -> "View":
        """What this person may see."""
        if actor.may(Operation.ATTEND_ANY_CHAT):
            return cls(only=only)
        return cls(viewer=actor.user_id, departments=actor.departments, only=only)

    def counts(self, whose: Whose) -> bool:
        """Whether chats that stand there are counted."""
        department_id, attendant_id = whose
        if self.only not in (None, department_id):
            return False
        return (
            self.viewer is None
            or department_id in self.departments
            or attendant_id == self.viewer
            or whose == (None, None)
        )

    def names(self, attendant_id: UserId | None) -> bool:
        """Whether the figures of this attendant alone are shown: an operator sees no colleague's."""
        return attendant_id is not None and self.viewer in (None, attendant_id)


@frozen(kw_only=True)
class Share:
    """The part of a department or of an attendant; what is in no department has neither id nor name."""

    id: UUID | None
    name: str | None
    tally: Tally = NOTHING
    open: Open = NONE_OPEN


@frozen(kw_only=True)
class Metrics:
    """The figures of some days. Days, hours and departments each add up to all that is in view."""

    today: Tally
    open: Open
    days: Mapping[date, Tally]
    """Of those on which something counted."""
    hours: Mapping[int, Tally]
    """By the hour of the day, over all of the days."""
    departments: Sequence[Share]
    """Those that have something to show, by name; at the end what is in none."""
    attendants: Sequence[Share]
    """Those that have something to show, by name."""

    @property
    def total(self) -> Tally:
        """Of all days."""
        return summed(self.days.values())


@frozen(kw_only=True)
class Board:
    """A company as it stands now, by whose its chats are: those open, and what counted on one day."""

    day: date
    open: Mapping[Whose, Open]
    tallies: Mapping[Whose, Tally]

    def seen(self, view: View) -> tuple[Open, Tally]:
        """What is in view, added up."""
        shown = (many for whose, many in self.open.items() if view.counts(whose))
        counted = (tally for whose, tally in self.tallies.items() if view.counts(whose))
        return opened(shown), summed(counted)


@frozen(kw_only=True)
class Customs:
    """What a company's figures are told in."""

    time_zone: str
    currency: str


class DashboardReads(Protocol):
    """Reads of one company's figures. Everything that was committed counts at once."""

    async def customs(self, company_id: CompanyId) -> Customs:
        """Raises CompanyNotFound."""
        ...

    async def metrics(self, company_id: CompanyId, *, view: View, first: date, last: date, today: date) -> Metrics:
        """The figures of the days from `first` to `last`, and of `today`, be it one of them or not.

        A day is the company's, by the time zone that it had when things happened.
        """
        ...

    async def board(self, company_id: CompanyId, *, day: date) -> Board:
        """What is open now, and what counted on a day; places without anything are left out."""
        ...

    async def layout(self, company_id: CompanyId, user_id: UserId) -> Layout:
        """Of who never saved one, the untouched one."""
        ...


def summed(tallies: Iterable[Tally]) -> Tally:
    """All together."""
    return reduce(Tally.plus, tallies, NOTHING)


def opened(many: Iterable[Open]) -> Open:
    """All together."""
    return reduce(Open.plus, many, NONE_OPEN)


def in_order(shares: Iterable[Share]) -> list[Share]:
    """Those that have something to show, by name; without a name at the end."""
    worth_it = [share for share in shares if share.tally or share.open]
    return sorted(worth_it, key=lambda share: (share.id is None, share.name or "", str(share.id)))
