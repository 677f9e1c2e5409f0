"""/integrations/...: how accounts are connected, and the templates that they offer."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from jaboti_domain.integration.messaging import Connection, Platform
from jaboti_domain.integration.model import IntegrationStatus
from jaboti_domain.integration.use_cases.connections import Catalogue
from jaboti_domain.kernel.actor import Operation
from jaboti_domain.kernel.errors import InvalidCursor
from jaboti_domain.kernel.ids import IntegrationId
from jaboti_domain.kernel.times import rfc3339
from jaboti_entrypoints.rest.answer import Answer, shown
from jaboti_entrypoints.rest.cursor import read_cursor, write_cursor
from jaboti_entrypoints.rest.integrations import PATH
from jaboti_entrypoints.rest.route import Call, Route
from jaboti_entrypoints.rest.wire import Id, PagedQuery, Shown, Time

LIST = "templates"
Place = tuple[str, str, str]
"""Of a template: its integration, name and language."""


class Examination(Shown):
    """What the platform says when it is asked whether the credentials work."""

    ok: bool
    detail: str
    latency_ms: int
    quality: str | None


class ConnectionShown(Shown):
    """How a channel is connected that keeps a connection open."""

    state: Connection
    since: Time | None


class NewsShown(Shown):
    """What the platform told of the account or its templates, under the topic that it uses."""

    topic: str
    summary: str
    at: Time


class IntegrationState(Shown):
    """How an account is doing. `qrCode` is there while a phone is to be connected with it; `news` are the last 20, the
    newest first.
    """

    status: IntegrationStatus
    trouble: str | None
    connection: ConnectionShown | None
    qr_code: str | None
    last_inbound_at: Time | None
    last_outbound_at: Time | None
    quality: str | None
    news: list[NewsShown]


class VariablesShown(Shown):
    """How many values each part takes; a header with a file takes that file."""

    header: int
    body: int
    buttons: int


class TemplateButtonShown(Shown):
    """A button under a template."""

    kind: str
    text: str


class TemplateShown(Shown):
    """An approved template. `header` is its kind: TEXT, IMAGE, VIDEO, DOCUMENT, LOCATION."""

    integration_id: Id
    platform: Platform
    name: str
    language: str
    category: str
    status: str
    body: str
    variables: VariablesShown
    header: str | None
    buttons: list[TemplateButtonShown]


class TemplatePage(Shown):
    """By account, name and language; `unavailable` are accounts whose platform can't be asked for the moment."""

    items: list[TemplateShown]
    next_cursor: str | None
    unavailable: list[Id]


async def test_integration(call: Call[None]) -> Answer:
    """POST /integrations/config/{integrationId}/test"""
    integration_id = IntegrationId(call.ids["integrationId"])
    health = await call.application.examine_integration(call.actor, integration_id=integration_id)
    return shown(Examination(ok=health.ok, detail=health.detail, latency_ms=health.latency_ms, quality=health.quality))


async def integration_status(call: Call[None]) -> Answer:
    """GET /integrations/config/{integrationId}/status"""
    state = await call.application.look_at_integration(
        call.actor, integration_id=IntegrationId(call.ids["integrationId"])
    )
    connection = state.connection
    document = {
        "status": state.integration.status,
        "trouble": state.integration.trouble,
        "connection": connection and {"state": connection.state, "since": _time(connection.since)},
        "qrCode": connection.qr_code if connection else None,
        "lastInboundAt": _time(state.calls.inbound_at),
        "lastOutboundAt": _time(state.calls.outbound_at),
        "quality": state.integration.quality,
        "news": [
            {"topic": each.topic, "summary": each.summary, "at": rfc3339(each.at)} for each in state.integration.news
        ],
    }
    return Answer(msgspec.json.encode(document))


async def templates(call: Call[PagedQuery]) -> Answer:
    """GET /integrations/templates"""
    given, company_id = call.given, call.actor.company_id
    after = _place_in(read_cursor(given.cursor, of=LIST, company_id=company_id)) if given.cursor else None
    catalogues = await call.application.list_templates(call.actor)
    places = {place: each for catalogue in catalogues for place, each in _places(catalogue)}
    following = [place for place in sorted(places) if after is None or place > after]
    listed, goes_on = following[: given.limit], len(following) > given.limit
    return shown(
        TemplatePage(
            items=[places[place] for place in listed],
            next_cursor=write_cursor(listed[-1], of=LIST, company_id=company_id) if goes_on else None,
            unavailable=[each.integration.id for each in catalogues if each.templates is None],
        )
    )


ROUTES = (
    Route(
        method="POST",
        path=PATH + "/{integrationId}/test",
        endpoint=test_integration,
        access=Operation.MANAGE_INTEGRATIONS,
        answers={200: Examination},
        tag="integrations",
        summary="Ask the platform whether the credentials work",
        description="What must be mended is noted with the account, as its trouble; that all is well ends the trouble.",
    ),
    Route(
        method="GET",
        path=PATH + "/{integrationId}/status",
        endpoint=integration_status,
        access=Operation.READ_INTEGRATIONS,
        answers={200: IntegrationState},
        tag="integrations",
        summary="How an account is doing",
        description="When something came or went last is known as far back as the call log goes.",
    ),
    Route(
        method="GET",
        path="/integrations/templates",
        endpoint=templates,
        access=Operation.READ_TEMPLATES,
        request=PagedQuery,
        answers={200: TemplatePage},
        tag="integrations",
        summary="The approved templates of active accounts",
        description="As of five minutes ago at most, unless a platform is away.",
    ),
)


def _places(catalogue: Catalogue) -> Iterator[tuple[Place, TemplateShown]]:
    integration = catalogue.integration
    for each in catalogue.templates or ():
        shown = TemplateShown(
            integration_id=integration.id,
            platform=integration.platform,
            name=each.name,
            language=each.language,
            category=each.category,
            status=each.status,
            body=each.body,
            variables=VariablesShown(
                header=each.variables.header, body=each.variables.body, buttons=each.variables.buttons
            ),
            header=each.header,
            buttons=[TemplateButtonShown(kind=button.kind, text=button.text) for button in each.buttons],
        )
        yield (str(integration.id), each.name, each.language), shown


def _place_in(key: list[str]) -> Place:
    try:
        integration_id, name, language = key
    except ValueError:
        raise InvalidCursor() from None
    return integration_id, name, language


def _time(at: datetime | None) -> str | None:
    return rfc3339(at) if at else None
