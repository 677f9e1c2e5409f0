"""Over real HTTP on this machine: what the platform's behaviour means for a message."""

import asyncio
import logging
import socket
import traceback
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from uuid import UUID

import httpx
import pytest
from attrs import evolve

from jaboti_adapters.channels import HttpPool
from jaboti_adapters.channels._http import seconds_until
from jaboti_adapters.channels.cloudapi import CloudApiChannel
from jaboti_domain.integration.content import Choice, Content, Interactive, Media, MediaFile, Reaction, Text
from jaboti_domain.integration.errors import (
    GiveUp,
    MendSettings,
    NotTried,
    OutcomeUnknown,
    SendingFailed,
    SlowDown,
    TryAgain,
)
from jaboti_domain.integration.messaging import Outbound, Peer
from jaboti_domain.integration.model import Integration
from jaboti_domain.kernel.ids import MessageId
from jaboti_entrypoints.sandbox.cloudapi import CloudApiSandbox, SandboxNumber, create_cloudapi_sandbox
from jaboti_entrypoints.sandbox.loopback import serving
from tests.unit.channels.integrations import TOKEN, integration
from tests.unit.channels.payloads import MARINA, NUMBER, WABA, wire

ID = MessageId(UUID("0198f0c2-0000-7000-8000-000000000001"))
SHOP = SandboxNumber(
    phone_number_id=NUMBER,
    waba_id=WABA,
    display_phone_number="554130000000",
    access_token=TOKEN,
    app_secret="secret-of-the-app",
)
LISTED = Interactive(body="Qual?", choices=tuple(Choice(id=str(n), title=f"Opção {n}") for n in range(5)))
BUTTONS = Interactive(body="Qual?", choices=LISTED.choices[:2], header="Loja", footer="obrigado")
VOICE = Media(media=MediaFile(type="audio", link="https://shop.example/voz.ogg", voice=True))


def outbound(content: Content | None = None, *, to: Peer = MARINA) -> Outbound:
    return Outbound(message_id=ID, to=to, content=content or Text(body="Olá, Marina"))


@pytest.fixture
def sandbox() -> CloudApiSandbox:
    platform = create_cloudapi_sandbox([SHOP])
    platform.knobs.turn(window_enforced=False)
    return platform


@pytest.fixture
async def shop(sandbox: CloudApiSandbox) -> AsyncIterator[Integration]:
    async with serving(sandbox.app) as base:
        yield integration(f"{base}/v25.0/", access_token=TOKEN)


@pytest.fixture
async def channel() -> AsyncIterator[CloudApiChannel]:
    async with HttpPool(allowed_hosts=["127.0.0.1"]) as http:
        yield CloudApiChannel(http)


@pytest.mark.parametrize("content", [None, BUTTONS, LISTED, VOICE], ids=["text", "buttons", "list", "voice"])
async def test_the_platform_takes_a_message_and_names_it(
    channel: CloudApiChannel, shop: Integration, content: Content | None
) -> None:
    accepted = await channel.send(shop, outbound(content))
    assert accepted.provider_id.startswith("wamid.")
    assert accepted.peer == Peer(phone=MARINA.phone)


async def test_what_comes_too_late_never_leaves(
    channel: CloudApiChannel, shop: Integration, sandbox: CloudApiSandbox
) -> None:
    def late() -> None:
        raise NotTried(error_code="too_late", title="?")

    for _ in ("a new connection", "one that was kept"):
        with pytest.raises(NotTried):
            await channel.send(shop, evolve(outbound(), fence=late))
        assert sandbox.ledger.sends == []
        await channel.mark_read(shop, sandbox.client_writes(NUMBER, str(MARINA.phone), "Oi"), peer=MARINA)


async def test_a_client_without_a_phone_is_written_to_by_user_id(channel: CloudApiChannel, shop: Integration) -> None:
    to = Peer(cloud_user_id=MARINA.cloud_user_id)
    accepted = await channel.send(shop, outbound(to=to))
    assert accepted.peer == to


async def test_a_clients_message_can_be_marked_as_read_and_answered_with_an_emoji(
    channel: CloudApiChannel, shop: Integration, sandbox: CloudApiSandbox
) -> None:
    wamid = sandbox.client_writes(NUMBER, str(MARINA.phone), "Oi")
    await channel.mark_read(shop, wamid, peer=MARINA)
    accepted = await channel.send(shop, outbound(Reaction(target=wamid, emoji="👍")))
    assert accepted.provider_id != wamid


async def test_too_many_messages_mean_to_slow_down_for_as_long_as_told(
    channel: CloudApiChannel, shop: Integration, sandbox: CloudApiSandbox
) -> None:
    sandbox.knobs.fail_next(130429, mode="sync", retry_after=7)
    with pytest.raises(SlowDown) as refused:
        await channel.send(shop, outbound())
    assert (refused.value.retry_after, refused.value.error_code) == (7.0, "130429")


REFUSALS: list[tuple[int, type[SendingFailed]]] = [
    (131000, TryAgain),
    (131047, GiveUp),
    (131031, MendSettings),
    (502, OutcomeUnknown),
]


@pytest.mark.parametrize(("code", "fate"), REFUSALS)
async def test_a_refusal_tells_what_to_do_next(
    channel: CloudApiChannel, shop: Integration, sandbox: CloudApiSandbox, code: int, fate: type[SendingFailed]
) -> None:
    sandbox.knobs.fail_next(code, mode="sync")
    with pytest.raises(fate):
        await channel.send(shop, outbound())


async def test_a_revoked_token_stops_messages_and_read_receipts(
    channel: CloudApiChannel, shop: Integration, sandbox: CloudApiSandbox
) -> None:
    sandbox.knobs.turn(token_revoked=True)
    with pytest.raises(MendSettings):
        await channel.send(shop, outbound())
    with pytest.raises(MendSettings):
        await channel.mark_read(shop, "wamid.1", peer=MARINA)


async def test_a_platform_that_hangs_leaves_the_outcome_unknown_in_time(
    shop: Integration, sandbox: CloudApiSandbox
) -> None:
    sandbox.knobs.hang_next()
    async with HttpPool(total=0.5, allowed_hosts=["127.0.0.1"]) as http:
        with pytest.raises(OutcomeUnknown):
            async with asyncio.timeout(20):
                await CloudApiChannel(http).send(shop, outbound())


async def test_a_connection_that_is_cut_leaves_the_outcome_unknown(
    channel: CloudApiChannel, shop: Integration, sandbox: CloudApiSandbox
) -> None:
    sandbox.knobs.reset_next()
    with pytest.raises(OutcomeUnknown):
        await channel.send(shop, outbound())


async def test_a_refused_connection_means_to_try_again(channel: CloudApiChannel) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = integration(f"http://127.0.0.1:{taken.getsockname()[1]}", access_token=TOKEN)
        with pytest.raises(TryAgain):
            await channel.send(nobody, outbound())


@pytest.mark.parametrize("token", ["another-token", "com espaço\n", "ação", "\ud83d"])
async def test_a_wrong_token_means_to_mend_the_settings_and_is_nowhere_to_be_seen(
    channel: CloudApiChannel, shop: Integration, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = integration(shop.settings["base_url"], access_token=token)
    with caplog.at_level(logging.DEBUG), pytest.raises(MendSettings) as refused:
        await channel.send(wrong, outbound())
    shown = "".join(traceback.format_exception(refused.value)) + repr(vars(refused.value)) + caplog.text
    assert token not in shown


@pytest.mark.parametrize("base", ["", "ftp://x", "http://", "x", "http://\x00"])
async def test_an_address_that_is_none_means_to_mend_the_settings(channel: CloudApiChannel, base: str) -> None:
    with pytest.raises(MendSettings):
        await channel.send(integration(base, access_token=TOKEN), outbound())


async def test_an_integration_without_a_token_is_to_be_mended(channel: CloudApiChannel, shop: Integration) -> None:
    with pytest.raises(MendSettings) as refused:
        await channel.send(integration(shop.settings["base_url"]), outbound())
    assert refused.value.error_code == "missing_setting"


def platform(answer: Callable[[httpx.Request], httpx.Response]) -> HttpPool:
    """Connections to a platform that always answers like this."""
    return HttpPool(transport=httpx.MockTransport(answer))


def answered(status: int, body: bytes = b"", **headers: str) -> httpx.Response:
    return httpx.Response(status, stream=httpx.ByteStream(body), headers=headers)


FAR = integration("https://graph.example/v25.0", access_token=TOKEN)


BEFORE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
AFTER = (
    httpx.ReadError,
    httpx.ReadTimeout,
    httpx.WriteError,
    httpx.WriteTimeout,
    httpx.CloseError,
    httpx.RemoteProtocolError,
    httpx.ProxyError,
    httpx.DecodingError,
)
TROUBLES = [*((trouble, TryAgain) for trouble in BEFORE), *((trouble, OutcomeUnknown) for trouble in AFTER)]


@pytest.mark.parametrize(("trouble", "fate"), TROUBLES)
async def test_trouble_on_the_way_goes_by_whether_anything_was_written(
    trouble: type[httpx.RequestError], fate: type[SendingFailed]
) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise trouble("trouble", request=request)

    async with platform(fail) as http:
        with pytest.raises(SendingFailed) as failed:
            await CloudApiChannel(http).send(FAR, outbound())
    assert type(failed.value) is fate


async def test_a_token_that_the_platform_repeats_is_hidden() -> None:
    error = {"error": {"code": 190, "message": f"Malformed access token {TOKEN}"}}
    async with platform(lambda _: answered(401, wire(error))) as http:
        with pytest.raises(MendSettings) as refused:
            await CloudApiChannel(http).send(FAR, outbound())
    assert refused.value.title == "Malformed access token ***"


async def test_an_endless_answer_is_not_read_to_the_end() -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b" " * (1 << 16)

    async with platform(lambda _: httpx.Response(200, content=endless())) as http:
        with pytest.raises(OutcomeUnknown):
            await CloudApiChannel(http).send(FAR, outbound())
    assert read < 20


async def test_a_redirect_is_not_followed_with_the_token() -> None:
    async with platform(lambda _: answered(307, location="https://elsewhere.example")) as http:
        with pytest.raises(MendSettings):
            await CloudApiChannel(http).send(FAR, outbound())


async def test_an_account_cannot_lead_to_another_path() -> None:
    asked: list[httpx.URL] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        return answered(200, wire({"messages": [{"id": "wamid.1"}]}))

    sly = integration("https://graph.example/v25.0", account="../me?x=", access_token=TOKEN)
    async with platform(answer) as http:
        await CloudApiChannel(http).send(sly, outbound())
    assert asked[0].raw_path == b"/v25.0/..%2Fme%3Fx%3D/messages"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("999999999", 3600.0),
        ("", None),
        ("-1", None),
        ("soon", None),
        ("1.5", None),
        ("٣", None),
    ],
)
def test_how_long_to_wait_is_read_from_the_header(header: str, seconds: float | None) -> None:
    assert seconds_until(header) == seconds


@pytest.mark.parametrize(("ahead", "least", "most"), [(60, 50.0, 60.0), (-60, 0.0, 0.0), (10**6, 3600.0, 3600.0)])
def test_the_header_may_be_a_date(ahead: int, least: float, most: float) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=ahead)
    wait = seconds_until(format_datetime(moment, usegmt=True))
    assert wait is not None
    assert least <= wait <= most
