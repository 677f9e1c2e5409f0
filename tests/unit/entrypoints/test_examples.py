"""The examples run, and do what they say."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from examples import embed, with_small_channel
from examples.small_channel import POMBO, PomboChannel
from jaboti_adapters.channels import HttpPool
from jaboti_domain.integration.content import Text, Unknown
from jaboti_domain.integration.errors import (
    BadSignature,
    GiveUp,
    MendSettings,
    OutcomeUnknown,
    SendingFailed,
    SlowDown,
    TryAgain,
    UnreadableWebhook,
)
from jaboti_domain.integration.messaging import Ignored, Outbound, Peer, Receipt, Unreadable
from jaboti_domain.integration.model import Integration, Secret
from jaboti_domain.kernel.ids import CompanyId, IntegrationId, MessageId, new_id
from jaboti_entrypoints.sandbox.loopback import serving


async def test_the_library_works_inside_another_program() -> None:
    assert await embed.main() == ["Temos, Marina! Saiu agora do forno."]


class Pombo:
    """A tiny platform: keeps what it is sent, and answers 200 unless it was told otherwise."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.status = 200
        self.app = Starlette(routes=[Route("/sendMessage", self.take, methods=["POST"])])

    async def take(self, request: Request) -> Response:
        if self.status != 200:
            return JSONResponse({"error": "no"}, self.status, {"retry-after": "3"})
        self.sent.append({"authorization": request.headers["authorization"], **json.loads(await request.body())})
        return JSONResponse({"id": f"pombo-{len(self.sent)}"})


@pytest.fixture
async def pombo() -> AsyncIterator[tuple[Pombo, str]]:
    platform = Pombo()
    async with serving(platform.app) as base:
        yield platform, base


def integration(base_url: str) -> Integration:
    return Integration(
        id=IntegrationId(new_id()),
        company_id=CompanyId(new_id()),
        platform=POMBO,
        account="padaria",
        name="Pombo",
        settings={"base_url": base_url},
        credentials={"token": Secret("t"), "webhook_secret": Secret("coo")},
    )


OUTBOUND = Outbound(message_id=MessageId(new_id()), to=Peer(phone="5511955500101"), content=Text(body="Oi"))


async def test_a_channel_of_ones_own_is_written_to_and_answered(pombo: tuple[Pombo, str]) -> None:
    platform, base = pombo
    assert await with_small_channel.main(base) == "pombo-1"
    assert platform.sent == [{"authorization": "Bearer t", "to": "5511955500101", "text": "Oi, Marina!"}]


@pytest.mark.parametrize(
    ("status", "fate"),
    [(400, GiveUp), (401, MendSettings), (404, MendSettings), (429, SlowDown), (503, TryAgain), (500, OutcomeUnknown)],
)
async def test_its_refusals_tell_what_to_do_next(
    pombo: tuple[Pombo, str], status: int, fate: type[SendingFailed]
) -> None:
    platform, base = pombo
    platform.status = status
    async with HttpPool(allowed_hosts=["127.0.0.1"]) as http:
        with pytest.raises(fate):
            await PomboChannel(http).send(integration(base), OUTBOUND)


async def test_it_calls_no_address_that_nobody_allowed(pombo: tuple[Pombo, str]) -> None:
    platform, base = pombo
    async with HttpPool() as http:
        with pytest.raises(MendSettings):
            await PomboChannel(http).send(integration(base), OUTBOUND)
    assert platform.sent == []


async def test_it_sends_words_and_nothing_else() -> None:
    picture = Outbound(message_id=OUTBOUND.message_id, to=OUTBOUND.to, content=Unknown(type="picture"))
    async with HttpPool() as http:
        with pytest.raises(GiveUp):
            await PomboChannel(http).send(integration("http://127.0.0.1:9"), picture)


@pytest.mark.parametrize("given", [{}, {"x-pombo-secret": ""}, {"x-pombo-secret": "Coo"}])
async def test_strangers_are_not_believed(given: dict[str, str]) -> None:
    async with HttpPool() as http:
        with pytest.raises(BadSignature):
            PomboChannel(http).verify(integration(""), given, b"")


async def test_what_it_says_is_read_and_what_it_does_not_say_is_no_trouble() -> None:
    async with HttpPool() as http:
        channel = PomboChannel(http)
        (receipt,) = channel.split(b'{"receipt": {"id": "pombo-1", "status": "read"}}')
        assert (receipt.event_key, type(channel.read(receipt.raw))) == ("s:pombo-1:read", Receipt)
        assert isinstance(channel.read(b'{"poll": 1}'), Ignored)
        assert isinstance(channel.read(b'{"message": {"id": 7}}'), Unreadable)
        with pytest.raises(UnreadableWebhook):
            channel.split(b"[]")


async def test_its_webhook_needs_the_secret(pombo: tuple[Pombo, str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(with_small_channel.CREDENTIALS, "webhook_secret", "another")
        with pytest.raises(httpx.HTTPStatusError):
            await with_small_channel.main(pombo[1])
