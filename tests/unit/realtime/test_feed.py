"""A feed tells each event once, in order, to those who may see it, whatever word comes or does not come."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from jaboti_domain.kernel.actor import Role
from jaboti_domain.kernel.events import Audience, Position
from jaboti_domain.kernel.ids import DepartmentId, new_id
from jaboti_entrypoints.realtime import feed as feeds
from jaboti_entrypoints.realtime.closing import CloseCode
from jaboti_entrypoints.realtime.feed import REMEMBERED, Feed
from tests.unit.realtime.listeners import COMPANY, EVERYONE, KeptStream, Listener, an_actor, an_event

SALES, SUPPORT = DepartmentId(new_id()), DepartmentId(new_id())


async def an_open_feed(stream: KeptStream, *listeners: Listener) -> Feed:
    feed = Feed(COMPANY, stream)
    await feed.open()
    for listener in listeners:
        feed.attach(listener)
    return feed


@asynccontextmanager
async def following(feed: Feed) -> AsyncIterator[None]:
    task = asyncio.create_task(feed.follow())
    yield
    task.cancel()
    await asyncio.wait([task])


async def test_what_follows_is_told_at_once_and_the_stream_is_not_asked() -> None:
    stream, listener = KeptStream(), Listener()
    feed = await an_open_feed(stream, listener)
    reads = stream.reads
    feed.hear(stream.happen(EVERYONE, EVERYONE))
    assert listener.cursors == ["7-1", "7-2"]
    assert stream.reads == reads


async def test_what_was_before_is_not_told() -> None:
    stream, listener = KeptStream(), Listener()
    stream.happen(EVERYONE, EVERYONE)
    feed = await an_open_feed(stream, listener)
    feed.hear(stream.happen())
    assert listener.seqs == [3]
    assert feed.position == Position(7, 3)


async def test_word_that_comes_again_changes_nothing() -> None:
    stream, listener = KeptStream(), Listener()
    feed = await an_open_feed(stream, listener)
    happened = stream.happen(EVERYONE, EVERYONE)
    for _ in range(2):
        feed.hear(happened)
    assert listener.seqs == [1, 2]


async def test_a_gap_is_filled_from_the_stream() -> None:
    stream, listener = KeptStream(), Listener()
    feed = await an_open_feed(stream, listener)
    async with following(feed):
        feed.hear(stream.happen(EVERYONE, EVERYONE, EVERYONE)[2:])
        assert listener.seqs == []
        await listener.until(3)
    assert listener.seqs == [1, 2, 3]


async def test_word_that_never_comes_is_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "LOOK_EVERY", 0.01)
    stream, listener = KeptStream(), Listener()
    feed = await an_open_feed(stream, listener)
    async with following(feed):
        stream.happen(EVERYONE, EVERYONE)
        await listener.until(2)


async def test_word_that_comes_while_the_stream_is_read_is_told_in_its_place() -> None:
    stream, listener = KeptStream(), Listener()
    feed = await an_open_feed(stream, listener)
    stream.happen(*[EVERYONE] * 600)
    async with following(feed):
        feed.look()
        while listener.seqs[-1:] != [600]:
            feed.hear(stream.events[len(listener.seqs) : len(listener.seqs) + 3])
            await asyncio.sleep(0)
    assert listener.seqs == [*range(1, 601)]


async def test_a_stream_that_is_away_delays_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(feeds, "RETRY_AFTER", 0.01)
    stream, listener = KeptStream(), Listener()
    feed = await an_open_feed(stream, listener)
    async with following(feed):
        stream.happen(EVERYONE, EVERYONE)
        stream.is_away = True
        feed.look()
        await asyncio.sleep(0.03)
        assert listener.seqs == []
        stream.is_away = False
        await listener.until(2)


async def test_an_operator_is_told_of_their_own_and_their_departments_things() -> None:
    ana, bia, sofia = an_actor(SALES), an_actor(SUPPORT), an_actor(role=Role.SUPERVISOR)
    listeners = [Listener(actor) for actor in (ana, bia, sofia)]
    stream = KeptStream()
    feed = await an_open_feed(stream, *listeners)
    audiences = [
        Audience(users=frozenset({ana.user_id})),
        Audience(departments=frozenset({SUPPORT})),
        EVERYONE,
        Audience(),
    ]
    feed.hear(stream.happen(*audiences))
    assert [listener.seqs for listener in listeners] == [[1, 3], [2, 3], [1, 2, 3, 4]]


async def test_a_change_of_rights_changes_what_is_told() -> None:
    listener, stream = Listener(an_actor(SALES)), KeptStream()
    feed = await an_open_feed(stream, listener)
    for_support = Audience(departments=frozenset({SUPPORT}))
    feed.hear(stream.happen(for_support))
    listener.actor = evolve(listener.actor, departments=frozenset({SUPPORT}))
    feed.review()
    feed.hear(stream.happen(for_support))
    assert listener.seqs == [2]


async def test_whoever_was_detached_is_told_nothing_more() -> None:
    stream, listener = KeptStream(), Listener()
    feed = await an_open_feed(stream, listener)
    feed.hear(stream.happen())
    feed.detach(listener)
    feed.hear(stream.happen())
    assert listener.seqs == [1]


async def test_an_event_that_nobody_can_read_stops_nothing() -> None:
    stream, listener = KeptStream(), Listener()
    feed = await an_open_feed(stream, listener)
    feed.hear([an_event(1, data=b'{"chat_id": 5}'), an_event(2, name="nobody.knows"), an_event(3)])
    assert listener.seqs == [3]


async def test_a_stream_that_began_anew_sends_everyone_away() -> None:
    stream, listener = KeptStream(), Listener()
    stream.happen(EVERYONE, EVERYONE)
    feed = await an_open_feed(stream, listener)
    stream.begin_anew(an_event(1), an_event(2), an_event(3))
    await feed.catch_up()
    assert listener.closed is CloseCode.TRY_AGAIN
    assert feed.position == Position(8, 3)
    assert listener.seqs == []


async def test_a_node_that_fell_behind_the_history_kept_sends_everyone_away() -> None:
    stream, listener = KeptStream(), Listener()
    feed = await an_open_feed(stream, listener)
    stream.happen(*[EVERYONE] * 5)
    stream.begins_after = 3
    await feed.catch_up()
    assert (listener.closed, listener.seqs) == (CloseCode.TRY_AGAIN, [])


async def test_a_feed_recalls_the_newest_events_and_no_more() -> None:
    stream = KeptStream()
    stream.happen(*[EVERYONE] * (REMEMBERED + 50))
    feed = await an_open_feed(stream)
    head = REMEMBERED + 50
    assert feed.position.seq == head
    for seq, missing in ((head, 0), (head - 1, 1), (50, REMEMBERED)):
        assert [told.event.seq for told in feed.remembered_after(seq) or ()] == [*range(head + 1 - missing, head + 1)]
    assert feed.remembered_after(49) is None
    assert feed.remembered_after(head + 1) is None


async def test_a_feed_is_opened_once_however_many_come() -> None:
    stream = KeptStream()
    feed = Feed(COMPANY, stream)
    await asyncio.gather(*(feed.open() for _ in range(50)))
    assert stream.reads == 2


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 6)), max_size=40), st.integers(0, 30))
async def test_whatever_word_comes_in_whatever_order_each_event_is_told_once(
    words: list[tuple[int, int]], read_after: int
) -> None:
    stream, listener = KeptStream(), Listener()
    feed = await an_open_feed(stream, listener)
    stream.happen(*[EVERYONE] * 36)
    for number, (start, length) in enumerate(words):
        feed.hear(stream.events[start : start + length])
        if number == read_after:
            await feed.catch_up()
    await feed.catch_up()
    assert listener.seqs == [*range(1, 37)]
