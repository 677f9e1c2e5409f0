"""What the figures of a dashboard promise: every number here was worked out by hand."""

import asyncio
from datetime import date
from itertools import product

import pytest

from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.contracts.stories import MONDAY, TUESDAY, WEDNESDAY, Calendar, Story
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.company.errors import CompanyNotFound
from jaboti_domain.dashboard.queries import Customs, Metrics, Open, Share, View, opened, summed
from jaboti_domain.dashboard.tally import NOTHING, Tally
from jaboti_domain.kernel.ids import CompanyId, new_id


class FiguresContract(BackendContract):
    """What happened counts at once, in one place, and stays counted there."""

    @pytest.fixture
    async def days(self, scene: Scene) -> Calendar:
        """In São Paulo, three hours behind UTC."""
        return await Calendar.of(scene)

    async def test_without_chats_there_is_nothing(self, days: Calendar) -> None:
        assert await days.metrics() == Metrics(
            today=NOTHING, open=Open(), days={}, hours={}, departments=[], attendants=[]
        )

    async def test_a_chats_life_is_counted_to_the_second(self, days: Calendar) -> None:
        scene = days.scene
        story = await days.story("08:59:00", with_bot=True)
        await story.queued("09:00:10", scene.sales)
        await story.started("09:05:00.999", scene.ana)
        await story.ended("10:00:00.001")
        begun, taken, ended = Tally(chats=1), waited(290), lived(3660)
        found = await days.metrics()
        assert found.days == {MONDAY: sums(begun, taken, ended)}
        assert found.hours == {8: begun, 9: taken, 10: ended}
        assert found.departments == [Share(id=scene.sales.id, name="Vendas", tally=found.total)]
        assert found.attendants == [Share(id=scene.ana.user_id, name="Ana", tally=found.total)]
        assert (found.total.average_wait, found.total.average_duration) == (290, 3660)

    async def test_averages_are_over_all_who_waited_and_all_that_ended(self, days: Calendar) -> None:
        for began, started, ended in (("09:00", "09:01", "09:11"), ("10:00", "10:05", "10:20"), ("11:00", "11:00", "")):
            story = await (await days.story(began)).started(started, days.scene.sofia)
            if ended:
                await story.ended(ended)
        total = (await days.metrics()).total
        assert total == sums(Tally(chats=3), waited(60), waited(300), waited(0), lived(660), lived(1200))
        assert (total.average_wait, total.average_duration) == (120, 930)
        assert (total.average_business_wait, total.average_business_duration) == (120, 930)

    async def test_business_seconds_are_those_within_the_companys_hours(self, days: Calendar) -> None:
        await days.open_from("09:00", "18:00")
        story = await taken(days, "08:30", "09:10")
        await story.on(TUESDAY).ended("08:00")
        total = (await days.metrics()).total
        assert (total.average_wait, total.average_business_wait) == (2400, 600)
        assert (total.average_duration, total.average_business_duration) == (84600, 9 * 3600)

    async def test_a_chat_that_is_given_back_waits_again(self, days: Calendar) -> None:
        story = await taken(days, "09:00", "09:10")
        await story.released("09:30")
        await story.started("09:35", days.scene.caio)
        found = await days.metrics()
        assert found.total == sums(Tally(chats=1), waited(600), waited(300))

    async def test_each_time_in_a_queue_is_a_wait(self, days: Calendar) -> None:
        scene = days.scene
        story = await taken(days, "09:00", "09:10")
        await story.moved("09:30", scene.support)
        await story.started("09:35", scene.caio)
        found = await days.metrics()
        assert found.total == sums(Tally(chats=1), waited(600), waited(300))
        assert shares(found.departments) == {None: waited(600), "Suporte": sums(Tally(chats=1), waited(300))}
        assert shares(found.attendants) == {"Sofia": waited(600), "Caio": sums(Tally(chats=1), waited(300))}

    async def test_a_chat_that_changes_queues_has_waited_once(self, days: Calendar) -> None:
        story = await days.story("09:00")
        await story.moved("09:10", days.scene.sales)
        await story.moved("09:12", days.scene.support)
        await story.given("09:13", days.scene.ana)
        assert shares((await days.metrics()).departments) == {"Suporte": sums(Tally(chats=1), waited(780))}

    async def test_only_a_chat_that_somebody_took_has_waited(self, days: Calendar) -> None:
        await (await days.story("09:00")).ended("09:30")
        await (await days.story("10:00", with_bot=True)).started("10:30", days.scene.ana)
        await days.story("11:00", attendant=days.scene.bia)
        found = await days.metrics()
        assert found.total == sums(Tally(chats=3), lived(1800))
        assert found.total.average_wait is None
        assert shares(found.attendants) == {"Ana": Tally(chats=1), "Bia": Tally(chats=1)}

    async def test_a_chat_that_changes_hands_has_not_waited_and_counts_for_the_last(self, days: Calendar) -> None:
        story = await taken(days, "09:00", "09:01")
        await story.given("09:20", days.scene.bia)
        await story.ended("09:30")
        assert shares((await days.metrics()).attendants) == {
            "Sofia": waited(60),
            "Bia": sums(Tally(chats=1), lived(1800)),
        }

    async def test_the_time_between_end_and_return_does_not_count(self, days: Calendar) -> None:
        story = await taken(days, "09:00", "09:10")
        await story.ended("09:30")
        await story.reopened("10:00")
        assert (await days.metrics()).total == sums(Tally(chats=1), waited(600))
        await story.started("10:01", days.scene.ana)
        await story.ended("10:11")
        found = await days.metrics()
        assert found.total == sums(Tally(chats=1), waited(600), waited(60), lived(1800 + 660))
        assert shares(found.attendants) == {"Sofia": waited(600), "Ana": sums(Tally(chats=1), waited(60), lived(2460))}

    async def test_a_chat_counts_as_ended_when_it_ended_last(self, days: Calendar) -> None:
        story = await taken(days, "23:00", "23:00")
        await story.ended("23:30")
        assert (await days.metrics()).days == {MONDAY: sums(Tally(chats=1), waited(0), lived(1800))}
        await story.on(TUESDAY).reopened("00:30")
        await story.on(TUESDAY).ended("01:00")
        assert (await days.metrics()).days == {MONDAY: sums(Tally(chats=1), waited(0)), TUESDAY: lived(3600)}

    async def test_everything_counts_on_the_companys_day(self, days: Calendar) -> None:
        story = await taken(days, "23:59:59", "23:59:59")
        await story.on(TUESDAY).ended("00:00:01")
        found = await days.metrics()
        assert found.days == {MONDAY: sums(Tally(chats=1), waited(0)), TUESDAY: lived(2)}
        assert (await days.metrics(TUESDAY, TUESDAY)).total == lived(2)
        assert (await days.metrics(MONDAY, MONDAY)).hours == {23: sums(Tally(chats=1), waited(0))}

    async def test_a_day_has_all_its_hours_when_the_clocks_change(self, scene: Scene) -> None:
        spring, autumn = date(2026, 3, 8), date(2026, 11, 1)
        days = await Calendar.of(scene, "America/New_York")
        await (await days.story("01:30", spring)).ended("03:30")
        await (await days.story("00:30", autumn)).ended("02:30")
        late = await scene.a_chat(at=days.at("01:30", autumn, again=True))
        async with scene.change(late.id) as chat:
            chat.end(None, reason="", at=days.at("01:45", autumn, again=True))
        found = await days.metrics(spring, autumn)
        assert found.days == {
            spring: sums(Tally(chats=1), lived(3600)),
            autumn: sums(Tally(chats=2), lived(3 * 3600), lived(900)),
        }
        assert set(found.hours) == {0, 1, 2, 3}
        assert found.hours[1] == sums(Tally(chats=2), lived(900))

    async def test_what_was_counted_stays_when_the_company_moves(self, days: Calendar) -> None:
        story = await taken(days, "23:30", "23:40")
        await Calendar.of(days.scene, "Asia/Tokyo")
        await story.ended("23:50")
        await story.reopened("23:51")
        found = await days.metrics()
        assert found.days == {MONDAY: sums(Tally(chats=1), waited(600))}
        await story.started("23:52", days.scene.ana)
        assert (await days.metrics()).days == {MONDAY: sums(Tally(chats=1), waited(600)), TUESDAY: waited(60)}

    async def test_today_counts_be_it_asked_for_or_not(self, days: Calendar) -> None:
        await days.story("09:00", MONDAY)
        await days.story("09:00", WEDNESDAY)
        await days.story("10:00", WEDNESDAY)
        found = await days.metrics(MONDAY, MONDAY, today=WEDNESDAY)
        assert (found.total.chats, found.today.chats) == (1, 2)

    async def test_months_and_parts_of_months_are_the_days_in_them(self, days: Calendar) -> None:
        began = [date(2026, *day) for day in ((1, 31), (2, 1), (2, 2), (2, 28), (3, 1), (3, 31), (4, 1), (4, 14))]
        for day in began:
            await days.story("12:00", day)
        ends = [date(2026, *day) for day in ((2, 27), (2, 28), (3, 30), (3, 31), (4, 13), (4, 14), (4, 30))]
        for first, last in product(began[:4], ends):
            for today in (last, ends[-1]) if first <= last else ():
                found = await days.metrics(first, last, today=today)
                chats = sum(first <= day <= last for day in began)
                assert (found.total.chats, summed(share.tally for share in found.departments).chats) == (chats, chats)

    async def test_what_is_open_is_what_is_open_now(self, days: Calendar) -> None:
        scene = days.scene
        await days.story("09:00", with_bot=True)
        await (await days.story("09:00", with_bot=True)).queued("09:01", scene.sales)
        await (await days.story("09:00", with_bot=True)).queued("09:01", scene.sales)
        await days.story("09:00", attendant=scene.ana)
        await (await days.story("09:00")).ended("09:10")
        found = await days.metrics(TUESDAY, TUESDAY)
        assert found.open == Open(bot=1, pending=2, active=1)
        assert {share.name: share.open for share in found.departments} == {
            "Vendas": Open(pending=2),
            None: Open(bot=1, active=1),
        }
        assert {share.name: share.open for share in found.attendants} == {"Ana": Open(active=1)}

    async def test_parts_add_up_to_the_whole(self, days: Calendar) -> None:
        await many_stories(days)
        for view in views(days.scene):
            found = await days.metrics(view=view)
            for parts in (found.days.values(), found.hours.values(), (share.tally for share in found.departments)):
                assert summed(parts) == found.total
            assert opened(share.open for share in found.departments) == found.open

    async def test_an_operator_sees_their_departments_their_own_and_what_is_nobodys(self, days: Calendar) -> None:
        scene = days.scene
        await many_stories(days)
        assert shares((await days.metrics(view=View.of(scene.ana))).departments) == {
            "Vendas": sums(Tally(chats=2), waited(60), waited(120)),
            "Suporte": sums(Tally(chats=1), waited(240)),
            None: Tally(chats=1),
        }
        assert shares((await days.metrics(view=View.of(scene.caio))).departments) == {
            "Suporte": sums(Tally(chats=2), waited(240), waited(300)),
            None: Tally(chats=1),
        }

    async def test_an_operator_sees_no_colleagues_figures(self, days: Calendar) -> None:
        await many_stories(days)
        found = await days.metrics(view=View.of(days.scene.ana))
        assert shares(found.attendants) == {"Ana": sums(Tally(chats=2), waited(60), waited(240))}
        assert found.open == Open(pending=1, active=3)

    async def test_one_department_alone(self, days: Calendar) -> None:
        scene = days.scene
        await many_stories(days)
        support, mine = sums(Tally(chats=2), waited(240), waited(300)), sums(Tally(chats=1), waited(240))
        everything = await days.metrics(view=View.of(scene.sofia, only=scene.support.id))
        assert (everything.total, everything.open) == (support, Open(active=2))
        assert shares(everything.attendants) == {"Ana": mine, "Caio": sums(Tally(chats=1), waited(300))}
        assert (await days.metrics(view=View.of(scene.caio, only=scene.support.id))).total == support
        assert (await days.metrics(view=View.of(scene.ana, only=scene.support.id))).total == mine

    async def test_another_companys_department_has_nothing_to_show(self, days: Calendar) -> None:
        other = await Calendar.of(await Scene.set_in(days.scene.backend))
        await many_stories(other)
        assert (await days.metrics()).total == NOTHING
        assert (await days.metrics(view=View(only=other.scene.sales.id))).open == Open()

    async def test_what_is_undone_does_not_count(self, days: Calendar) -> None:
        chat = await days.scene.a_chat(at=days.at("09:00"))
        async with days.scene.uow() as uow:
            undone = await uow.chats.get(chat.id)
            undone.start(days.scene.sofia, at=days.at("09:05"))
            await uow.chats.save(undone)
        assert (await days.metrics()).total == Tally(chats=1)

    async def test_units_at_once_are_all_counted(self, days: Calendar) -> None:
        stories = [await days.story("09:00") for _ in range(8)]
        await asyncio.gather(*(story.started("09:01", days.scene.ana) for story in stories))
        await asyncio.gather(*(story.ended("09:02") for story in stories))
        assert (await days.metrics()).total == Tally(8, 8, 8, 480, 480, 960, 960)

    async def test_a_clock_that_is_behind_takes_nothing_away(self, days: Calendar) -> None:
        story = await taken(days, "09:10", "09:00")
        await story.ended("09:05")
        assert (await days.metrics()).hours == {9: sums(Tally(chats=1), waited(0), lived(0))}

    async def test_shares_stand_in_the_order_of_their_names(self, days: Calendar) -> None:
        await many_stories(days)
        found = await days.metrics()
        assert [share.name for share in found.departments] == ["Suporte", "Vendas", None]
        assert [share.name for share in found.attendants] == ["Ana", "Bia", "Caio"]

    async def test_the_board_shows_one_day_and_what_is_open(self, days: Calendar) -> None:
        await many_stories(days)
        await (await days.story("09:00", TUESDAY)).on(TUESDAY).ended("09:30")
        for day in (MONDAY, TUESDAY):
            board = await days.scene.backend.dashboard_reads.board(days.scene.company_id, day=day)
            for view in views(days.scene):
                found = await days.metrics(day, day, view=view)
                assert board.seen(view) == (found.open, found.total)

    async def test_the_customs_are_the_companys(self, days: Calendar) -> None:
        reads = days.scene.backend.dashboard_reads
        assert await reads.customs(days.scene.company_id) == Customs(time_zone="America/Sao_Paulo", currency="BRL")
        with pytest.raises(CompanyNotFound):
            await reads.customs(CompanyId(new_id()))

    async def test_days_far_away_are_empty(self, days: Calendar) -> None:
        await days.story("09:00")
        assert (await days.metrics(date(1, 1, 1), date(2, 1, 1))).total == NOTHING
        assert (await days.metrics(date(9998, 12, 31), date.max)).total == NOTHING


async def taken(days: Calendar, began: str, started: str) -> Story:
    """A chat without a department, taken by the supervisor."""
    return await (await days.story(began)).started(started, days.scene.sofia)


async def many_stories(days: Calendar) -> None:
    """Ana has two chats, one of them in a department that she does not serve; Bia, Caio and nobody have one each."""
    scene = days.scene
    for clock, department, who in (
        ("09:01", scene.sales, scene.ana),
        ("10:02", scene.sales, scene.bia),
        ("11:04", scene.support, scene.ana),
        ("12:05", scene.support, scene.caio),
    ):
        story = await days.story(f"{clock[:3]}00", with_bot=True)
        await story.queued(f"{clock[:3]}00", department)
        await story.given(clock, who)
    await days.story("13:00")


def views(scene: Scene) -> list[View]:
    """Everybody's, with and without a department."""
    people = (scene.sofia, scene.ana, scene.caio)
    return [View.of(who, only=only) for who in people for only in (None, scene.sales.id, scene.support.id)]


def shares(of: list[Share] | object) -> dict[str | None, Tally]:
    """The sums by name."""
    assert isinstance(of, list)
    return {share.name: share.tally for share in of}


def sums(*tallies: Tally) -> Tally:
    """All together."""
    return summed(tallies)


def waited(seconds: int) -> Tally:
    """One wait, at a company that is always open."""
    return Tally(waits=1, wait_seconds=seconds, wait_business_seconds=seconds)


def lived(seconds: int) -> Tally:
    """One end, at a company that is always open."""
    return Tally(ended=1, lived_seconds=seconds, lived_business_seconds=seconds)
