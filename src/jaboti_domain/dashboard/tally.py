"""What chats count for: sums that can be added up in any order, over days, hours, departments and attendants.

Everything counts in one place only, so that parts add up to the whole.

- A chat counts as begun in the hour in which it was opened, for the department and the attendant that it is with now,
  or was with when it ended: it moves with the chat.
- A wait is an unbroken stay in queues, until an attendant took the chat; it counts in the hour in which that was, for
  the department and the attendant of then. A stay that ended otherwise was no wait; a chat that is queued again waits
  again.
- A chat counts as ended in the hour in which it ended, with the seconds that it was open altogether; not while it is
  open again.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from operator import add, sub
from typing import NamedTuple

from jaboti_domain.chat.routing import ChatStatus
from jaboti_domain.dashboard.intervals import Interval
from jaboti_domain.kernel.ids import DepartmentId, UserId


class Cell(NamedTuple):
    """Where something counts: the company's day and hour, and whose it was."""

    day: date
    hour: int
    department_id: DepartmentId | None
    attendant_id: UserId | None


class Tally(NamedTuple):
    """Sums. Those of `business` seconds count the time within business hours only."""

    chats: int = 0
    ended: int = 0
    waits: int = 0
    wait_seconds: int = 0
    wait_business_seconds: int = 0
    lived_seconds: int = 0
    lived_business_seconds: int = 0

    def plus(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(*map(add, self, other))

    def minus(self, other: "Tally") -> "Tally":
        """This without the other."""
        return Tally(*map(sub, self, other))

    def __bool__(self) -> bool:
        return any(self)

    @property
    def average_wait(self) -> float | None:
        """Seconds; None where nobody waited."""
        return _average(self.wait_seconds, self.waits)

    @property
    def average_duration(self) -> float | None:
        """Seconds; None where nothing ended."""
        return _average(self.lived_seconds, self.ended)

    @property
    def average_business_wait(self) -> float | None:
        """The same within business hours."""
        return _average(self.wait_business_seconds, self.waits)

    @property
    def average_business_duration(self) -> float | None:
        """The same within business hours."""
        return _average(self.lived_business_seconds, self.ended)


Tallies = Mapping[Cell, Tally]
NOTHING = Tally()


def tallied(life: Sequence[Interval]) -> Tallies:
    """What a chat counts for so far."""
    if not life:
        return {}
    first, last = life[0], life[-1]
    counted = {Cell(first.day, first.hour, *last.whose): Tally(chats=1)}
    for taken, seconds, business in _waits(life):
        cell = _cell_of(taken)
        counted[cell] = counted.get(cell, NOTHING).plus(Tally(0, 0, 1, seconds, business))
    if last.state is ChatStatus.CLOSED:
        counted[_cell_of(last)] = counted.get(_cell_of(last), NOTHING).plus(_ended(life))
    return counted


def difference(after: Tallies, before: Tallies) -> Tallies:
    """What must be added to `before`; nothing stands for what is the same."""
    cells = after.keys() | before.keys()
    changed = {cell: after.get(cell, NOTHING).minus(before.get(cell, NOTHING)) for cell in cells}
    return {cell: tally for cell, tally in changed.items() if tally}


def _waits(life: Sequence[Interval]) -> Iterator[tuple[Interval, int, int]]:
    """Each taking of a chat out of a queue, with the seconds that it had waited."""
    seconds = business = 0
    for before, interval in pairwise(life):
        if before.state is ChatStatus.PENDING:
            seconds, business = seconds + (before.seconds or 0), business + (before.business_seconds or 0)
            if interval.state is ChatStatus.ACTIVE:
                yield interval, seconds, business
        if interval.state is not ChatStatus.PENDING:
            seconds = business = 0


def _ended(life: Sequence[Interval]) -> Tally:
    lived = [interval for interval in life if interval.state is not ChatStatus.CLOSED]
    return Tally(
        ended=1,
        lived_seconds=sum(interval.seconds or 0 for interval in lived),
        lived_business_seconds=sum(interval.business_seconds or 0 for interval in lived),
    )


def _cell_of(interval: Interval) -> Cell:
    return Cell(interval.day, interval.hour, *interval.whose)


def _average(seconds: int, count: int) -> float | None:
    return round(seconds / count, 1) if count else None
