"""/integrations/config: the company's accounts on platforms."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints
from pydantic.alias_generators import to_camel, to_snake
from pydantic_core import PydanticCustomError

from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import Configuration, IntegrationStatus
from jaboti_domain.kernel.actor import Operation
from jaboti_domain.kernel.bot import BotSettings
from jaboti_domain.kernel.ids import IntegrationId
from jaboti_entrypoints.errors import FieldError, InvalidFields
from jaboti_entrypoints.rest import headers
from jaboti_entrypoints.rest.answer import NO_CONTENT, Answer
from jaboti_entrypoints.rest.cursor import page_answer, place_after
from jaboti_entrypoints.rest.route import Call, Header, Route
from jaboti_entrypoints.rest.versions import version_of, versioned
from jaboti_entrypoints.rest.wire import Given, Id, PagedQuery, Shown

LIST = "integrations"
PATH = "/integrations/config"
GREETING_LIMIT = 1024
LONGEST_REOPENING = 30 * 24 * 3600
_NAME = re.compile(r"[a-z][A-Za-z0-9]{0,50}", re.ASCII)

V = TypeVar("V")


def _printable(text: str) -> str:
    if not text.isprintable():
        raise PydanticCustomError("characters", "not printable")
    return text


Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_printable)
]
Value = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4096), AfterValidator(_printable)
]
Greeting = Annotated[str, StringConstraints(strip_whitespace=True, max_length=GREETING_LIMIT)]


class BotGiven(Given):
    """What the built-in menu says."""

    greeting: Annotated[Greeting, Field(min_length=1)]
    farewell: Greeting = ""


class IntegrationGiven(Given):
    """How an account is to work. It replaces what was said before, but for credentials."""

    platform: Platform | None = Field(None, description="As it is: an integration keeps its platform.")
    account: Line | None = Field(None, description="As it is: an integration keeps its account.")
    name: Line
    status: IntegrationStatus = IntegrationStatus.ACTIVE
    settings: dict[str, Value] = Field(default_factory=dict, max_length=50)
    credentials: dict[str, Value | None] = Field(
        default_factory=dict,
        max_length=50,
        description="One that is left out, or given as its own hint, stays as it is; null takes it away.",
    )
    bot: BotGiven | None = None
    reopen_within_seconds: Annotated[int, Field(ge=0, le=LONGEST_REOPENING)] = Field(
        0, description="A client who writes again this soon after the end comes back to the same chat."
    )

    def as_configuration(self) -> Configuration:
        """In the words of the domain. Raises InvalidFields, naming all settings and credentials that can't be one."""
        unknown = [*_unknown("settings", self.settings), *_unknown("credentials", self.credentials)]
        if unknown:
            raise InvalidFields(*unknown)
        return Configuration(
            name=self.name,
            status=self.status,
            settings=_by_our_names(self.settings),
            credentials=_by_our_names(self.credentials),
            bot=BotSettings(greeting=self.bot.greeting, farewell=self.bot.farewell) if self.bot else None,
            reopen_within=timedelta(seconds=self.reopen_within_seconds),
        )


class NewIntegration(IntegrationGiven):
    """An account of a platform, and how it is to work."""

    platform: Platform
    account: Line = Field(description="As the platform calls it; CloudAPI: the phone number id.")


class BotShown(Shown):
    """What the built-in menu says."""

    greeting: str
    farewell: str


class IntegrationShown(Shown):
    """An account on a platform. Of credentials only hints are shown, such as `••••1234`."""

    id: Id
    platform: Platform
    account: str
    name: str
    status: IntegrationStatus
    settings: dict[str, str]
    credentials: dict[str, str]
    bot: BotShown | None
    reopen_within_seconds: int
    trouble: str | None
    version: int


class IntegrationPage(Shown):
    """In the order in which they were connected."""

    items: list[IntegrationShown]
    next_cursor: str | None


async def integrations(call: Call[PagedQuery]) -> Answer:
    """GET /integrations/config"""
    given, company_id = call.given, call.actor.company_id
    after = place_after(given.cursor, of=LIST, company_id=company_id)
    found = await call.application.integration_reads.page(company_id, after=after, limit=given.limit)
    return page_answer(found, of=LIST, company_id=company_id)


async def integration(call: Call[None]) -> Answer:
    """GET /integrations/config/{integrationId}"""
    return await _shown(call, _id(call))


async def configure_account(call: Call[NewIntegration]) -> Answer:
    """POST /integrations/config"""
    given = call.given
    configured, is_new = await call.application.configure_integration(
        call.actor, platform=given.platform, account=given.account, wanted=given.as_configuration()
    )
    answer = await connected(call, configured.id)
    return answer._replace(status=201 if is_new else 200)


async def connected(call: Call[NewIntegration], subject: UUID) -> Answer:
    """The account as it is now, as the answer to what connected it, or configured it anew."""
    answer = await _shown(call, IntegrationId(subject))
    is_new = version_of(answer.body) == 1
    place = call.location(f"{PATH}/{subject}")
    return answer._replace(status=201 if is_new else 200, headers=(*answer.headers, place))


async def configure_integration(call: Call[IntegrationGiven]) -> Answer:
    """PUT /integrations/config/{integrationId}"""
    given = call.given
    await call.application.configure_integration.edit(
        call.actor,
        integration_id=_id(call),
        wanted=given.as_configuration(),
        platform=given.platform,
        account=given.account,
        versions=headers.expected_versions(call.scope),
    )
    return await _shown(call, _id(call))


async def remove_integration(call: Call[None]) -> Answer:
    """DELETE /integrations/config/{integrationId}"""
    versions = headers.expected_versions(call.scope)
    await call.application.remove_integration(call.actor, integration_id=_id(call), versions=versions)
    return NO_CONTENT


ROUTES = (
    Route(
        method="GET",
        path=PATH,
        endpoint=integrations,
        access=Operation.READ_INTEGRATIONS,
        request=PagedQuery,
        answers={200: IntegrationPage},
        tag="integrations",
        summary="The company's accounts on platforms",
    ),
    Route(
        method="POST",
        path=PATH,
        endpoint=configure_account,
        recover=connected,
        access=Operation.MANAGE_INTEGRATIONS,
        request=NewIntegration,
        answers={200: IntegrationShown, 201: IntegrationShown},
        problems=(409,),
        headers=(Header.IDEMPOTENCY_KEY,),
        answer_headers=("Location", "ETag"),
        tag="integrations",
        summary="Connect an account, or configure the one that is connected",
        description="200 for an account that the company has connected already, else 201. Credentials are written and "
        "never read back. `baseUrl` must be https, unless the installation allows its host.",
    ),
    Route(
        method="GET",
        path=PATH + "/{integrationId}",
        endpoint=integration,
        access=Operation.READ_INTEGRATIONS,
        answers={200: IntegrationShown},
        answer_headers=("ETag",),
        tag="integrations",
        summary="An account",
    ),
    Route(
        method="PUT",
        path=PATH + "/{integrationId}",
        endpoint=configure_integration,
        access=Operation.MANAGE_INTEGRATIONS,
        request=IntegrationGiven,
        answers={200: IntegrationShown},
        headers=(Header.IF_MATCH,),
        answer_headers=("ETag",),
        tag="integrations",
        summary="Configure an account",
        description="New credentials or settings end the trouble that was noted.",
    ),
    Route(
        method="DELETE",
        path=PATH + "/{integrationId}",
        endpoint=remove_integration,
        access=Operation.MANAGE_INTEGRATIONS,
        answers={204: None},
        problems=(409,),
        headers=(Header.IF_MATCH,),
        tag="integrations",
        summary="Take an account away",
        description="Its chats stay readable, and it may be connected again, also by another company. While chats on "
        "it are open it stays (409 `integration.has_open_chats`).",
    ),
)


async def _shown(call: Call[V], integration_id: IntegrationId) -> Answer:
    document = await call.application.integration_reads.one(call.actor.company_id, integration_id)
    return versioned(document)


def _id(call: Call[V]) -> IntegrationId:
    return IntegrationId(call.ids["integrationId"])


def _unknown(kind: str, given: Mapping[str, object]) -> list[FieldError]:
    names = [name for name in given if not _NAME.fullmatch(name) or to_camel(to_snake(name)) != name]
    return [FieldError(f"/{kind}/{name.replace('~', '~0').replace('/', '~1')}", "unknown") for name in names]


def _by_our_names(given: Mapping[str, V]) -> dict[str, V]:
    return {to_snake(name): value for name, value in given.items()}
