"""What waits for one client has bounds."""

import asyncio

from jaboti_entrypoints.realtime.frames import Frame
from jaboti_entrypoints.realtime.outgoing import MOST_BYTES, MOST_FRAMES, Outgoing


def a_frame(text: str = "x", *, size: int = 1, topic: str | None = None) -> Frame:
    return Frame(text, size, topic)


async def everything(outgoing: Outgoing) -> list[str]:
    texts = []
    while True:
        try:
            async with asyncio.timeout(0.01):
                texts.append((await outgoing.next()).text)
        except TimeoutError:
            return texts


async def test_frames_leave_in_the_order_in_which_they_came() -> None:
    outgoing = Outgoing()
    assert all(outgoing.put(a_frame(text)) for text in "abc")
    assert await everything(outgoing) == ["a", "b", "c"]


async def test_whoever_waits_gets_the_next_frame() -> None:
    outgoing = Outgoing()
    waiting = asyncio.create_task(outgoing.next())
    await asyncio.sleep(0)
    outgoing.put(a_frame("late"))
    assert (await waiting).text == "late"


async def test_there_is_room_for_so_many_frames() -> None:
    outgoing = Outgoing()
    assert all(outgoing.put(a_frame()) for _ in range(MOST_FRAMES))
    assert not outgoing.put(a_frame())
    await outgoing.next()
    assert outgoing.put(a_frame())


async def test_there_is_room_for_so_many_bytes() -> None:
    outgoing = Outgoing()
    assert outgoing.put(a_frame(size=MOST_BYTES))
    assert not outgoing.put(a_frame(size=1))
    await outgoing.next()
    assert outgoing.put(a_frame(size=1))


async def test_of_a_topic_only_the_newest_waits() -> None:
    outgoing = Outgoing()
    for text in ("old", "newer", "newest"):
        outgoing.put(a_frame(text, topic="typing"))
        outgoing.put(a_frame(text.upper()))
    assert await everything(outgoing) == ["newest", "OLD", "NEWER", "NEWEST"]
    outgoing.put(a_frame("again", topic="typing"))
    assert await everything(outgoing) == ["again"]


async def test_a_topic_that_found_no_room_is_forgotten() -> None:
    outgoing = Outgoing()
    for _ in range(MOST_FRAMES):
        outgoing.put(a_frame())
    assert not outgoing.put(a_frame("lost", topic="typing"))
    await everything(outgoing)
    assert outgoing.put(a_frame("found", topic="typing"))
    assert await everything(outgoing) == ["found"]


async def test_what_was_cleared_is_gone() -> None:
    outgoing = Outgoing()
    outgoing.put(a_frame(size=MOST_BYTES))
    outgoing.put(a_frame(topic="typing"))
    outgoing.clear()
    assert await everything(outgoing) == []
    assert outgoing.put(a_frame(size=MOST_BYTES))
