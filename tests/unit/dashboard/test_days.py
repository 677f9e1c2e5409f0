"""Which days are asked for."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from attrs import define, evolve, field

from jaboti_adapters.contracts.clock import MovingClock
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.memory.store import MemoryStore
from jaboti_domain.dashboard.errors import SpanBackwards, SpanTooLong
from jaboti_domain.dashboard.use_cases import ReadMetrics
from jaboti_domain.integration.queries import MonthSpent, UsageGrouping, UsageReads
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.kernel.money import Money
from jaboti_domain.kernel.paging import Cursor, JsonPage
from tests.unit.memory.on_memory import memory_backend

Given = date | datetime | None
AT = datetime(2026, 3, 10, 1, 30, tzinfo=UTC)
TODAY = date(2026, 3, 9)
"""In São Paulo it is still half past ten in the evening."""


@define
class Charged(UsageReads):
    """What was charged, and for which time it was asked."""

    money: list[Money] = field(factory=list)
    asked: list[timedelta] = field(factory=list)

    async def page(
        self,
        company_id: CompanyId,
        *,
        since: datetime,
        until: datetime,
        by: UsageGrouping,
        after: Cursor | None,
        limit: int,
    ) -> JsonPage:
        raise NotImplementedError

    async def spent_in_month(self, company_id: CompanyId, at: datetime) -> MonthSpent:
        raise NotImplementedError

    async def cost_between(self, company_id: CompanyId, since: datetime, until: datetime) -> Sequence[Money]:
        self.asked.append(until - since)
        return self.money


@pytest.fixture
async def scene() -> Scene:
    return await Scene.set_in(memory_backend(MemoryStore(clock=MovingClock(AT))))


@pytest.fixture
def charged() -> Charged:
    return Charged()


@pytest.fixture
def read(scene: Scene, charged: Charged) -> ReadMetrics:
    return ReadMetrics(dashboard_reads=scene.backend.dashboard_reads, usage_reads=charged, clock=scene.backend.clock)


@pytest.mark.parametrize(
    ("since", "until", "first", "last"),
    [
        (None, None, date(2026, 3, 3), TODAY),
        (None, date(2026, 2, 1), date(2026, 1, 26), date(2026, 2, 1)),
        (date(2026, 3, 1), None, date(2026, 3, 1), TODAY),
        (TODAY, TODAY, TODAY, TODAY),
        (date(2026, 3, 9), date(2027, 4, 12), date(2026, 3, 9), date(2027, 4, 12)),
        (datetime(2026, 3, 2, 2, 59, tzinfo=UTC), AT, date(2026, 3, 1), TODAY),
        (datetime(2026, 3, 2, 3, tzinfo=UTC), datetime(2026, 3, 3, 3, tzinfo=UTC), date(2026, 3, 2), date(2026, 3, 2)),
        (None, date(1, 1, 3), date(1, 1, 1), date(1, 1, 3)),
        (datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-9))), date.max, date.max, date.max),
        (datetime(1, 1, 1, tzinfo=UTC), datetime(1, 1, 1, 12, tzinfo=UTC), date(1, 1, 1), date(1, 1, 1)),
    ],
)
async def test_days_are_the_companys(
    scene: Scene, read: ReadMetrics, since: Given, until: Given, first: date, last: date
) -> None:
    days = (await read(scene.ana, since=since, until=until)).days
    assert (days.first, days.last) == (first, last)


@pytest.mark.parametrize(
    ("since", "until"), [(date(2026, 3, 10), None), (TODAY, date(2026, 3, 8)), (AT, date(2026, 3, 8))]
)
async def test_days_go_forward(scene: Scene, read: ReadMetrics, since: Given, until: Given) -> None:
    with pytest.raises(SpanBackwards):
        await read(scene.ana, since=since, until=until)


async def test_there_are_at_most_four_hundred(scene: Scene, read: ReadMetrics) -> None:
    first = TODAY - timedelta(days=399)
    assert (await read(scene.ana, since=first)).days.first == first
    with pytest.raises(SpanTooLong):
        await read(scene.ana, since=first - timedelta(days=1))


@pytest.mark.parametrize(
    ("money", "told"),
    [
        ([], Money(Decimal(0), "BRL")),
        ([Money(Decimal("1.5"), "USD")], Money(Decimal("1.5"), "USD")),
        ([Money(Decimal(1), "ARS"), Money(Decimal("0.1"), "BRL")], Money(Decimal("0.1"), "BRL")),
        ([Money(Decimal(1), "ARS"), Money(Decimal(2), "USD")], Money(Decimal(1), "ARS")),
    ],
)
async def test_the_cost_is_told_in_one_currency(
    scene: Scene, read: ReadMetrics, charged: Charged, money: list[Money], told: Money
) -> None:
    charged.money = money
    assert (await read(scene.sofia)).cost == told
    assert charged.asked == [timedelta(hours=24)]


async def test_today_is_the_companys(scene: Scene, read: ReadMetrics) -> None:
    await scene.a_chat(at=AT - timedelta(minutes=1))
    await scene.a_chat(at=AT.replace(hour=2, minute=59, day=9))
    assert (await read(scene.sofia)).metrics.today.chats == 1
    later = evolve(read, clock=MovingClock(AT + timedelta(hours=2)))
    assert (await later(scene.sofia)).metrics.today.chats == 0
