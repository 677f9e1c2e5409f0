"""Companies, departments and memberships."""

from collections.abc import Collection, Sequence
from functools import partial

from attrs import evolve, frozen

from jaboti_adapters.memory.store import MemoryStore
from jaboti_adapters.memory.transaction import Transaction
from jaboti_domain.company.errors import CompanyNotFound, DepartmentNotFound, MemberNotFound
from jaboti_domain.company.model import Company, Department, Membership
from jaboti_domain.company.ports import CompanyRepository, DepartmentRepository, MembershipRepository
from jaboti_domain.identity.model import User
from jaboti_domain.kernel.actor import Role
from jaboti_domain.kernel.ids import DepartmentId, UserId


@frozen
class MemoryCompanies(CompanyRepository):
    """The company of one unit of work."""

    _transaction: Transaction

    async def get(self) -> Company:
        company_id = self._transaction.company_id
        await self._transaction.lock("company", [company_id])
        row = self._transaction.store.companies.get(company_id)
        if row is None:
            raise CompanyNotFound()
        return evolve(row)

    async def save(self, company: Company) -> None:
        self._transaction.save(self._transaction.store.companies, company.id, company)


@frozen
class MemoryDepartments(DepartmentRepository):
    """Of one unit of work."""

    _transaction: Transaction

    async def get(self, department_id: DepartmentId) -> Department:
        await self._transaction.lock("department", [department_id])
        row = self._transaction.store.departments.get(department_id)
        if row is None or row.company_id != self._transaction.company_id or row.removed_at:
            raise DepartmentNotFound()
        return evolve(row)

    async def all(self) -> Sequence[Department]:
        rows = self._transaction.store.departments.where("company", self._transaction.company_id)
        there = [row for row in rows if row.removed_at is None]
        return [evolve(row) for row in sorted(there, key=lambda row: (row.created_at, row.id))]

    async def count_open_chats(self, department_id: DepartmentId) -> int:
        return self._transaction.store.open_chats_of(self._transaction.company_id, department_id)

    async def save(self, department: Department) -> None:
        self._transaction.save(self._transaction.store.departments, department.id, department)


@frozen
class MemoryMemberships(MembershipRepository):
    """Of one unit of work."""

    _transaction: Transaction

    async def get(self, user_id: UserId) -> Membership:
        member = await self.find(user_id)
        if member is None or member.has_left:
            raise MemberNotFound()
        return member

    async def find(self, user_id: UserId) -> Membership | None:
        store, company_id = self._transaction.store, self._transaction.company_id
        await self._transaction.lock("membership", [user_id])
        row = store.memberships.get((company_id, user_id))
        return evolve(row, primary=store.is_primary(row)) if row else None

    async def find_of_department(self, department_id: DepartmentId) -> Sequence[Membership]:
        serving = sorted(row.user_id for row in self._ours() if department_id in row.departments)
        found = [await self.find(user_id) for user_id in serving]
        return [member for member in found if member is not None and department_id in member.departments]

    async def admins(self) -> Collection[UserId]:
        await self._transaction.lock("company", [self._transaction.company_id])
        users = self._transaction.store.users
        return [row.user_id for row in self._ours() if _administers(row, users.get(row.user_id))]

    async def is_elsewhere(self, user_id: UserId) -> bool:
        rows = self._transaction.store.memberships.where("user", user_id)
        return any(row.company_id != self._transaction.company_id and not row.has_left for row in rows)

    async def save(self, membership: Membership) -> None:
        key = (membership.company_id, membership.user_id)
        self._transaction.save(self._transaction.store.memberships, key, membership)
        self._transaction.then(partial(_note_primary, self._transaction.store, membership))

    def _ours(self) -> Sequence[Membership]:
        return self._transaction.store.memberships.where("company", self._transaction.company_id)


def _administers(member: Membership, user: User | None) -> bool:
    is_here = member.enabled and not member.has_left and user is not None and user.enabled
    return is_here and member.role is Role.ADMIN


def _note_primary(store: MemoryStore, member: Membership) -> None:
    if member.primary:
        store.primaries[member.user_id] = member.company_id
    elif store.is_primary(member):
        del store.primaries[member.user_id]
