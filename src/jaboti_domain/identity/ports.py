"""What identity needs from outside."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from attrs import frozen

from jaboti_domain.identity.model import CompanyOfUser, Device, Session, Standing, User
from jaboti_domain.kernel.ids import CompanyId, SessionId, UserId
from jaboti_domain.kernel.ports import UnitOfWork


class PasswordGuesser(Protocol):
    """Knows what people try first."""

    def would_guess(self, password: str, *, about: Sequence[str]) -> bool:
        """Whether the password falls to somebody who knows common ones and these facts about its owner."""
        ...


class PasswordHasher(Protocol):
    """Slow on purpose, and never in the way of the event loop."""

    async def hash(self, password: str) -> str:
        """A salted hash, with its parameters in it."""
        ...

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether it is the password; for None (no such user) it takes the same time and says no."""
        ...

    def is_outdated(self, password_hash: str) -> bool:
        """Whether it was made with other parameters than today's."""
        ...


@frozen(kw_only=True)
class Grant:
    """What an access token says: who, in which session, for which company, until when."""

    user_id: UserId
    session_id: SessionId
    company_id: CompanyId | None
    expires_at: datetime


class TokenIssuer(Protocol):
    """Makes and checks tokens."""

    def access_token(self, session: Session, *, at: datetime) -> tuple[str, Grant]:
        """A signed access token for the session as it is."""
        ...

    def verify(self, token: str, *, at: datetime) -> Grant:
        """Raises InvalidToken for anything but a live access token of ours."""
        ...

    def refresh_token(self, session_id: SessionId, counter: int) -> str:
        """The refresh token of this number: always the same, and nobody else can work it out."""
        ...

    def read_refresh_token(self, token: str) -> tuple[SessionId, int]:
        """Raises InvalidToken."""
        ...


class Revocations(Protocol):
    """Word to other processes that a session is to be asked about again at once."""

    def tell(self, session_id: SessionId) -> None:
        """Never raises, and never waits. A word that gets lost costs the seconds for which standings are remembered."""
        ...


class UserRepository(Protocol):
    """All users; they belong to no company."""

    async def get(self, user_id: UserId) -> User:
        """Locked until the unit ends. Raises InvalidToken: a token named them."""
        ...

    async def find(self, user_id: UserId) -> User | None:
        """The same where they may not exist."""
        ...

    async def find_by_email(self, email: str) -> User | None:
        """By the normal form; not locked."""
        ...

    async def save(self, user: User) -> None:
        """Raises EmailTaken at the commit."""
        ...


class SessionRepository(Protocol):
    """All sessions."""

    async def get(self, session_id: SessionId) -> Session:
        """Locked until the unit ends. Raises SessionEnded when there is none."""
        ...

    async def of_user(self, user_id: UserId, *, limit: int) -> Sequence[Session]:
        """The user's sessions, last used first, ended ones too; not locked."""
        ...

    async def devices_of(self, user_id: UserId, *, limit: int) -> Sequence[Device]:
        """On what the user signed in most lately, each once; about as quick for a user that there is not."""
        ...

    async def find_open_of(self, user_id: UserId) -> Sequence[Session]:
        """Those of a user that were not ended, oldest first, locked."""
        ...

    async def save(self, *sessions: Session) -> None: ...

    async def forget(self, *, used_before: datetime, at_most: int) -> int:
        """At the commit, sessions that were last used before this moment are not there any more; returns how many.

        Those that somebody else has locked stay. To be asked for what is over in any case.
        """
        ...


class IdentityUnitOfWork(UnitOfWork, Protocol):
    """What the use cases of identity open: for no company, since users may have several."""

    @property
    def users(self) -> UserRepository: ...

    @property
    def sessions(self) -> SessionRepository: ...


@frozen(kw_only=True)
class PresenceChange:
    """Somebody came online in a company, or went offline."""

    company_id: CompanyId
    user_id: UserId
    online: bool


class PresenceBoard(Protocol):
    """Who is there, in each company, as all processes see it; the rule is `Presence`'s. Nothing of it lasts.

    While the board can't be reached everybody counts as they last did, and nothing is raised. A process that dies takes
    its connections with it, within a minute at most.
    """

    def connected(self, company_id: CompanyId, user_id: UserId) -> AbstractAsyncContextManager[None]:
        """They have one more connection as long as the block lasts."""
        ...

    async def say(self, company_id: CompanyId, user_id: UserId, *, online: bool) -> None:
        """They say of themselves that they are there, or that they are away."""
        ...

    async def online(self, company_id: CompanyId) -> Collection[UserId]:
        """Everybody who is online now."""
        ...

    def changes(self) -> AbstractAsyncContextManager[AsyncIterator[PresenceChange]]:
        """Every change from now on, of every company and from every process: each once, and per person in order.

        To go offline takes the grace time after the last connection ended; who is back before it was never away.
        """
        ...


class AccessReads(Protocol):
    """Who may do what, asked of the store each time."""

    async def companies_of(self, user_id: UserId) -> Sequence[CompanyOfUser]:
        """Those in which they are an enabled member: the primary one first, then by name."""
        ...

    async def standing(self, grant: Grant, *, at: datetime) -> Standing | None:
        """None when the session is over, the user is disabled, or they are no member of the grant's company."""
        ...

    async def standings(self, grants: Sequence[Grant], *, at: datetime) -> Sequence[Standing | None]:
        """The same for several grants, in their order. A store that can ask for all of them at once does."""
        return [await self.standing(grant, at=at) for grant in grants]
