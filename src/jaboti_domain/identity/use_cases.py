"""Signing in and out."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from attrs import field, frozen

from jaboti_domain.identity.errors import (
    CommonPassword,
    InvalidToken,
    NotAMember,
    RefreshReused,
    SessionEnded,
    SessionNotFound,
    WrongCredentials,
    WrongPassword,
)
from jaboti_domain.identity.guard import KNOWN_DEVICES, NOBODY, SignInGuard
from jaboti_domain.identity.model import (
    SOMETHING,
    CompanyOfUser,
    Device,
    Session,
    User,
    normal_email,
    normal_password,
)
from jaboti_domain.identity.ports import (
    AccessReads,
    Grant,
    IdentityUnitOfWork,
    PasswordGuesser,
    PasswordHasher,
    Revocations,
    TokenIssuer,
)
from jaboti_domain.kernel.actor import Actor
from jaboti_domain.kernel.errors import Invalid
from jaboti_domain.kernel.ids import CompanyId, SessionId, UserId, new_id
from jaboti_domain.kernel.ports import Clock

MOST_SESSIONS = 100
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
class ChoosePassword:
    """A password is checked and hashed."""

    hasher: PasswordHasher
    guesser: PasswordGuesser

    async def __call__(self, password: str, *, email: str, name: str, field: str = "password") -> str:
        """The hash. Raises WeakPassword and CommonPassword, of this field."""
        chosen = normal_password(password, field=field)
        if self.guesser.would_guess(chosen, about=[email, email.partition("@")[0], *name.split(), "jaboti"]):
            raise CommonPassword(field=field)
        return await self.hasher.hash(chosen)


@frozen(kw_only=True)
class RegisterUser:
    """A person gets an account."""

    new_identity_uow: Callable[[], IdentityUnitOfWork]
    choose_password: ChoosePassword
    clock: Clock

    async def __call__(self, *, email: str, name: str, password: str) -> User:
        """Raises InvalidEmail, WeakPassword, CommonPassword, EmailTaken."""
        address = normal_email(email)
        user = User(
            id=UserId(new_id()),
            email=address,
            name=name.strip(),
            password_hash=await self.choose_password(password, email=address, name=name),
            created_at=self.clock(),
        )
        async with self.new_identity_uow() as uow:
            await uow.users.save(user)
            await uow.commit()
        return user


@frozen(kw_only=True)
class LogIn(_Tokens):
    """E-mail and password open a session."""

    new_identity_uow: Callable[[], IdentityUnitOfWork]
    hasher: PasswordHasher
    guard: SignInGuard

    async def __call__(
        self, *, email: str, password: str, company_id: CompanyId | None = None, device: Device = SOMETHING
    ) -> SignedIn:
        """On the named company, else the primary one. Raises WrongCredentials, NotAMember, TooManyAttempts."""
        user = await self._verified(email, password, device)
        companies = await self.access_reads.companies_of(user.id)
        if company_id is not None and company_id not in {c.id for c in companies}:
            raise NotAMember()
        chosen = company_id or (companies[0].id if companies else None)
        session = Session.open(user_id=user.id, company_id=chosen, at=self.clock(), device=device)
        async with self.new_identity_uow() as uow:
            await uow.sessions.save(session)
            await uow.commit()
        return await self.signed_in(session, user, companies)

    async def _verified(self, email: str, password: str, device: Device) -> User:
        try:
            address, secret = normal_email(email), normal_password(password)
        except Invalid:
            address, secret = "", ""
        async with self.new_identity_uow() as uow:
            user = await uow.users.find_by_email(address)
            known = await uow.sessions.devices_of(user.id if user else NOBODY, limit=KNOWN_DEVICES)
        attempt = await self.guard.admit(email, device, known=known)
        right = await self.hasher.verify(secret, user.password_hash if user and user.enabled else None)
        if user is None or not right:
            raise WrongCredentials()
        await self.guard.succeeded(attempt)
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
    revocations: Revocations
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

    def revoke(self, session_id: SessionId) -> None:
        """Ask again about this session at once, here and elsewhere."""
        self.forget(session_id)
        self.revocations.tell(session_id)

    def forget(self, session_id: SessionId) -> None:
        """Ask again about this session at once, here."""
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
        self.authenticate.revoke(session_id)


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
        self.authenticate.revoke(session_id)
        return await self.signed_in(session, user, companies)


@frozen(kw_only=True)
class ListSessions:
    """Where somebody is signed in."""

    new_identity_uow: Callable[[], IdentityUnitOfWork]
    clock: Clock

    async def __call__(self, identity: Identity) -> Sequence[Session]:
        """Their sessions that are not over, last used first; at most 100."""
        now = self.clock()
        async with self.new_identity_uow() as uow:
            sessions = await uow.sessions.of_user(identity.user.id, limit=MOST_SESSIONS)
        return [session for session in sessions if not session.is_over(now)]


@frozen(kw_only=True)
class EndSession:
    """Somebody ends one of their own sessions, on a device that they lost perhaps."""

    new_identity_uow: Callable[[], IdentityUnitOfWork]
    log_out: LogOut

    async def __call__(self, identity: Identity, *, session_id: SessionId) -> None:
        """Raises SessionNotFound, also when it is somebody else's or over."""
        async with self.new_identity_uow() as uow:
            mine = await uow.sessions.of_user(identity.user.id, limit=MOST_SESSIONS)
        now = self.log_out.clock()
        if not any(session.id == session_id and not session.is_over(now) for session in mine):
            raise SessionNotFound()
        await self.log_out(session_id)


@frozen(kw_only=True)
class ChangePassword:
    """Somebody takes another password; every other session of theirs ends."""

    new_identity_uow: Callable[[], IdentityUnitOfWork]
    hasher: PasswordHasher
    choose_password: ChoosePassword
    guard: SignInGuard
    authenticate: Authenticate
    clock: Clock

    async def __call__(self, identity: Identity, *, current: str, new: str) -> None:
        """Raises WrongPassword, WeakPassword, CommonPassword, TooManyAttempts."""
        person = identity.user
        attempt = await self.guard.admit_change(person)
        if not await self.hasher.verify(current, person.password_hash):
            raise WrongPassword()
        await self.guard.succeeded(attempt)
        chosen = await self.choose_password(new, email=person.email, name=person.name, field="newPassword")
        async with self.new_identity_uow() as uow:
            user = await uow.users.get(person.id)
            user.password_hash = chosen
            await uow.users.save(user)
            ended = [s for s in await uow.sessions.of_user(user.id, limit=MOST_SESSIONS) if s.id != identity.session_id]
            for session in ended:
                session.end(at=self.clock())
            await uow.sessions.save(*ended)
            await uow.commit()
        for session in ended:
            self.authenticate.revoke(session.id)
