"""Looking at figures, and arranging them."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from attrs import frozen

from jaboti_domain.dashboard.errors import SpanBackwards, SpanTooLong
from jaboti_domain.dashboard.model import Layout, Widget
from jaboti_domain.dashboard.ports import DashboardUnitOfWork
from jaboti_domain.dashboard.queries import Board, DashboardReads, Metrics, View
from jaboti_domain.integration.queries import UsageReads
from jaboti_domain.kernel.actor import Actor, Operation
from jaboti_domain.kernel.ids import CompanyId, DepartmentId
from jaboti_domain.kernel.money import Money
from jaboti_domain.kernel.ports import Clock

USUAL_DAYS, MOST_DAYS = 7, 400
COST_OF = timedelta(hours=24)


@frozen(kw_only=True)
class Days:
    """Days of a company, one after the other."""

    first: date
    last: date

    @classmethod
    def between(cls, since: date | None, until: date | None, *, today: date) -> "Days":
        """From a day to a day, both included; by default the week that ends today. Raises SpanBackwards, SpanTooLong.

        Without a first day it is the week up to the last one.
        """
        last = today if until is None else until
        usual = date.fromordinal(max(last.toordinal() - USUAL_DAYS + 1, 1))
        days = cls(first=usual if since is None else since, last=last)
        if days.first > days.last:
            raise SpanBackwards()
        if len(days) > MOST_DAYS:
            raise SpanTooLong(limit=MOST_DAYS)
        return days

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    def __iter__(self) -> Iterator[date]:
        return map(date.fromordinal, range(self.first.toordinal(), self.last.toordinal() + 1))


@frozen(kw_only=True)
class Figures:
    """What a dashboard shows."""

    days: Days
    time_zone: str
    metrics: Metrics
    cost: Money


@frozen(kw_only=True)
class ReadMetrics:
    """Somebody looks at the figures of the company, as far as they may see them."""

    dashboard_reads: DashboardReads
    usage_reads: UsageReads
    clock: Clock

    async def __call__(
        self,
        actor: Actor,
        *,
        since: date | datetime | None = None,
        until: date | datetime | None = None,
        department_id: DepartmentId | None = None,
    ) -> Figures:
        """Days of the company, both included; a time stands for its day there, as an end for the last day before it.

        Raises SpanBackwards, SpanTooLong.
        """
        actor.must(Operation.READ_DASHBOARD)
        company_id, at = actor.company_id, self.clock()
        customs = await self.dashboard_reads.customs(company_id)
        zone = ZoneInfo(customs.time_zone)
        today = day_of(at, zone)
        days = Days.between(_day(since, zone), _last_day(until, zone), today=today)
        metrics = await self.dashboard_reads.metrics(
            company_id,
            view=View.of(actor, only=department_id),
            first=days.first,
            last=days.last,
            today=today,
        )
        charged = await self.usage_reads.cost_between(company_id, at - COST_OF, at)
        cost = _told_in(customs.currency, charged)
        return Figures(days=days, time_zone=customs.time_zone, metrics=metrics, cost=cost)


@frozen(kw_only=True)
class LookAtBoard:
    """A company's figures of the moment, for whoever may see some of them."""

    dashboard_reads: DashboardReads
    clock: Clock

    async def __call__(self, company_id: CompanyId) -> Board:
        """What is open now, and what counted today."""
        customs = await self.dashboard_reads.customs(company_id)
        return await self.dashboard_reads.board(company_id, day=day_of(self.clock(), ZoneInfo(customs.time_zone)))


@frozen(kw_only=True)
class ArrangeDashboard:
    """A user arranges their own dashboard in the company."""

    new_uow: Callable[[CompanyId], DashboardUnitOfWork]

    async def __call__(
        self, actor: Actor, *, widgets: Sequence[Widget], versions: Collection[int] | None = None
    ) -> Layout:
        """Raises TooManyWidgets, WidgetsAlike, LayoutTooLarge, StaleVersion."""
        actor.must(Operation.ARRANGE_DASHBOARD)
        async with self.new_uow(actor.company_id) as uow:
            layout = await uow.layouts.get(actor.user_id)
            layout.must_be_in(versions)
            layout.arrange(widgets)
            await uow.layouts.save(layout)
            await uow.commit()
        return layout


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """The day that it is there; at the ends of the calendar, where a zone leads out of it, the day that is written."""
    try:
        return at.astimezone(zone).date()
    except OverflowError:
        return at.date()


def _day(given: date | datetime | None, zone: ZoneInfo) -> date | None:
    return day_of(given, zone) if isinstance(given, datetime) else given


def _last_day(given: date | datetime | None, zone: ZoneInfo) -> date | None:
    if not isinstance(given, datetime) or given.year == 1:
        return _day(given, zone)
    return day_of(given - timedelta(microseconds=1), zone)


def _told_in(currency: str, charged: Sequence[Money]) -> Money:
    """Sums of several currencies can't be added: the company's own is told, or else the first."""
    own = [money for money in charged if money.currency == currency]
    return next(iter([*own, *charged]), Money(Decimal(0), currency))
