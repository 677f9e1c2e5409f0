"""Users and sessions, and what they may do."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from attrs import evolve, frozen

from jaboti_adapters.memory.store import MemoryStore
from jaboti_adapters.memory.transaction import NO_COMPANY, Transaction
from jaboti_domain.company.model import Membership
from jaboti_domain.identity.errors import InvalidToken, SessionEnded
from jaboti_domain.identity.model import CompanyOfUser, Device, Session, Standing, User
from jaboti_domain.identity.ports import AccessReads, Grant, SessionRepository, UserRepository
from jaboti_domain.kernel.ids import SessionId, UserId


@frozen
class MemoryUsers(UserRepository):
    """Of one unit of work."""

    _transaction: Transaction

    async def get(self, user_id: UserId) -> User:
        user = await self.find(user_id)
        if user is None:
            raise InvalidToken()
        return user

    async def find(self, user_id: UserId) -> User | None:
        await self._transaction.lock("user", [user_id], of=NO_COMPANY)
        row = self._transaction.store.users.get(user_id)
        return evolve(row) if row else None

    async def find_by_email(self, email: str) -> User | None:
        row = self._transaction.store.users.named(email)
        return evolve(row) if row else None

    async def save(self, user: User) -> None:
        self._transaction.save(self._transaction.store.users, user.id, user)


@frozen
class MemorySessions(SessionRepository):
    """Of one unit of work."""

    _transaction: Transaction

    async def get(self, session_id: SessionId) -> Session:
        await self._transaction.lock("session", [session_id], of=NO_COMPANY)
        row = self._transaction.store.sessions.get(session_id)
        if row is None:
            raise SessionEnded()
        return evolve(row)

    async def of_user(self, user_id: UserId, *, limit: int) -> Sequence[Session]:
        rows = self._transaction.store.sessions.where("user", user_id)
        return [evolve(row) for row in sorted(rows, key=lambda row: (row.used_at, row.id), reverse=True)[:limit]]

    async def devices_of(self, user_id: UserId, *, limit: int) -> Sequence[Device]:
        sessions = await self.of_user(user_id, limit=100)
        return list(dict.fromkeys(Device(name=each.device, address=each.address) for each in sessions))[:limit]

    async def find_open_of(self, user_id: UserId) -> Sequence[Session]:
        sessions = self._transaction.store.sessions
        of_user = [row.id for row in sessions.where("user", user_id)]
        await self._transaction.lock("session", of_user, of=NO_COMPANY)
        rows = [row for row in sessions.where("user", user_id) if row.ended_at is None]
        return [evolve(row) for row in sorted(rows, key=lambda row: (row.opened_at, row.id))]

    async def save(self, *sessions: Session) -> None:
        for session in sessions:
            self._transaction.save(self._transaction.store.sessions, session.id, session)

    async def forget(self, *, used_before: datetime, at_most: int) -> int:
        sessions, locks = self._transaction.store.sessions, self._transaction.store.locks
        old = [row.id for row in sessions.rows.values() if row.used_at < used_before]
        free = [each for each in old if locks.is_free(("session", NO_COMPANY, each))][:at_most]
        for each in free:
            self._transaction.then(partial(sessions.drop, each))
        return len(free)


@frozen
class MemoryAccessReads(AccessReads):
    """Always of this moment."""

    _store: MemoryStore

    async def companies_of(self, user_id: UserId) -> Sequence[CompanyOfUser]:
        members = [member for member in self._store.memberships.where("user", user_id) if _works(member)]
        return sorted(map(self._company, members), key=lambda company: (not company.primary, company.name))

    async def standing(self, grant: Grant, *, at: datetime) -> Standing | None:
        session, user = self._store.sessions.get(grant.session_id), self._store.users.get(grant.user_id)
        if session is None or session.is_over(at) or session.user_id != grant.user_id or not (user and user.enabled):
            return None
        member = self._store.memberships.get((grant.company_id, grant.user_id)) if grant.company_id else None
        return _standing(member) if member and _works(member) else None

    def _company(self, member: Membership) -> CompanyOfUser:
        name = self._store.companies.rows[member.company_id].name
        primary = self._store.is_primary(member)
        return CompanyOfUser(id=member.company_id, name=name, role=member.role, primary=primary)


def _works(member: Membership) -> bool:
    return member.enabled and not member.has_left


def _standing(member: Membership) -> Standing:
    return Standing(
        user_id=member.user_id,
        company_id=member.company_id,
        name=member.name,
        role=member.role,
        departments=member.departments,
    )
