"""What a board of those who are there promises, also where several processes share one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from jaboti_domain.identity.ports import PresenceBoard, PresenceChange
from jaboti_domain.kernel.ids import CompanyId, UserId, new_id

Boards = tuple[PresenceBoard, PresenceBoard]
GRACE = timedelta(seconds=0.3)
"""Of the boards under test."""


class PresenceContract:
    """Two boards over one store, as two processes have them: nobody could tell through which of them somebody came."""

    @pytest.fixture
    async def boards(self) -> Boards:
        """The boards under test, with the grace time `GRACE`: to be overridden."""
        raise NotImplementedError

    @pytest.fixture
    def company_id(self) -> CompanyId:
        """A company of each test's own."""
        return CompanyId(new_id())

    @pytest.fixture
    def ana(self) -> UserId:
        """Somebody."""
        return UserId(new_id())

    async def test_who_is_connected_is_online_whichever_board_is_asked(
        self, boards: Boards, company_id: CompanyId, ana: UserId
    ) -> None:
        one, other = boards
        assert set(await one.online(company_id)) == set()
        async with one.connected(company_id, ana):
            assert set(await one.online(company_id)) == set(await other.online(company_id)) == {ana}

    async def test_several_connections_count_once(self, boards: Boards, company_id: CompanyId, ana: UserId) -> None:
        one, other = boards
        async with other.changes() as changes, one.connected(company_id, ana):
            async with other.connected(company_id, ana), one.connected(company_id, ana):
                assert set(await one.online(company_id)) == {ana}
            await past_the_grace()
            assert set(await other.online(company_id)) == {ana}
            assert await heard(changes, 1) == [change(company_id, ana, True)]
            assert await silence(changes)

    async def test_who_leaves_is_offline_after_the_grace_time(
        self, boards: Boards, company_id: CompanyId, ana: UserId
    ) -> None:
        one, other = boards
        async with other.changes() as changes:
            async with one.connected(company_id, ana):
                pass
            assert set(await other.online(company_id)) == {ana}
            assert await heard(changes, 2) == [change(company_id, ana, True), change(company_id, ana, False)]
            assert set(await one.online(company_id)) == set()

    async def test_who_is_back_in_time_was_never_away(self, boards: Boards, company_id: CompanyId, ana: UserId) -> None:
        one, other = boards
        async with one.changes() as changes:
            async with one.connected(company_id, ana):
                pass
            async with other.connected(company_id, ana):
                await past_the_grace()
                assert await heard(changes, 1) == [change(company_id, ana, True)]
                assert await silence(changes)

    async def test_who_says_to_be_away_is_over_every_connection(
        self, boards: Boards, company_id: CompanyId, ana: UserId
    ) -> None:
        one, other = boards
        async with one.changes() as changes, one.connected(company_id, ana):
            await other.say(company_id, ana, online=False)
            async with other.connected(company_id, ana):
                assert set(await one.online(company_id)) == set()
                await one.say(company_id, ana, online=True)
                assert set(await other.online(company_id)) == {ana}
            told = await heard(changes, 3)
        assert [each.online for each in told] == [True, False, True]

    async def test_being_away_outlasts_a_reload_and_no_more(
        self, boards: Boards, company_id: CompanyId, ana: UserId
    ) -> None:
        one, other = boards
        async with one.connected(company_id, ana):
            await one.say(company_id, ana, online=False)
        async with other.connected(company_id, ana):
            assert set(await one.online(company_id)) == set()
        await past_the_grace()
        async with one.connected(company_id, ana):
            assert set(await other.online(company_id)) == {ana}

    async def test_to_say_so_without_a_connection_is_worth_the_grace_time(
        self, boards: Boards, company_id: CompanyId, ana: UserId
    ) -> None:
        one, other = boards
        async with other.changes() as changes:
            await one.say(company_id, ana, online=True)
            assert set(await other.online(company_id)) == {ana}
            assert [each.online for each in await heard(changes, 2)] == [True, False]
        assert set(await one.online(company_id)) == set()

    async def test_what_is_said_twice_is_told_once(self, boards: Boards, company_id: CompanyId, ana: UserId) -> None:
        one, other = boards
        async with one.changes() as changes, one.connected(company_id, ana):
            for board in (one, other, one):
                await board.say(company_id, ana, online=False)
            assert [each.online for each in await heard(changes, 2)] == [True, False]
            assert await silence(changes)

    async def test_companies_and_people_are_told_apart(
        self, boards: Boards, company_id: CompanyId, ana: UserId
    ) -> None:
        one, other = boards
        elsewhere, bia = CompanyId(new_id()), UserId(new_id())
        async with AsyncExitStack() as stack:
            for board, where, who in ((one, company_id, ana), (other, elsewhere, ana), (other, company_id, bia)):
                await stack.enter_async_context(board.connected(where, who))
            await one.say(elsewhere, ana, online=False)
            assert set(await other.online(company_id)) == {ana, bia}
            assert set(await one.online(elsewhere)) == set()

    async def test_every_listener_hears_of_every_company(
        self, boards: Boards, company_id: CompanyId, ana: UserId
    ) -> None:
        one, other = boards
        elsewhere = CompanyId(new_id())
        told = {change(company_id, ana, True), change(elsewhere, ana, True)}
        async with (
            one.changes() as here,
            other.changes() as there,
            one.connected(company_id, ana),
            other.connected(elsewhere, ana),
        ):
            assert set(await heard(here, 2)) == set(await heard(there, 2)) == told


def change(company_id: CompanyId, user_id: UserId, online: bool) -> PresenceChange:
    """What is told."""
    return PresenceChange(company_id=company_id, user_id=user_id, online=online)


async def heard(changes: AsyncIterator[PresenceChange], count: int) -> list[PresenceChange]:
    """So many changes, soon."""
    async with asyncio.timeout(5):
        return [await anext(changes) for _ in range(count)]


async def silence(changes: AsyncIterator[PresenceChange]) -> bool:
    """Whether nothing more is told for a while; the changes can't be used any further."""
    try:
        async with asyncio.timeout(0.1):
            await anext(changes)
    except TimeoutError:
        return True
    return False


async def past_the_grace() -> None:
    """Until those who are gone count as away."""
    await asyncio.sleep(GRACE.total_seconds() + 0.2)
