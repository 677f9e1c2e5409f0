"""Whoever comes back with a cursor gets everything that they missed, once, in order, and then what happens."""

import asyncio
import random
from typing import Any

import pytest
from attrs import define, field
from hypothesis import given, settings
from hypothesis import strategies as st

from jaboti_domain.kernel.actor import Actor
from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.events import Audience
from jaboti_domain.kernel.ids import DepartmentId, new_id
from jaboti_entrypoints.realtime.closing import CloseCode
from jaboti_entrypoints.realtime.feed import PAGE, Feed
from jaboti_entrypoints.realtime.replay import NEARLY_THERE, Replay
from tests.unit.realtime.listeners import COMPANY, EVERYONE, KeptStream, Listener, an_actor

SALES = DepartmentId(new_id())
HIDDEN = Audience(departments=frozenset({DepartmentId(new_id())}))
FOR_SALES = Audience(departments=frozenset({SALES}))


async def an_open_feed(stream: KeptStream) -> Feed:
    feed = Feed(COMPANY, stream)
    await feed.open()
    return feed


async def told(replay: Replay, listener: Listener) -> list[int]:
    async for frame in replay.frames(listener):
        listener.send(frame)
    return listener.seqs


async def test_without_a_cursor_only_what_happens_from_now_on_is_told() -> None:
    stream = KeptStream()
    stream.happen(EVERYONE, EVERYONE)
    feed, listener = await an_open_feed(stream), Listener()
    replay = await Replay.begin(feed, None)
    assert (replay.resumed, replay.cursor) == (False, "7-2")
    feed.hear(stream.happen())
    assert await told(replay, listener) == [3]
    feed.hear(stream.happen())
    assert listener.seqs == [3, 4]


@pytest.mark.parametrize("missed", [0, 1, NEARLY_THERE, NEARLY_THERE + 1, 256, 257, 1000])
async def test_everything_after_the_cursor_is_told(missed: int) -> None:
    stream = KeptStream()
    stream.happen(*[EVERYONE] * 1000)
    feed, listener = await an_open_feed(stream), Listener()
    replay = await Replay.begin(feed, f"7-{1000 - missed}")
    assert (replay.resumed, replay.cursor) == (True, f"7-{1000 - missed}")
    assert await told(replay, listener) == [*range(1001 - missed, 1001)]
    assert replay.cursor == "7-1000"


async def test_only_the_last_few_are_queued_at_once() -> None:
    stream = KeptStream()
    stream.happen(*[EVERYONE] * 1000)
    feed, listener = await an_open_feed(stream), Listener()
    taken = [frame async for frame in (await Replay.begin(feed, "7-0")).frames(listener)]
    assert len(taken) + len(listener.frames) == 1000
    assert len(listener.frames) <= NEARLY_THERE


async def test_what_may_not_be_seen_is_left_out() -> None:
    stream = KeptStream()
    stream.happen(FOR_SALES, HIDDEN, EVERYONE, HIDDEN)
    feed, listener = await an_open_feed(stream), Listener(an_actor(SALES))
    assert await told(await Replay.begin(feed, "7-0"), listener) == [1, 3]


@pytest.mark.parametrize("cursor", ["", "nonsense", "6-1", "8-1", "7-4", "7-999999", "-7-1", "7-1 "])
async def test_a_cursor_that_leads_nowhere_is_not_resumed(cursor: str) -> None:
    stream = KeptStream()
    stream.happen(*[EVERYONE] * 3)
    feed, listener = await an_open_feed(stream), Listener()
    replay = await Replay.begin(feed, cursor)
    assert (replay.resumed, replay.cursor) == (False, "7-3")
    assert await told(replay, listener) == []


async def test_a_cursor_older_than_the_history_kept_is_not_resumed() -> None:
    stream = KeptStream()
    stream.happen(*[EVERYONE] * 500)
    stream.begins_after = 100
    feed = await an_open_feed(stream)
    assert not (await Replay.begin(feed, "7-99")).resumed
    assert (await Replay.begin(feed, "7-100")).resumed


async def test_a_cursor_that_this_node_has_not_heard_of_yet_is_looked_up() -> None:
    stream = KeptStream()
    feed, listener = await an_open_feed(stream), Listener()
    stream.happen(*[EVERYONE] * 3)
    replay = await Replay.begin(feed, "7-2")
    assert replay.resumed
    assert await told(replay, listener) == [3]


async def test_a_store_that_is_away_is_no_reason_to_forget_a_cursor() -> None:
    stream = KeptStream()
    stream.happen(*[EVERYONE] * 500)
    feed = await an_open_feed(stream)
    stream.is_away = True
    with pytest.raises(Unavailable):
        await Replay.begin(feed, "7-1")


async def test_a_history_that_is_cut_off_on_the_way_closes_the_connection() -> None:
    stream = KeptStream()
    stream.happen(*[EVERYONE] * 1000)
    feed, listener = await an_open_feed(stream), Listener()
    replay = await Replay.begin(feed, "7-0")
    stream.begins_after = 500
    assert await told(replay, listener) == [*range(1, PAGE + 1)]
    assert listener.closed is CloseCode.TRY_AGAIN


async def test_a_stream_that_begins_anew_on_the_way_closes_the_connection() -> None:
    stream = KeptStream()
    stream.happen(*[EVERYONE] * 1000)
    feed, listener = await an_open_feed(stream), Listener()
    replay = await Replay.begin(feed, "7-0")
    stream.begin_anew()
    await feed.catch_up()
    assert await told(replay, listener) == []
    assert listener.closed is CloseCode.TRY_AGAIN


@define
class Attendant:
    """A client program: keeps its newest cursor, and what it was told over all its connections."""

    actor: Actor
    chance: random.Random
    cursor: str | None = None
    seen: list[dict[str, Any]] = field(factory=list)

    async def connect(self, feed: Feed) -> None:
        """Listen for a while, then be cut off anywhere: what was on its way then is lost."""
        replay = await Replay.begin(feed, self.cursor)
        assert replay.resumed or self.cursor is None
        self.cursor = replay.cursor
        listener, patience = Listener(self.actor), self.chance.randrange(200)
        async for frame in replay.frames(listener):
            if patience == 0:
                return
            waiting, listener.frames = listener.frames, []
            listener.send(frame)
            self._take(listener.frames)
            listener.frames = waiting
            patience -= 1
            await asyncio.sleep(0)
        for _ in range(patience):
            await asyncio.sleep(0)
        feed.detach(listener)
        self._take(listener.frames[: self.chance.randrange(len(listener.frames) + 1)])

    def _take(self, frames: list[dict[str, Any]]) -> None:
        self.seen += frames
        if frames:
            self.cursor = frames[-1]["cursor"]


async def _happen_at_random(stream: KeptStream, feed: Feed, chance: random.Random, bursts: list[int]) -> None:
    audiences = (EVERYONE, FOR_SALES, HIDDEN)
    for burst in bursts:
        happened = stream.happen(*chance.choices(audiences, k=burst))
        if chance.random() < 0.8:
            feed.hear(happened)
        for _ in range(chance.randrange(4)):
            await asyncio.sleep(0)


@settings(deadline=None)
@given(
    seed=st.integers(0, 2**32),
    before=st.integers(0, 700),
    bursts=st.lists(st.integers(1, 90), min_size=1, max_size=12),
    cuts=st.integers(1, 8),
)
async def test_however_often_one_is_cut_off_nothing_is_lost(
    seed: int, before: int, bursts: list[int], cuts: int
) -> None:
    chance, stream = random.Random(seed), KeptStream()
    stream.happen(*chance.choices((EVERYONE, FOR_SALES, HIDDEN), k=before))
    feed = await an_open_feed(stream)
    attendant = Attendant(an_actor(SALES), chance, cursor="7-0")
    following = asyncio.create_task(feed.follow())
    happening = asyncio.create_task(_happen_at_random(stream, feed, chance, bursts))
    for _ in range(cuts):
        await attendant.connect(feed)
    await happening
    await feed.catch_up()
    last, listener = await Replay.begin(feed, attendant.cursor), Listener(attendant.actor)
    await told(last, listener)
    following.cancel()
    visible = [event.seq for event in stream.events if event.audience != HIDDEN]
    assert [int(frame["cursor"].partition("-")[2]) for frame in attendant.seen] + listener.seqs == visible
