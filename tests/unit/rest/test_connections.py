"""How accounts are connected, and what templates they offer."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from attrs import define

from jaboti_adapters.contracts.builders import a_call, an_integration
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.memory.channel import MemoryChannel
from jaboti_domain.integration.calls import Direction
from jaboti_domain.integration.errors import TryAgain
from jaboti_domain.integration.messaging import Connection, Notice, Platform
from jaboti_domain.integration.model import NEWS_KEPT, Integration, IntegrationStatus
from jaboti_domain.integration.ports.channels import ConnectionStates, ConnectionStatus, Health
from jaboti_domain.integration.templates import TemplateButton, TemplateInfo, Variables
from jaboti_domain.integration.use_cases.connections import LookAtIntegration
from tests.unit.rest.office import Desk, Office

PATH = "/integrations/config"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def template(name: str, language: str = "pt_BR") -> TemplateInfo:
    return TemplateInfo(
        name=name,
        language=language,
        category="UTILITY",
        status="APPROVED",
        body="Olá {{1}}",
        variables=Variables(body=1),
        header="IMAGE",
        buttons=[TemplateButton(kind="QUICK_REPLY", text="Sim")],
    )


async def test_the_platform_is_asked_and_its_word_is_noted(office: Office, alda: Desk) -> None:
    phone, place = office.channels[Platform.EVOLUTION_API], f"{PATH}/{office.scene.integration.id}"
    phone.health = Health(ok=False, detail="190: expired", latency_ms=7, trouble="190: expired")
    told = (await alda.post(f"{place}/test")).json()
    assert told == {"ok": False, "detail": "190: expired", "latencyMs": 7, "quality": None}
    assert (await alda.get(place)).json()["trouble"] == "190: expired"
    phone.health = Health(ok=True, detail="Jaboti", latency_ms=7, quality="GREEN")
    assert (await alda.post(f"{place}/test")).json()["ok"] is True
    status = (await alda.get(f"{place}/status")).json()
    assert (status["trouble"], status["quality"]) == (None, "GREEN")


async def test_a_test_that_tells_nothing_new_changes_nothing(office: Office, alda: Desk) -> None:
    place = f"{PATH}/{office.scene.integration.id}"
    await alda.post(f"{place}/test")
    assert (await alda.get(place)).json()["version"] == 1


async def test_how_an_account_is_doing(office: Office, sofia: Desk) -> None:
    own = office.scene.integration
    came, went = a_call(own, direction=Direction.IN), a_call(own)
    for call in (came, went):
        office.application.call_log.note(call)
    await office.application.call_log.flush()
    status = (await sofia.get(f"{PATH}/{own.id}/status")).json()
    assert status == {
        "status": "ACTIVE",
        "trouble": None,
        "connection": None,
        "qrCode": None,
        "lastInboundAt": came.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "lastOutboundAt": went.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "quality": None,
        "news": [],
    }


async def test_what_the_platform_told_of_the_account_is_shown(office: Office, sofia: Desk) -> None:
    own = office.scene.integration
    for n in range(NEWS_KEPT + 1):
        own.heard(Notice(topic="account_update", summary=f"event: {n}", at=NOON, about_account=True), at=NOON)
    await office.scene.keep(own)
    news = (await sofia.get(f"{PATH}/{own.id}/status")).json()["news"]
    assert [each["summary"] for each in news] == [f"event: {n}" for n in range(NEWS_KEPT, 0, -1)]
    assert (news[0]["topic"], news[0]["at"][-1]) == ("account_update", "Z")


@define
class Paired(MemoryChannel, ConnectionStates):
    """A channel that keeps a connection open."""

    async def connection(self, integration: Integration) -> ConnectionStatus:
        return ConnectionStatus(state=Connection.CONNECTING, since=NOON, qr_code="data:image/png;base64,AA==")


async def test_a_channel_that_keeps_a_connection_shows_it(office: Office, sofia: Desk) -> None:
    look = office.application.look_at_integration
    paired = LookAtIntegration(
        new_uow=look.new_uow, call_reads=look.call_reads, connection_states={Platform.EVOLUTION_API: Paired()}
    )
    state = await paired(office.scene.sofia, integration_id=office.scene.integration.id)
    assert state.connection == await Paired().connection(office.scene.integration)


async def test_templates_of_active_accounts_are_listed(office: Office, ana: Desk) -> None:
    cloud = await office.scene.an_integration(platform=Platform.CLOUD_API)
    idle = an_integration(office.scene.company_id, platform=Platform.CLOUD_API)
    idle.status = IntegrationStatus.INACTIVE
    await office.scene.keep(idle)
    office.channels[Platform.CLOUD_API].approved = lambda: [template("b"), template("a", "en"), template("a")]
    listed = (await ana.get("/integrations/templates")).json()
    assert [(each["name"], each["language"]) for each in listed["items"]] == [
        ("a", "en"),
        ("a", "pt_BR"),
        ("b", "pt_BR"),
    ]
    assert listed["items"][0] == {
        "integrationId": str(cloud.id),
        "platform": "CloudAPI",
        "name": "a",
        "language": "en",
        "category": "UTILITY",
        "status": "APPROVED",
        "body": "Olá {{1}}",
        "variables": {"header": 0, "body": 1, "buttons": 0},
        "header": "IMAGE",
        "buttons": [{"kind": "QUICK_REPLY", "text": "Sim"}],
    }
    assert (listed["nextCursor"], listed["unavailable"]) == (None, [])


async def test_templates_come_in_pages(office: Office, ana: Desk) -> None:
    office.channels[Platform.EVOLUTION_API].approved = lambda: [template(f"t{n}") for n in range(5)]
    seen: list[str] = []
    cursor: dict[str, Any] = {}
    for _ in range(3):
        page = (await ana.get("/integrations/templates", limit=2, **cursor)).json()
        seen += [each["name"] for each in page["items"]]
        cursor = {"cursor": page["nextCursor"]}
    assert (seen, cursor) == ([f"t{n}" for n in range(5)], {"cursor": None})
    assert (await ana.get("/integrations/templates", cursor="bm9uc2Vuc2U")).status_code == 422


async def test_a_text_outside_the_window_is_told_the_templates_that_would_do(office: Office, ana: Desk) -> None:
    cloud = await office.scene.an_integration(platform=Platform.CLOUD_API)
    office.channels[Platform.CLOUD_API].approved = lambda: [template("a")]
    listed = (await ana.get("/integrations/templates")).json()["items"][0]
    first = {"clientId": str(office.scene.maria.id), "integrationId": str(cloud.id), "content": "Bom dia"}
    refused = await ana.post("/chats", first)
    assert (refused.status_code, refused.json()["code"]) == (409, "channel.window_closed")
    (suggested,) = refused.json()["templates"]
    assert suggested == {name: listed[name] for name in suggested}
    assert set(listed) - set(suggested) == {"integrationId", "platform"}


async def test_a_value_of_a_template_that_is_wrong_is_named(office: Office, ana: Desk) -> None:
    cloud = await office.scene.an_integration(platform=Platform.CLOUD_API)
    office.channels[Platform.CLOUD_API].approved = lambda: [template("a")]
    await ana.get("/integrations/templates")
    body = {"type": "body", "parameters": [{"type": "text", "text": "duas\nlinhas"}]}
    chosen = {"name": "a", "language": "pt_BR", "components": [body]}
    first = {"clientId": str(office.scene.maria.id), "integrationId": str(cloud.id), "template": chosen}
    refused = (await ana.post("/chats", first)).json()
    assert (refused["code"], refused["expected"]["body"]) == ("template.wrong_variables", 1)
    assert [each["pointer"] for each in refused["errors"]] == ["/template/components/0/parameters/0"]


async def test_an_account_whose_platform_is_away_is_named(office: Office, ana: Desk) -> None:
    def away() -> Sequence[TemplateInfo]:
        raise TryAgain(error_code="unreachable", title="ConnectError")

    office.channels[Platform.EVOLUTION_API].approved = away
    listed = (await ana.get("/integrations/templates")).json()
    assert (listed["items"], listed["unavailable"]) == ([], [str(office.scene.integration.id)])


async def test_a_template_that_is_known_not_to_fit_is_refused_at_once(office: Office, sofia: Desk) -> None:
    office.channels[Platform.EVOLUTION_API].approved = lambda: [template("pedido")]
    await sofia.get("/integrations/templates")
    chat = await office.scene.a_chat(attendant=office.scene.sofia)
    path = f"/chats/{chat.id}/messages"
    unknown = await sofia.post(path, {"template": {"name": "outro", "language": "pt_BR"}})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "template.unknown")
    empty = await sofia.post(path, {"template": {"name": "pedido", "language": "pt_BR"}})
    assert (empty.status_code, empty.json()["code"]) == (422, "template.wrong_variables")
    assert empty.json()["expected"] == {"header": 0, "body": 1, "buttons": 0}


async def test_only_admins_test_and_operators_see_no_status(office: Office, ana: Desk, sofia: Desk, alda: Desk) -> None:
    place = f"{PATH}/{office.scene.integration.id}"
    tested = [(await desk.post(f"{place}/test")).status_code for desk in (ana, sofia, alda)]
    seen = [(await desk.get(f"{place}/status")).status_code for desk in (ana, sofia, alda)]
    assert (tested, seen) == ([403, 403, 200], [403, 200, 200])


async def test_a_foreign_account_is_not_there(office: Office, alda: Desk) -> None:
    other = await Scene.set_in(office.scene.backend)
    place = f"{PATH}/{other.integration.id}"
    assert [(await alda.post(f"{place}/test")).status_code, (await alda.get(f"{place}/status")).status_code] == [
        404,
        404,
    ]
