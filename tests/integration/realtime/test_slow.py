"""A client that stops reading harms nobody but itself."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from websockets.asyncio.client import connect

from jaboti_domain.kernel.actor import Actor
from jaboti_entrypoints.realtime import endpoint
from tests.integration.realtime.house import House, Tab

TEXT = "ã" * 2000
ENOUGH = 320
"""Messages of this text: more than wait for one client, and than its sockets hold."""


@asynccontextmanager
async def a_stalled_tab(house: House, actor: Actor) -> AsyncIterator[Tab]:
    """It was let in, and reads nothing more until it is asked to."""
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    narrow.setblocking(False)
    host, port = house.base.removeprefix("ws://").split(":")
    await asyncio.get_running_loop().sock_connect(narrow, (host, int(port)))
    async with connect(
        f"{house.base}/ws", sock=narrow, compression=None, ping_interval=None, max_queue=1, close_timeout=0.1
    ) as opened:
        tab = Tab(opened)
        await tab.send(type="auth", token=await house.token(actor), resume=None)
        tab.ready = await tab.frame()
        yield tab


async def test_whoever_stops_reading_is_closed_and_the_others_hear_everything(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "CLOSE_WITHIN", 0.05)
    scene = house.scene
    chat = await scene.a_chat(scene.maria, attendant=scene.ana)
    async with AsyncExitStack() as stack:
        for _ in range(3):
            await stack.enter_async_context(a_stalled_tab(house, scene.sofia))
        reading = [await stack.enter_async_context(house.tab(actor)) for actor in (scene.ana, scene.sofia)]
        assert house.hub.connected == 5
        for _ in range(ENOUGH):
            await house.client_writes(chat, TEXT)
            await asyncio.sleep(0)
        for tab in reading:
            seqs = [(await tab.event("message.created"))["data"]["message"]["seq"] for _ in range(ENOUGH)]
            assert seqs == [*range(1, ENOUGH + 1)]
        await asyncio.sleep(0.1)
        assert house.hub.connected == len(reading)


async def test_whoever_reads_again_learns_why_and_goes_on_from_there(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "CLOSE_WITHIN", 5)
    scene = house.scene
    chat = await scene.a_chat(scene.maria, attendant=scene.ana)
    async with a_stalled_tab(house, scene.sofia) as tab:
        for _ in range(ENOUGH):
            await house.client_writes(chat, TEXT)
            await asyncio.sleep(0)
        assert await tab.close_code() == 4413
        heard = [event["data"]["message"]["seq"] for event in tab.events]
    async with house.tab(scene.sofia, resume=tab.cursor) as again:
        assert again.ready["resumed"]
        while len(heard) < ENOUGH:
            heard.append((await again.event("message.created"))["data"]["message"]["seq"])
    assert heard == [*range(1, ENOUGH + 1)]


async def test_a_burst_is_no_reason_to_close_anybody(house: House) -> None:
    scene = house.scene
    chat = await scene.a_chat(scene.maria, attendant=scene.ana)
    async with house.tab(scene.ana) as tab:
        async with scene.change(chat.id) as changed:
            for _ in range(1000):
                changed.read(scene.ana, up_to=0, unread=0, at=scene.now())
                changed.reassign(changed.client_id, at=scene.now())
        for _ in range(1000):
            await tab.event("chat.updated")
