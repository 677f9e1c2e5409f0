"""/auth: signing in and out, who am I, and for which company."""

from typing import Annotated

from pydantic import Field

from jaboti_domain.identity.model import CompanyOfUser, Device, User
from jaboti_domain.identity.use_cases.signing import SignedIn
from jaboti_domain.kernel.actor import Role
from jaboti_domain.kernel.ids import CompanyId
from jaboti_entrypoints.rest.answer import NO_CONTENT, Answer, shown
from jaboti_entrypoints.rest.headers import address_of
from jaboti_entrypoints.rest.route import Access, Call, Route
from jaboti_entrypoints.rest.wire import Given, Id, Shown


class Login(Given):
    """Credentials, and the company to begin with; without one, the primary one."""

    email: Annotated[str, Field(max_length=254)]
    password: Annotated[str, Field(max_length=1024)]
    company_id: Id | None = None


class Refresh(Given):
    """The refresh token that was given last."""

    refresh_token: Annotated[str, Field(max_length=1024)]


class CompanyChoice(Given):
    """The company to work for."""

    company_id: Id


class UserShown(Shown):
    """A person who signs in."""

    id: Id
    name: str
    email: str

    @classmethod
    def of(cls, user: User) -> "UserShown":
        """As it is shown to themselves."""
        return cls(id=user.id, name=user.name, email=user.email)


class CompanyShown(Shown):
    """A company that somebody may select, and their role there."""

    id: Id
    name: str
    role: Role
    primary: bool

    @classmethod
    def of(cls, company: CompanyOfUser) -> "CompanyShown":
        """As it is shown to its member."""
        return cls(id=company.id, name=company.name, role=company.role, primary=company.primary)


class Tokens(Shown):
    """What a client keeps. The refresh token is good for one use; `expiresIn` are the access token's seconds."""

    access_token: str
    refresh_token: str
    token_type: str
    expires_in: int
    user: UserShown
    companies: list[CompanyShown]
    active_company: CompanyShown | None


class Me(Shown):
    """Who asks."""

    user: UserShown
    active_company: CompanyShown | None


class Companies(Shown):
    """All of them: there is never a next page."""

    items: list[CompanyShown]
    next_cursor: None = None


async def log_in(call: Call[Login]) -> Answer:
    """POST /auth/login"""
    given = call.given
    signed_in = await call.application.log_in(
        email=given.email,
        password=given.password,
        company_id=CompanyId(given.company_id) if given.company_id else None,
        device=Device.of("".join(filter(str.isprintable, call.header(b"user-agent"))), address_of(call.scope)),
    )
    return shown(_tokens(signed_in))


async def refresh(call: Call[Refresh]) -> Answer:
    """POST /auth/refresh"""
    return shown(_tokens(await call.application.refresh(refresh_token=call.given.refresh_token)))


async def log_out(call: Call[None]) -> Answer:
    """POST /auth/logout"""
    await call.application.log_out(call.identity.session_id)
    return NO_CONTENT


async def me(call: Call[None]) -> Answer:
    """GET /auth/me"""
    return shown(Me(user=UserShown.of(call.identity.user), active_company=_company(call.identity.active)))


async def companies(call: Call[None]) -> Answer:
    """GET /auth/companies"""
    return shown(Companies(items=[CompanyShown.of(company) for company in call.identity.companies]))


async def select_company(call: Call[CompanyChoice]) -> Answer:
    """POST /auth/company"""
    chosen = CompanyId(call.given.company_id)
    return shown(_tokens(await call.application.select_company(call.identity.session_id, company_id=chosen)))


ROUTES = (
    Route(
        method="POST",
        path="/auth/login",
        endpoint=log_in,
        access=Access.ANYONE,
        request=Login,
        answers={200: Tokens},
        problems=(401, 403, 429, 503),
        tag="auth",
        summary="Sign in",
        description="An unknown e-mail and a wrong password have the same answer, and take the same time.",
    ),
    Route(
        method="POST",
        path="/auth/refresh",
        endpoint=refresh,
        access=Access.ANYONE,
        request=Refresh,
        answers={200: Tokens},
        problems=(401, 503),
        tag="auth",
        summary="Exchange a refresh token for a new pair",
        description="A used one presented again ends the session (`auth.refresh_reused`), but for a repetition "
        "within 30 seconds, which gets the same pair's refresh token again.",
    ),
    Route(
        method="POST",
        path="/auth/logout",
        endpoint=log_out,
        access=Access.SIGNED_IN,
        answers={204: None},
        tag="auth",
        summary="End this session",
    ),
    Route(
        method="GET",
        path="/auth/me",
        endpoint=me,
        access=Access.SIGNED_IN,
        answers={200: Me},
        tag="auth",
        summary="Who am I",
    ),
    Route(
        method="GET",
        path="/auth/companies",
        endpoint=companies,
        access=Access.SIGNED_IN,
        answers={200: Companies},
        tag="auth",
        summary="The companies that I may select",
    ),
    Route(
        method="POST",
        path="/auth/company",
        endpoint=select_company,
        access=Access.SIGNED_IN,
        request=CompanyChoice,
        answers={200: Tokens},
        tag="auth",
        summary="Select the active company of this session",
        description="Answers with a new access token; the refresh token stays what it was.",
    ),
)


def _company(company: CompanyOfUser | None) -> CompanyShown | None:
    return CompanyShown.of(company) if company else None


def _tokens(signed_in: SignedIn) -> Tokens:
    return Tokens(
        access_token=signed_in.access_token,
        refresh_token=signed_in.refresh_token,
        token_type="Bearer",
        expires_in=signed_in.expires_in,
        user=UserShown.of(signed_in.user),
        companies=[CompanyShown.of(company) for company in signed_in.companies],
        active_company=_company(signed_in.active),
    )
