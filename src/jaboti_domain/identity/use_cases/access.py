"""Tokens become somebody."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from attrs import field, frozen

from jaboti_domain.identity.errors import InvalidToken, NotAMember, SessionEnded
from jaboti_domain.identity.model import CompanyOfUser, User
from jaboti_domain.identity.ports import AccessReads, Grant, IdentityUnitOfWork, Revocations, TokenIssuer
from jaboti_domain.kernel.actor import Actor
from jaboti_domain.kernel.ids import CompanyId, SessionId
from jaboti_domain.kernel.ports import Clock

STANDING_FOR = timedelta(seconds=5)
"""How long what somebody may do is remembered: a change takes effect everywhere within it."""


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
