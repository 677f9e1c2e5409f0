"""Signing in and out."""

from collections.abc import Callable, Sequence
from datetime import datetime

from attrs import field, frozen

from jaboti_domain.identity.errors import InvalidToken, NotAMember, RefreshReused, SessionEnded, WrongCredentials
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
from jaboti_domain.identity.ports import AccessReads, IdentityUnitOfWork, PasswordHasher, TokenIssuer
from jaboti_domain.identity.use_cases.access import Authenticate
from jaboti_domain.kernel.errors import Invalid
from jaboti_domain.kernel.ids import CompanyId, SessionId
from jaboti_domain.kernel.ports import Clock


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
    authenticate: Authenticate

    async def __call__(self, *, refresh_token: str) -> SignedIn:
        """Raises InvalidToken, SessionEnded, RefreshReused (the session is then over, its access tokens too)."""
        session_id, counter = self.tokens.read_refresh_token(refresh_token)
        async with self.new_identity_uow() as uow:
            session = await uow.sessions.get(session_id)
            user = await uow.users.get(session.user_id)
            reused = _rotate(session, counter, user, self.clock())
            await uow.sessions.save(session)
            await uow.commit()
        if reused is not None:
            self.authenticate.revoke(session_id)
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
