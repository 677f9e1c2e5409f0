"""What goes out is noted: how it ended, and nothing of what was said."""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import httpx
import pytest
from attrs import asdict, evolve

from jaboti_adapters.channels import HttpPool
from jaboti_adapters.channels.cloudapi import CloudApiChannel
from jaboti_adapters.channels.logged import CallNotes, LoggedCatalogue, LoggedChannel, LoggedTest, LoggedTransfer
from jaboti_adapters.clock import SystemClock
from jaboti_adapters.memory.calls import MemoryCallLog
from jaboti_adapters.memory.store import MemoryStore
from jaboti_domain.integration.calls import Call
from jaboti_domain.integration.content import MediaFile, Text
from jaboti_domain.integration.errors import SendingFailed
from jaboti_domain.integration.messaging import Outbound, Peer
from jaboti_domain.kernel.ids import MessageId, new_id
from tests.unit.channels.integrations import TOKEN, integration
from tests.unit.channels.payloads import wire

SHOP = integration("https://graph.example/v25.0", access_token=TOKEN)
HELLO = Outbound(message_id=MessageId(new_id()), to=Peer(phone="5541988887777"), content=Text(body="um segredo"))
Answering = Callable[[httpx.Request], httpx.Response]


def answered(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answering:
    return lambda _: httpx.Response(status, stream=httpx.ByteStream(wire(body)), headers=dict(headers or {}))


def cut(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadError("cut", request=request)


async def fetched(transfer: LoggedTransfer) -> None:
    async with transfer.open(SHOP, MediaFile(type="image", provider_id="1")):
        pass


async def noted(answer: Answering, *, what: str = "send") -> Call:
    """The only call that was noted."""
    store = MemoryStore()
    notes = CallNotes(MemoryCallLog(store), SystemClock())
    async with HttpPool(transport=httpx.MockTransport(answer)) as http:
        channel = CloudApiChannel(http)
        doing: dict[str, Callable[[], Any]] = {
            "send": lambda: LoggedChannel(channel, notes).send(SHOP, HELLO),
            "read": lambda: LoggedChannel(channel, notes).mark_read(SHOP, "wamid.1", peer=None),
            "test": lambda: LoggedTest(channel, notes).test(SHOP),
            "templates": lambda: LoggedCatalogue(channel, notes).templates(SHOP),
            "media": lambda: fetched(LoggedTransfer(channel, notes)),
        }
        with suppress(SendingFailed):
            await doing[what]()
    (call,) = store.calls[SHOP.company_id]
    return call


async def test_a_message_that_was_taken_is_noted_without_its_words() -> None:
    call = await noted(answered({"messages": [{"id": "wamid.1"}]}, headers={"x-fb-trace-id": "AbC123"}))
    assert (call.kind, call.outcome, call.http_status, call.request_id) == ("message", "OK", 200, "AbC123")
    assert (call.peer, call.integration_id, call.platform) == ("…7777", SHOP.id, SHOP.platform)
    shown = json.dumps(asdict(call), default=str)
    assert not any(secret in shown for secret in (TOKEN, "um segredo", "5541988887777", "wamid.1"))


async def test_a_refusal_is_noted_in_the_platforms_words() -> None:
    error = {"error": {"code": 131026, "message": f"{TOKEN} can't reach 5541988887777", "fbtrace_id": "Az8-x_1"}}
    call = await noted(answered(error, 400))
    assert (call.outcome, call.http_status, call.request_id) == ("REFUSED", 400, "Az8-x_1")
    assert (call.error_code, call.error_title) == ("131026", "*** can't reach …7777")


async def test_what_nobody_knows_the_end_of_failed() -> None:
    call = await noted(cut)
    assert (call.outcome, call.http_status, call.error_code) == ("FAILED", None, "cut_off")
    gateway = await noted(lambda _: httpx.Response(502, stream=httpx.ByteStream(b"Bad Gateway")))
    assert (gateway.outcome, gateway.http_status) == ("FAILED", 502)


@pytest.mark.parametrize("what", ["read", "test", "templates", "media"])
async def test_everything_else_that_goes_out_is_noted_too(what: str) -> None:
    good = await noted(answered({"data": [], "success": True, "url": "https://files.example/1"}), what=what)
    bad = await noted(answered({"error": {"code": 190, "message": "expired"}}, 401), what=what)
    assert [(call.kind, call.outcome) for call in (good, bad)] == [(what, "OK"), (what, "REFUSED")]
    assert (bad.http_status, bad.error_code, bad.error_title) == (401, "190", "expired")


@pytest.mark.parametrize("odd", ["", "a b", "x" * 101, "\x07"])
async def test_an_odd_name_of_a_request_is_passed_over(odd: str) -> None:
    call = await noted(answered({"error": {"code": 1, "fbtrace_id": odd}}, 500))
    assert call.request_id is None


async def test_a_call_that_is_broken_off_is_noted() -> None:
    store = MemoryStore()
    notes = CallNotes(MemoryCallLog(store), SystemClock())

    async def hang(_: httpx.Request) -> httpx.Response:
        await asyncio.sleep(60)
        raise AssertionError

    async with HttpPool(transport=httpx.MockTransport(hang)) as http:
        sending = asyncio.create_task(LoggedChannel(CloudApiChannel(http), notes).send(SHOP, HELLO))
        await asyncio.sleep(0.01)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    (call,) = store.calls[SHOP.company_id]
    assert (call.outcome, call.error_code) == ("FAILED", "cut_off")


async def test_calls_side_by_side_do_not_take_one_anothers_names() -> None:
    store = MemoryStore()
    notes = CallNotes(MemoryCallLog(store), SystemClock())

    async def slowly(request: httpx.Request) -> httpx.Response:
        to = json.loads(request.content)["to"]
        await asyncio.sleep(0.001 * (int(to[-1]) % 3))
        body = wire({"messages": [{"id": "x"}]})
        return httpx.Response(200, stream=httpx.ByteStream(body), headers={"x-fb-trace-id": f"trace-{to[-4:]}"})

    async with HttpPool(transport=httpx.MockTransport(slowly)) as http:
        channel = LoggedChannel(CloudApiChannel(http), notes)
        hellos = [evolve(HELLO, to=Peer(phone=f"554198888{n}")) for n in range(7770, 7790)]
        await asyncio.gather(*(channel.send(SHOP, hello) for hello in hellos))
    assert all(call.request_id == f"trace-{(call.peer or '')[1:]}" for call in store.calls[SHOP.company_id])
    assert len(store.calls[SHOP.company_id]) == 20
