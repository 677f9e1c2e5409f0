"""What we ask the platform without sending anything: whether the credentials work, and for templates."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from attrs import evolve

from jaboti_adapters.channels import HttpPool
from jaboti_adapters.channels.cloudapi import CloudApiChannel
from jaboti_domain.integration.content import Template
from jaboti_domain.integration.errors import MendSettings, SendingFailed
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.templates import TemplateButton, TemplateInfo, Variables, must_fit
from jaboti_entrypoints.sandbox.cloudapi import CloudApiSandbox, SandboxNumber, create_cloudapi_sandbox
from jaboti_entrypoints.sandbox.loopback import serving
from tests.unit.channels.integrations import TOKEN, integration
from tests.unit.channels.payloads import NUMBER, WABA, wire

SHOP = SandboxNumber(
    phone_number_id=NUMBER,
    waba_id=WABA,
    display_phone_number="554130000000",
    access_token=TOKEN,
    app_secret="secret-of-the-app",
)
FAR = integration("https://graph.example/v25.0", access_token=TOKEN)


@pytest.fixture
def sandbox() -> CloudApiSandbox:
    return create_cloudapi_sandbox([SHOP])


@pytest.fixture
async def shop(sandbox: CloudApiSandbox) -> AsyncIterator[Integration]:
    async with serving(sandbox.app) as base:
        yield integration(f"{base}/v25.0/", access_token=TOKEN)


@pytest.fixture
async def channel() -> AsyncIterator[CloudApiChannel]:
    async with HttpPool(allowed_hosts=["127.0.0.1"]) as http:
        yield CloudApiChannel(http)


def platform(answer: Callable[[httpx.Request], httpx.Response]) -> HttpPool:
    return HttpPool(transport=httpx.MockTransport(answer))


def answered(body: object, status: int = 200) -> httpx.Response:
    return httpx.Response(status, stream=httpx.ByteStream(wire(body)))


async def test_credentials_that_work_are_told_with_the_accounts_name(
    channel: CloudApiChannel, shop: Integration
) -> None:
    health = await channel.test(shop)
    assert (health.ok, health.detail, health.quality, health.trouble) == (True, "Jaboti, CONNECTED", "GREEN", None)
    assert 0 <= health.latency_ms < 500


@pytest.mark.parametrize("token", ["another-token", "ação"])
async def test_credentials_that_do_not_work_are_trouble(
    channel: CloudApiChannel, shop: Integration, token: str
) -> None:
    health = await channel.test(integration(shop.settings["base_url"], access_token=token))
    assert not health.ok
    assert health.trouble is not None
    assert token not in repr(health)


async def test_an_account_that_is_another_s_is_trouble(channel: CloudApiChannel, shop: Integration) -> None:
    health = await channel.test(integration(shop.settings["base_url"], account="1", access_token=TOKEN))
    assert (health.ok, health.trouble is not None) == (False, True)


async def test_a_platform_that_is_away_tells_nothing_about_credentials(channel: CloudApiChannel) -> None:
    health = await channel.test(integration("http://127.0.0.1:9", access_token=TOKEN))
    assert (health.ok, health.detail, health.trouble) == (False, "unreachable: ConnectError", None)


async def test_templates_are_those_that_are_approved(
    channel: CloudApiChannel, shop: Integration, sandbox: CloudApiSandbox
) -> None:
    sandbox.platform.templates.of(WABA)[-1].status = "PENDING"
    found = {each.name: each for each in await channel.templates(shop)}
    assert sorted(found) == ["boas_vindas", "confirmacao_agendamento", "retomar_atendimento"]
    assert found["retomar_atendimento"] == TemplateInfo(
        name="retomar_atendimento",
        language="pt_BR",
        category="UTILITY",
        status="APPROVED",
        body="Olá {{1}}, podemos continuar o seu atendimento?",
        variables=Variables(body=1),
        buttons=[TemplateButton(kind="QUICK_REPLY", text="Sim"), TemplateButton(kind="QUICK_REPLY", text="Não")],
    )
    must_fit(Template(name="boas_vindas", language="pt_BR"), list(found.values()))


async def test_all_pages_are_asked_for(sandbox: CloudApiSandbox, channel: CloudApiChannel, shop: Integration) -> None:
    book = sandbox.platform.templates.of(WABA)
    book += [evolve_name(book[0], f"modelo_{n:03}") for n in range(250)]
    found = await channel.templates(shop)
    assert len({each.name for each in found}) == 254


def evolve_name(template: Any, name: str) -> Any:
    return type(template)(**{each: getattr(template, each) for each in template.__struct_fields__} | {"name": name})


async def test_a_list_without_an_end_is_not_read_for_ever() -> None:
    page = {"data": [], "paging": {"cursors": {"after": "x"}, "next": "https://graph.example/next"}}
    async with platform(lambda _: answered(page)) as http, asyncio.timeout(5):
        assert await CloudApiChannel(http).templates(FAR) == []


async def test_a_refused_list_is_refused() -> None:
    async with platform(lambda _: answered({"error": {"code": 190, "message": "no"}}, 401)) as http:
        with pytest.raises(MendSettings):
            await CloudApiChannel(http).templates(FAR)


COMPONENTS: list[tuple[list[Any], Variables, str | None]] = [
    ([{"type": "HEADER", "format": "IMAGE"}], Variables(header=1), "IMAGE"),
    ([{"type": "HEADER", "format": "TEXT", "text": "Olá {{nome}}"}], Variables(header=1), "TEXT"),
    ([{"type": "HEADER", "format": "TEXT", "text": "Olá"}], Variables(), "TEXT"),
    ([{"type": "body", "text": "{{1}} e {{ 2 }}, {{1}}"}], Variables(body=2), None),
    (
        [{"type": "BUTTONS", "buttons": [{"type": "URL", "url": "https://x.example/{{1}}"}, {"type": "URL"}]}],
        Variables(buttons=1),
        None,
    ),
    ([{"type": "BUTTONS", "buttons": [{"type": "COPY_CODE"}, {"type": "PHONE_NUMBER"}]}], Variables(buttons=1), None),
    (["odd", 7, None, {"type": None, "text": 3}], Variables(), None),
]


@pytest.mark.parametrize(("components", "variables", "header"), COMPONENTS)
async def test_what_a_template_takes_is_read_from_its_parts(
    components: list[Any], variables: Variables, header: str | None
) -> None:
    template = {"name": "a", "language": "pt_BR", "status": "APPROVED", "components": components}
    async with platform(lambda _: answered({"data": [template, {"name": ""}, "odd"]})) as http:
        (found,) = await CloudApiChannel(http).templates(FAR)
    assert (found.variables, found.header) == (variables, header)


async def test_neither_account_nor_owner_leads_to_another_path() -> None:
    asked: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.raw_path.partition(b"?")[0])
        return answered({"data": []})

    sly = evolve(FAR, account="../me?x=", settings={**FAR.settings, "waba_id": "../me?x="})
    async with platform(answer) as http:
        await CloudApiChannel(http).test(sly)
        await CloudApiChannel(http).templates(sly)
    assert asked == [b"/v25.0/..%2Fme%3Fx%3D", b"/v25.0/..%2Fme%3Fx%3D/message_templates"]


async def test_without_an_address_nothing_is_asked(channel: CloudApiChannel) -> None:
    with pytest.raises(SendingFailed):
        await channel.templates(integration("", access_token=TOKEN))
