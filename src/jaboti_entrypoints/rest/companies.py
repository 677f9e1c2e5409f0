"""/companies: what they are like, and who works there."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from jaboti_domain.company.errors import CompanyNotFound
from jaboti_domain.company.model import CompanyChange
from jaboti_domain.company.retention import MOST, TERMS, Held
from jaboti_domain.kernel.actor import Operation, Role
from jaboti_domain.kernel.bot import BotSettings
from jaboti_domain.kernel.ids import CompanyId, UserId
from jaboti_entrypoints.errors import OtherCompany
from jaboti_entrypoints.rest import headers
from jaboti_entrypoints.rest.answer import NO_CONTENT, Answer
from jaboti_entrypoints.rest.cursor import page, page_answer, place_after
from jaboti_entrypoints.rest.hours import BusinessHoursGiven, BusinessHoursShown
from jaboti_entrypoints.rest.people import Name
from jaboti_entrypoints.rest.route import Access, Call, Header, Route
from jaboti_entrypoints.rest.versions import versioned
from jaboti_entrypoints.rest.wire import Given, Id, PagedQuery, Shown, Time, may_be_absent

LIST = "members"


class BotGiven(Given):
    """What the built-in bot says, in the company's words."""

    greeting: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1024)]
    farewell: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1024)] = ""


def _days(held: Held, description: str) -> Any:
    term = TERMS[held]
    usual = "for ever" if term.usual is None else term.usual
    description = f"{description} Usually {usual}."
    return Field(None, ge=term.least, le=MOST, description=description)


class RetentionGiven(Given):
    """For how many days each kind is kept; null: for ever. What is not given stays as it is."""

    events: int | None = _days(Held.EVENTS, "Live events, for who resumes.")
    commands: int | None = _days(Held.COMMANDS, "Answers to commands, for who asks again with the same key.")
    messages: int | None = _days(Held.MESSAGES, "Words and files, from the end of their chat.")
    journal: int | None = _days(Held.JOURNAL, "What platforms sent, as they sent it.")
    dead_letters: int | None = _days(Held.DEAD_LETTERS, "The same where it could not be processed.")
    journal_keys: int | None = _days(Held.JOURNAL_KEYS, "Hashes by which a repetition is known.")
    call_log: int | None = _days(Held.CALL_LOG, "Calls to and from platforms.")
    usage: int | None = _days(Held.USAGE, "What each message cost.")

    def as_days(self) -> Mapping[Held, int | None]:
        """What was given, and nothing else."""
        given = self.model_dump(by_alias=True, include=self.model_fields_set)
        return {Held(name): days for name, days in given.items()}


class CompanyPatch(Given):
    """What is to be different. Without business hours a company is always open."""

    name: Name = may_be_absent()
    time_zone: Annotated[str, Field(max_length=64)] = may_be_absent(description="A name of the IANA database.")
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = may_be_absent(description="ISO 4217.")
    business_hours: BusinessHoursGiven | None = None
    bot: BotGiven | None = Field(None, description="For integrations that have none of their own.")
    retention: RetentionGiven = may_be_absent()

    def as_change(self) -> CompanyChange:
        """What was given, and nothing else. Raises InvalidBusinessHours."""
        change = CompanyChange()
        for name in self.model_fields_set:
            _CHANGES[name](self, change)
        return change


class CompanyBotShown(Shown):
    """What the built-in bot says."""

    greeting: str
    farewell: str


class RetentionShown(Shown):
    """For how many days each kind is kept; null: for ever."""

    events: int | None
    commands: int | None
    messages: int | None
    journal: int | None
    dead_letters: int | None
    journal_keys: int | None
    call_log: int | None
    usage: int | None


class CompanySettingsShown(Shown):
    """A company, and what the caller is there."""

    id: Id
    name: str
    time_zone: str
    currency: str
    business_hours: BusinessHoursShown | None
    bot: CompanyBotShown | None
    retention: RetentionShown
    role: Role
    primary: bool
    version: int


class CompanyList(Shown):
    """The primary one first; there is never a next page."""

    items: list[CompanySettingsShown]
    next_cursor: None


class MemberShown(Shown):
    """Somebody who works for the company."""

    user_id: Id
    name: str
    email: str
    role: Role
    primary: bool
    enabled: bool
    joined_at: Time
    version: int


class MemberPage(Shown):
    """By name."""

    items: list[MemberShown]
    next_cursor: str | None


class MemberGiven(Given):
    """A member's role; without `primary` it stays what it is, and a first company is the primary one."""

    role: Role
    primary: bool | None = Field(None, description="Whether they begin here when they sign in. One company is it.")


async def my_companies(call: Call[None]) -> Answer:
    """GET /companies"""
    return Answer(page(await call.application.company_reads.companies_of(call.identity.user.id), None))


async def company(call: Call[None]) -> Answer:
    """GET /companies/{companyId}"""
    company_id = CompanyId(call.ids["companyId"])
    return versioned(await call.application.company_reads.company_of(call.identity.user.id, company_id))


async def change_company(call: Call[CompanyPatch]) -> Answer:
    """PATCH /companies/{companyId}"""
    company_id, versions = await _active(call), headers.expected_versions(call.scope)
    await call.application.change_company(call.actor, to=call.given.as_change(), versions=versions)
    return versioned(await call.application.company_reads.company_of(call.actor.user_id, company_id))


async def members(call: Call[PagedQuery]) -> Answer:
    """GET /companies/{companyId}/members"""
    company_id, given = await _active(call), call.given
    after = place_after(given.cursor, of=LIST, company_id=company_id)
    found = await call.application.company_reads.members(company_id, after=after, limit=given.limit)
    return page_answer(found, of=LIST, company_id=company_id)


async def appoint_member(call: Call[MemberGiven]) -> Answer:
    """PUT /companies/{companyId}/members/{userId}"""
    company_id, user_id = await _active(call), UserId(call.ids["userId"])
    await call.application.appoint_member(
        call.actor,
        user_id=user_id,
        role=call.given.role,
        primary=call.given.primary,
        versions=headers.expected_versions(call.scope),
    )
    return versioned(await call.application.company_reads.member(company_id, user_id))


async def remove_member(call: Call[None]) -> Answer:
    """DELETE /companies/{companyId}/members/{userId}"""
    await _active(call)
    versions = headers.expected_versions(call.scope)
    await call.application.remove_member(call.actor, user_id=UserId(call.ids["userId"]), versions=versions)
    return NO_CONTENT


ROUTES = (
    Route(
        method="GET",
        path="/companies",
        endpoint=my_companies,
        access=Access.SIGNED_IN,
        answers={200: CompanyList},
        tag="companies",
        summary="The companies that I belong to",
    ),
    Route(
        method="GET",
        path="/companies/{companyId}",
        endpoint=company,
        access=Access.SIGNED_IN,
        answers={200: CompanySettingsShown},
        answer_headers=("ETag",),
        tag="companies",
        summary="A company that I belong to",
    ),
    Route(
        method="PATCH",
        path="/companies/{companyId}",
        endpoint=change_company,
        access=Operation.MANAGE_COMPANY,
        request=CompanyPatch,
        answers={200: CompanySettingsShown},
        headers=(Header.IF_MATCH,),
        answer_headers=("ETag",),
        tag="companies",
        summary="Change the active company",
        description="Another company of mine is 403 `auth.other_company`: select it first.",
    ),
    Route(
        method="GET",
        path="/companies/{companyId}/members",
        endpoint=members,
        access=Operation.READ_MEMBERS,
        request=PagedQuery,
        answers={200: MemberPage},
        tag="companies",
        summary="Who works for the active company",
    ),
    Route(
        method="PUT",
        path="/companies/{companyId}/members/{userId}",
        endpoint=appoint_member,
        access=Operation.MANAGE_MEMBERS,
        request=MemberGiven,
        answers={200: MemberShown},
        problems=(409,),
        headers=(Header.IF_MATCH,),
        answer_headers=("ETag",),
        tag="companies",
        summary="Give somebody a role; who is no member becomes one",
        description="The last one who can administer the company stays so (409 `member.last_admin`).",
    ),
    Route(
        method="DELETE",
        path="/companies/{companyId}/members/{userId}",
        endpoint=remove_member,
        access=Operation.MANAGE_MEMBERS,
        answers={204: None},
        problems=(409,),
        headers=(Header.IF_MATCH,),
        tag="companies",
        summary="Take somebody's membership",
        description="Their open chats go back to their queues; their sessions no longer work here.",
    ),
)


async def _active(call: Call[Any]) -> CompanyId:
    """The company in the path. Raises OtherCompany, CompanyNotFound unless it is the active one."""
    company_id, actor = call.ids["companyId"], call.actor
    if company_id == actor.company_id:
        return actor.company_id
    others = await call.application.access_reads.companies_of(actor.user_id)
    raise OtherCompany() if company_id in {other.id for other in others} else CompanyNotFound()


def _set_name(given: CompanyPatch, change: CompanyChange) -> None:
    change["name"] = given.name


def _set_time_zone(given: CompanyPatch, change: CompanyChange) -> None:
    change["time_zone"] = given.time_zone


def _set_currency(given: CompanyPatch, change: CompanyChange) -> None:
    change["currency"] = given.currency


def _set_hours(given: CompanyPatch, change: CompanyChange) -> None:
    change["hours"] = given.business_hours.as_hours() if given.business_hours else None


def _set_bot(given: CompanyPatch, change: CompanyChange) -> None:
    change["bot"] = BotSettings(greeting=given.bot.greeting, farewell=given.bot.farewell) if given.bot else None


def _set_retention(given: CompanyPatch, change: CompanyChange) -> None:
    change["retention"] = given.retention.as_days()


_CHANGES: Mapping[str, Callable[[CompanyPatch, CompanyChange], None]] = {
    "name": _set_name,
    "time_zone": _set_time_zone,
    "currency": _set_currency,
    "business_hours": _set_hours,
    "bot": _set_bot,
    "retention": _set_retention,
}
