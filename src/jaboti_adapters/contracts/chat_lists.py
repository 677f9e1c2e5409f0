"""What lists of chats promise: who sees what, in which order, page by page."""

import json
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from jaboti_adapters.contracts.builders import a_chat, a_client, an_inbound
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.chat.model import Chat
from jaboti_domain.chat.queries import Category, ChatFilter
from jaboti_domain.chat.window import SERVICE_WINDOW
from jaboti_domain.client.model import Client
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.kernel.actor import Actor
from jaboti_domain.kernel.errors import InvalidCursor
from jaboti_domain.kernel.events import Named
from jaboti_domain.kernel.ids import ChatId
from jaboti_domain.kernel.paging import Cursor

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ALL = ChatFilter()


class ChatListsContract(BackendContract):
    """An operator sees their own chats and their queues; every page goes on where the last one ended."""

    async def test_chats_come_newest_activity_first(self, scene: Scene) -> None:
        at = scene.now() - HOUR
        first, second, third = [await scene.a_chat(at=at + timedelta(minutes=n)) for n in range(3)]
        await _write(scene, first, at=at + timedelta(minutes=9))
        assert await _listed(scene) == [first.id, third.id, second.id]

    async def test_chats_of_the_same_millisecond_come_by_id_backwards(self, scene: Scene) -> None:
        at = scene.now()
        ids = [(await scene.a_chat(at=at)).id for _ in range(3)]
        assert await _listed(scene) == sorted(ids, reverse=True)

    async def test_a_list_shows_what_each_chat_shows_alone(self, scene: Scene) -> None:
        chat, reads = await scene.a_chat(), scene.backend.chat_reads
        page = await reads.page(scene.company_id, viewer=scene.sofia, where=ALL, after=None, limit=9)
        assert json.loads(page.items) == [json.loads(await reads.one(scene.company_id, chat.id))]
        assert page.next is None

    async def test_pages_follow_one_another_without_a_gap(self, scene: Scene) -> None:
        at = scene.now() - HOUR
        ids = [(await scene.a_chat(at=at + timedelta(minutes=n // 2))).id for n in range(5)]
        expected = sorted(ids, key=lambda chat_id: (ids.index(chat_id) // 2, chat_id), reverse=True)
        assert await _pages(scene, limit=2) == [expected[:2], expected[2:4], expected[4:]]
        assert await _pages(scene, limit=5) == [expected]

    async def test_new_chats_move_no_page_that_follows(self, scene: Scene) -> None:
        at = scene.now() - HOUR
        ids = [(await scene.a_chat(at=at + timedelta(minutes=n))).id for n in range(4)][::-1]
        first, after = await _page(scene, limit=2)
        await scene.a_chat()
        second, end = await _page(scene, limit=2, after=after)
        assert (first + second, end) == (ids, None)

    @pytest.mark.parametrize("key", [[], ["x"], ["x", "y"], ["2026-01-01T00:00:00.000Z", "y"], ["", "", ""]])
    async def test_a_cursor_of_another_list_is_refused(self, scene: Scene, key: list[str]) -> None:
        with pytest.raises(InvalidCursor):
            await _page(scene, after=Cursor(key=key))

    async def test_an_operator_sees_their_own_and_their_queues(self, scene: Scene) -> None:
        seen = {name: chat.id for name, chat in (await _one_of_each(scene)).items()}
        assert set(await _listed(scene, scene.ana)) == {seen["everyone's"], seen["sales"], seen["ana's"]}
        assert set(await _listed(scene, scene.caio)) == {seen["everyone's"], seen["support"], seen["caio's"]}
        assert set(await _listed(scene, scene.sofia)) == set(seen.values())

    async def test_an_operator_sees_the_closed_chats_that_were_theirs_or_nobodys(self, scene: Scene) -> None:
        chats = await _one_of_each(scene)
        for chat in chats.values():
            chat.end(scene.sofia, reason="", at=scene.now())
            await scene.keep(chat)
        closed = ChatFilter(category=Category.CLOSED)
        names = {chat.id: name for name, chat in chats.items()}
        assert {names[i] for i in await _listed(scene, scene.ana, closed)} == {"everyone's", "sales", "ana's"}
        assert await _listed(scene, scene.ana, ChatFilter(category=Category.ACTIVE)) == []

    async def test_a_category_holds_the_chats_of_its_status(self, scene: Scene) -> None:
        bot, pending = await scene.a_chat(with_bot=True), await scene.a_chat()
        active, closed = await scene.a_chat(attendant=scene.ana), await scene.a_chat()
        closed.end(None, reason="", at=scene.now())
        await scene.keep(closed)
        listed = [await _listed(scene, where=ChatFilter(category=category)) for category in Category]
        assert listed == [[bot.id], [pending.id], [active.id], [closed.id]]

    async def test_mine_are_those_that_i_attend(self, scene: Scene) -> None:
        chats = await _one_of_each(scene)
        mine = ChatFilter(mine=True)
        assert await _listed(scene, scene.ana, mine) == [chats["ana's"].id]
        assert await _listed(scene, scene.sofia, mine) == []

    async def test_conditions_hold_together(self, scene: Scene) -> None:
        chats = await _one_of_each(scene)
        client_id = chats["sales"].client_id
        assert await _listed(scene, where=ChatFilter(department_id=scene.sales.id)) == [chats["sales"].id]
        assert await _listed(scene, where=ChatFilter(client_id=client_id)) == [chats["sales"].id]
        assert await _listed(scene, where=ChatFilter(department_id=scene.support.id, client_id=client_id)) == []

    @pytest.mark.parametrize(
        "search",
        [
            "Antônia",
            "antonia s",
            "TÔNIA",
            "Silva Antônia",
            "98765",
            "5541987654321",
            "+55 (41) 98765-4321",
            "98765 ant",
        ],
    )
    async def test_a_search_finds_parts_of_words_and_runs_of_digits(self, scene: Scene, search: str) -> None:
        chat = await scene.a_chat(await _antonia(scene))
        await scene.a_chat()
        assert await _listed(scene, where=ChatFilter(search=search)) == [chat.id]

    @pytest.mark.parametrize(
        "search", ["%", "_", "\\", "Antônia%", "Ant%nia", "Ant_nia", "Antônia Souza", "987", "' OR 1=1--"]
    )
    async def test_a_search_finds_nothing_else(self, scene: Scene, search: str) -> None:
        await scene.a_chat(await _antonia(scene))
        assert await _listed(scene, where=ChatFilter(search=search)) == []

    async def test_counts_are_of_what_the_viewers_lists_hold(self, scene: Scene) -> None:
        await _one_of_each(scene)
        await scene.a_chat(with_bot=True)
        closed = await scene.a_chat(attendant=scene.ana)
        closed.end(scene.ana, reason="", at=scene.now())
        await scene.keep(closed)
        counts = {who: await scene.backend.chat_reads.counts(scene.company_id, viewer=who) for who in _viewers(scene)}
        assert counts[scene.ana] == {"bot": 1, "pending": 2, "active": 1, "mine": 1}
        assert counts[scene.bia] == {"bot": 1, "pending": 2, "active": 0, "mine": 0}
        assert counts[scene.sofia] == {"bot": 1, "pending": 3, "active": 2, "mine": 0}

    async def test_windows_that_close_soon_come_the_soonest_first(self, scene: Scene) -> None:
        hours = {name: await _with_window(scene, closes_in=n * HOUR) for name, n in (("b", 2), ("a", 1), ("late", 9))}
        await _with_window(scene, closes_in=-HOUR)
        await _with_window(scene, closes_in=HOUR, ended=True)
        await _with_window(scene, closes_in=HOUR, platform=Platform.EVOLUTION_API)
        found, end = await _closing(scene, within=3 * HOUR)
        assert (found, end) == ([hours["a"].id, hours["b"].id], None)

    async def test_pages_of_windows_follow_one_another_without_a_gap(self, scene: Scene) -> None:
        at = scene.now() + HOUR
        ids = sorted([(await _with_window(scene, closes_at=at)).id for _ in range(3)])
        ids.append((await _with_window(scene, closes_at=at + timedelta(microseconds=1))).id)
        first, after = await _closing(scene, limit=2)
        second, end = await _closing(scene, limit=2, after=after)
        assert (first + second, end) == (ids, None)
        assert after is not None

    async def test_an_operator_is_shown_the_windows_of_their_own_and_their_queues(self, scene: Scene) -> None:
        chats = {name: await _with_window(scene, closes_in=HOUR) for name in ("everyone's", "caio's", "ana's")}
        chats["caio's"].start(scene.caio, at=scene.now())
        chats["ana's"].start(scene.ana, at=scene.now())
        await scene.keep(*chats.values())
        found, _ = await _closing(scene, viewer=scene.ana)
        assert set(found) == {chats["everyone's"].id, chats["ana's"].id}
        assert len((await _closing(scene))[0]) == 3

    @pytest.mark.parametrize("key", [[], ["x", "y"], ["2026-01-01T00:00:00", str(UUID(int=1))]])
    async def test_a_cursor_of_no_list_of_windows_is_refused(self, scene: Scene, key: list[str]) -> None:
        with pytest.raises(InvalidCursor):
            await _closing(scene, after=Cursor(key=key))

    async def test_another_companys_chats_are_not_there(self, scene: Scene) -> None:
        await scene.a_chat(attendant=scene.ana)
        other, reads = await Scene.set_in(scene.backend), scene.backend.chat_reads
        for viewer in (scene.ana, other.sofia):
            page = await reads.page(other.company_id, viewer=viewer, where=ALL, after=None, limit=9)
            assert json.loads(page.items) == []
            assert (
                await reads.closing(other.company_id, viewer=viewer, within=DAY, after=None, limit=9)
            ).items == b"[]"
            assert set((await reads.counts(other.company_id, viewer=viewer)).values()) == {0}


def _viewers(scene: Scene) -> tuple[Actor, ...]:
    return scene.ana, scene.bia, scene.sofia


async def _one_of_each(scene: Scene) -> dict[str, Chat]:
    chats = {name: await scene.a_chat() for name in ("everyone's", "sales", "support", "ana's", "caio's")}
    at = scene.now()
    for name, department in (("sales", scene.sales), ("support", scene.support)):
        chats[name].queue(Named(department.id, department.name), at=at)
    chats["ana's"].start(scene.ana, at=at)
    chats["caio's"].start(scene.caio, at=at)
    await scene.keep(*chats.values())
    return chats


async def _antonia(scene: Scene) -> Client:
    client = a_client(scene.company_id, "Antônia Silva", phone="5541987654321")
    await scene.keep(client)
    return client


async def _write(scene: Scene, chat: Chat, *, at: datetime) -> None:
    async with scene.change(chat.id) as changed:
        changed.receive(an_inbound(), at=at)


async def _with_window(
    scene: Scene,
    *,
    closes_in: timedelta | None = None,
    closes_at: datetime | None = None,
    platform: Platform = Platform.CLOUD_API,
    ended: bool = False,
) -> Chat:
    """A chat that was last written to a day before its window closes."""
    wrote_at = (closes_at or scene.now() + (closes_in or HOUR)) - SERVICE_WINDOW
    integration = await scene.an_integration(platform=platform)
    chat = a_chat(await scene.a_client(), integration, at=wrote_at)
    chat.receive(an_inbound(at=wrote_at), at=wrote_at)
    if ended:
        chat.end(None, reason="", at=scene.now())
    await scene.keep(chat)
    return chat


async def _closing(
    scene: Scene,
    viewer: Actor | None = None,
    *,
    within: timedelta = DAY,
    after: Cursor | None = None,
    limit: int = 50,
) -> tuple[list[ChatId], Cursor | None]:
    page = await scene.backend.chat_reads.closing(
        scene.company_id, viewer=viewer or scene.sofia, within=within, after=after, limit=limit
    )
    return [ChatId(UUID(item["id"])) for item in json.loads(page.items)], page.next


async def _page(
    scene: Scene,
    viewer: Actor | None = None,
    where: ChatFilter = ALL,
    *,
    after: Cursor | None = None,
    limit: int = 50,
) -> tuple[list[ChatId], Cursor | None]:
    page = await scene.backend.chat_reads.page(
        scene.company_id, viewer=viewer or scene.sofia, where=where, after=after, limit=limit
    )
    return [ChatId(UUID(item["id"])) for item in json.loads(page.items)], page.next


async def _listed(scene: Scene, viewer: Actor | None = None, where: ChatFilter = ALL) -> list[ChatId]:
    ids, _ = await _page(scene, viewer, where)
    return ids


async def _pages(scene: Scene, *, limit: int) -> list[list[ChatId]]:
    pages, after = [], None
    while True:
        ids, after = await _page(scene, after=after, limit=limit)
        pages.append(ids)
        if after is None:
            return pages
