"""Users and sessions, which belong to no company."""

from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self

from sqlalchemy import Integer, Text, Uuid, delete, func, select

from jaboti_adapters.postgres.documents import named_shown
from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.shelf import Shelf
from jaboti_adapters.postgres.statements import Row, Statement, param
from jaboti_adapters.postgres.tables import session, user_account
from jaboti_adapters.postgres.tables.columns import MOMENT
from jaboti_adapters.postgres.texts import showable
from jaboti_adapters.postgres.unit import Unit
from jaboti_domain.identity.errors import InvalidToken, SessionEnded
from jaboti_domain.identity.model import Device, Session, User
from jaboti_domain.identity.ports import IdentityUnitOfWork, SessionRepository, UserRepository
from jaboti_domain.kernel.ids import SessionId, UserId

if TYPE_CHECKING:
    from asyncpg import Record

LATELY = 20
"""So many of the newest sessions tell a user's devices."""


def _user_row(one: User) -> Row:
    return (one.id, one.email, one.name, one.password_hash, one.enabled, one.created_at, named_shown(one))


def _user_of(row: "Record") -> User:
    return User(
        id=row["id"],
        email=row["email"],
        name=row["name"],
        password_hash=row["password_hash"],
        enabled=row["enabled"],
        created_at=row["created_at"],
        version=row["version"],
    )


def _session_row(one: Session) -> Row:
    return (
        one.id,
        one.user_id,
        one.company_id,
        showable(one.device),
        showable(one.address),
        one.counter,
        one.opened_at,
        one.used_at,
        one.ended_at,
    )


def _session_of(row: "Record") -> Session:
    return Session(
        id=row["id"],
        user_id=row["user_id"],
        company_id=row["active_company_id"],
        device=row["device"],
        address=row["address"],
        counter=row["counter"],
        opened_at=row["opened_at"],
        used_at=row["used_at"],
        ended_at=row["ended_at"],
        version=row["version"],
    )


_old = (
    select(session.c.id)
    .where(session.c.used_at < param("used_before", MOMENT))
    .limit(param("at_most", Integer))
    .with_for_update(skip_locked=True)
    .cte("old")
)
FORGET_SESSIONS = Statement(delete(session).where(session.c.id.in_(select(_old.c.id))).returning(session.c.id))
GET_USER = Statement(select(user_account).where(user_account.c.id == param("id", Uuid)).with_for_update(key_share=True))
FIND_BY_EMAIL = Statement(select(user_account).where(user_account.c.email == param("email", Text)))
GET_SESSION = Statement(select(session).where(session.c.id == param("id", Uuid)).with_for_update(key_share=True))
_of_user = select(session).where(session.c.user_id == param("user_id", Uuid))
_lately = _of_user.order_by(session.c.opened_at.desc()).limit(LATELY).subquery("lately")
SESSIONS_OF = Statement(_of_user.order_by(session.c.used_at.desc(), session.c.id.desc()).limit(param("limit", Integer)))
DEVICES_OF = Statement(
    select(_lately.c.device, _lately.c.address)
    .group_by(_lately.c.device, _lately.c.address)
    .order_by(func.max(_lately.c.used_at).desc(), _lately.c.device, _lately.c.address)
    .limit(param("limit", Integer))
)
OPEN_SESSIONS_OF = Statement(
    select(session)
    .where(session.c.user_id == param("user_id", Uuid), session.c.ended_at.is_(None))
    .order_by(session.c.opened_at, session.c.id)
    .with_for_update(key_share=True)
)
USERS: Shelf[User] = Shelf(user_account, but=["primary_company_id"])
SESSIONS: Shelf[Session] = Shelf(session)


async def keep(unit: Unit) -> None:
    """Write users and sessions. Raises EmailTaken, StaleVersion."""
    await USERS.keep(unit, unit.saved(User), _user_row)
    await SESSIONS.keep(unit, unit.saved(Session), _session_row)


class PostgresUsers(UserRepository):
    """Users as rows."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def get(self, user_id: UserId) -> User:
        user = await self.find(user_id)
        if user is None:
            raise InvalidToken()
        return user

    async def find(self, user_id: UserId) -> User | None:
        rows = await self._unit.fetch(GET_USER, id=user_id)
        return _user_of(rows[0]) if rows else None

    async def find_by_email(self, email: str) -> User | None:
        rows = await self._unit.fetch(FIND_BY_EMAIL, email=email)
        return _user_of(rows[0]) if rows else None

    async def save(self, user: User) -> None:
        self._unit.save(user)


class PostgresSessions(SessionRepository):
    """Sessions as rows."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def get(self, session_id: SessionId) -> Session:
        rows = await self._unit.fetch(GET_SESSION, id=session_id)
        if not rows:
            raise SessionEnded()
        return _session_of(rows[0])

    async def of_user(self, user_id: UserId, *, limit: int) -> Sequence[Session]:
        return [_session_of(row) for row in await self._unit.fetch(SESSIONS_OF, user_id=user_id, limit=limit)]

    async def devices_of(self, user_id: UserId, *, limit: int) -> Sequence[Device]:
        rows = await self._unit.fetch(DEVICES_OF, user_id=user_id, limit=limit)
        return [Device(name=row["device"], address=row["address"]) for row in rows]

    async def find_open_of(self, user_id: UserId) -> Sequence[Session]:
        return [_session_of(row) for row in await self._unit.fetch(OPEN_SESSIONS_OF, user_id=user_id)]

    async def save(self, *sessions: Session) -> None:
        self._unit.save(*sessions)

    async def forget(self, *, used_before: datetime, at_most: int) -> int:
        return len(await self._unit.fetch(FORGET_SESSIONS, used_before=used_before, at_most=at_most))


class PostgresIdentityUnitOfWork(IdentityUnitOfWork):
    """One transaction on users and sessions."""

    def __init__(self, database: Database) -> None:
        self._transaction = database.nobody()
        self._unit = Unit(self._transaction)
        self._users = PostgresUsers(self._unit)
        self._sessions = PostgresSessions(self._unit)

    async def __aenter__(self) -> Self:
        await self._transaction.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._transaction.__aexit__(kind, error, trace)

    @property
    def users(self) -> PostgresUsers:
        return self._users

    @property
    def sessions(self) -> PostgresSessions:
        return self._sessions

    async def commit(self) -> None:
        try:
            await keep(self._unit)
        except BaseException:
            self._transaction.doom()
            raise
        await self._transaction.commit()
