"""Signing in and out."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from attrs import field, frozen

from jaboti_domain.identity.errors import InvalidToken, NotAMember, RefreshReused, SessionEnded, WrongCredentials
from jaboti_domain.identity.model import (
    CompanyOfUser,
    Session,
    User,
    normal_email,
    normal_password,
)
from jaboti_domain.identity.ports import (
    AccessReads,
    Grant,
    IdentityUnitOfWork,
    PasswordHasher,
    PresenceBoard,
    TokenIssuer,
)
from jaboti_domain.kernel.actor import Actor, Operation
from jaboti_domain.kernel.errors import Invalid
from jaboti_domain.kernel.ids import CompanyId, SessionId
from jaboti_domain.kernel.ports import Clock

STANDING_FOR = timedelta(seconds=5)
"""How long what somebody may do is remembered: a change takes effect everywhere within it."""


@frozen(kw_only=True)
class SignedIn:
    """What somebody gets who signed in or refreshed."""

    session_id: SessionId
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in: int
    """Seconds."""
    user: User
    companies: Sequence[CompanyOfUser]
    active: CompanyOfUser | None


@frozen(kw_only=True)
class _Tokens:
    """Hands out what a session is entitled to."""

    tokens: TokenIssuer
    access_reads: AccessReads
    clock: Clock

    async def signed_in(self, session: Session, user: User, companies: Sequence[CompanyOfUser]) -> SignedIn:
        now = self.clock()
        access, grant = self.tokens.access_token(session, at=now)
        return SignedIn(
            session_id=session.id,
            access_token=access,
            refresh_token=self.tokens.refresh_token(session.id, session.counter),
            expires_in=int((grant.expires_at - now).total_seconds()),
            user=user,
            companies=companies,
            active=next((c for c in companies if c.id == session.company_id), None),
        )


@frozen(kw_only=True)
class RegisterUser:
    """A person gets an account."""

    new_identity_uow: Callable[[], IdentityUnitOfWork]
    hasher: PasswordHasher
    clock: Clock

    async def __call__(self, *, email: str, name: str, password: str) -> User:
        """Raises InvalidEmail, WeakPassword, EmailTaken."""
        hashed = await self.hasher.hash(normal_password(password))
        user = User.register(email=email, name=name, password_hash=hashed, at=self.clock())
        async with self.new_identity_uow() as uow:
            await uow.users.save(user)
            await uow.commit()
        return user

    async def or_find(self, *, email: str, name: str, password: str) -> User:
        """The account of this address as it is, or a new one where there is none. Raises InvalidEmail, WeakPassword."""
        async with self.new_identity_uow() as uow:
            known = await uow.users.find_by_email(normal_email(email))
        return known or await self(email=email, name=name, password=password)


@frozen(kw_only=True)
class LogIn(_Tokens):
    """E-mail and password open a session."""

    new_identity_uow: Callable[[], IdentityUnitOfWork]
    hasher: PasswordHasher

    async def __call__(
        self, *, email: str, password: str, company_id: CompanyId | None = None, device: str = "", address: str = ""
    ) -> SignedIn:
        """On the named company, else the primary one. Raises WrongCredentials, NotAMember."""
        user = await self._verified(email, password)
        companies = await self.access_reads.companies_of(user.id)
        if company_id is not None and company_id not in {c.id for c in companies}:
            raise NotAMember()
        chosen = company_id or (companies[0].id if companies else None)
        session = Session.open(user_id=user.id, company_id=chosen, at=self.clock(), device=device, address=address)
        async with self.new_identity_uow() as uow:
            await uow.sessions.save(session)
            await uow.commit()
        return await self.signed_in(session, user, companies)

    async def _verified(self, email: str, password: str) -> User:
        try:
            address, secret = normal_email(email), normal_password(password)
        except Invalid:
            address, secret = "", ""
        async with self.new_identity_uow() as uow:
            user = await uow.users.find_by_email(address)
        right = await self.hasher.verify(secret, user.password_hash if user and user.enabled else None)
        if user is None or not right:
            raise WrongCredentials()
        if self.hasher.is_outdated(user.password_hash):
            await self._rehash(user, secret)
        return user

    async def _rehash(self, user: User, password: str) -> None:
        user.password_hash = await self.hasher.hash(password)
        async with self.new_identity_uow() as uow:
            await uow.users.save(user)
            await uow.commit()


@frozen(kw_only=True)
class RefreshSession(_Tokens):
    """A refresh token is exchanged for a new pair."""

    new_identity_uow: Callable[[], IdentityUnitOfWork]

    async def __call__(self, *, refresh_token: str) -> SignedIn:
        """Raises InvalidToken, SessionEnded, RefreshReused (the session is then over)."""
        session_id, counter = self.tokens.read_refresh_token(refresh_token)
        async with self.new_identity_uow() as uow:
            session = await uow.sessions.get(session_id)
            user = await uow.users.get(session.user_id)
            reused = _rotate(session, counter, user, self.clock())
            await uow.sessions.save(session)
            await uow.commit()
        if reused is not None:
            raise reused
        return await self.signed_in(session, user, await self.access_reads.companies_of(user.id))


def _rotate(session: Session, counter: int, user: User, at: datetime) -> RefreshReused | None:
    if not user.enabled:
        raise InvalidToken()
    try:
        session.rotate(counter, at=at)
    except RefreshReused as reused:
        return reused
    return None


@frozen(kw_only=True)
class Authenticate:
    """An access token becomes an actor; what it found is remembered for at most 5 s."""

    tokens: TokenIssuer
    access_reads: AccessReads
    clock: Clock
    _actors: dict[str, tuple[datetime, Grant, Actor]] = field(factory=dict, init=False, repr=False, eq=False)

    async def __call__(self, token: str) -> Actor:
        """Raises InvalidToken; NotAMember when a company has to be selected first."""
        now = self.clock()
        known = self._actors.get(token)
        if known is not None and now < known[0] and now < known[1].expires_at:
            return known[2]
        return await self._looked_up(token, now)

    async def grant(self, token: str) -> Grant:
        """What the token says, without a look at who holds it. Raises InvalidToken."""
        return self.tokens.verify(token, at=self.clock())

    def forget(self, session_id: SessionId) -> None:
        """Ask again about this session at once."""
        for token in [t for t, (_, grant, _a) in self._actors.items() if grant.session_id == session_id]:
            del self._actors[token]

    async def _looked_up(self, token: str, now: datetime) -> Actor:
        self._actors.pop(token, None)
        grant = self.tokens.verify(token, at=now)
        if grant.company_id is None:
            raise NotAMember()
        standing = await self.access_reads.standing(grant, at=now)
        if standing is None:
            raise InvalidToken()
        actor = Actor(
            user_id=standing.user_id,
            company_id=standing.company_id,
            role=standing.role,
            name=standing.name,
            departments=standing.departments,
            session_id=grant.session_id,
        )
        if len(self._actors) >= 10_000:
            self._actors.clear()
        self._actors[token] = (now + STANDING_FOR, grant, actor)
        return actor


@frozen(kw_only=True)
class Identity:
    """Somebody who is signed in, with or without a company."""

    session_id: SessionId
    user: User
    companies: Sequence[CompanyOfUser]
    active: CompanyOfUser | None
    """None when none was selected, or they are no longer a member of it."""

    @property
    def company_id(self) -> CompanyId | None:
        """The active company's."""
        return self.active.id if self.active else None


@frozen(kw_only=True)
class Identify:
    """An access token becomes an identity: for what can be done without a company. Nothing is remembered."""

    new_identity_uow: Callable[[], IdentityUnitOfWork]
    tokens: TokenIssuer
    access_reads: AccessReads
    clock: Clock

    async def __call__(self, token: str) -> Identity:
        """Raises InvalidToken (also for a disabled user), SessionEnded."""
        now = self.clock()
        grant = self.tokens.verify(token, at=now)
        async with self.new_identity_uow() as uow:
            session = await uow.sessions.get(grant.session_id)
            user = await uow.users.get(grant.user_id)
        if session.is_over(now):
            raise SessionEnded()
        if session.user_id != user.id or not user.enabled:
            raise InvalidToken()
        companies = await self.access_reads.companies_of(user.id)
        active = next((company for company in companies if company.id == grant.company_id), None)
        return Identity(session_id=session.id, user=user, companies=companies, active=active)


@frozen(kw_only=True)
class LogOut:
    """A session ends; its tokens stop working."""

    new_identity_uow: Callable[[], IdentityUnitOfWork]
    authenticate: Authenticate
    clock: Clock

    async def __call__(self, session_id: SessionId) -> None:
        """Ending an ended one changes nothing."""
        async with self.new_identity_uow() as uow:
            session = await uow.sessions.get(session_id)
            session.end(at=self.clock())
            await uow.sessions.save(session)
            await uow.commit()
        self.authenticate.forget(session_id)


@frozen(kw_only=True)
class SelectCompany(_Tokens):
    """The session works for another company from now on."""

    new_identity_uow: Callable[[], IdentityUnitOfWork]
    authenticate: Authenticate

    async def __call__(self, session_id: SessionId, *, company_id: CompanyId) -> SignedIn:
        """A new access token; the refresh token stays. Raises NotAMember, SessionEnded."""
        async with self.new_identity_uow() as uow:
            session = await uow.sessions.get(session_id)
            if session.is_over(self.clock()):
                raise SessionEnded()
            user = await uow.users.get(session.user_id)
            companies = await self.access_reads.companies_of(user.id)
            if company_id not in {company.id for company in companies}:
                raise NotAMember()
            session.select(company_id)
            await uow.sessions.save(session)
            await uow.commit()
        self.authenticate.forget(session_id)
        return await self.signed_in(session, user, companies)


@frozen(kw_only=True)
class SetPresence:
    """An attendant says whether they are there, in the company that they work for."""

    presence: PresenceBoard

    async def __call__(self, actor: Actor, *, online: bool) -> None:
        """Raises Forbidden."""
        actor.must(Operation.SET_PRESENCE)
        await self.presence.say(actor.company_id, actor.user_id, online=online)
