"""Companies, departments and memberships."""

from collections.abc import Sequence

from attrs import evolve, frozen

from jaboti_adapters.memory.transaction import Transaction
from jaboti_domain.company.errors import CompanyNotFound, DepartmentNotFound, MemberNotFound
from jaboti_domain.company.model import Company, Department, Membership
from jaboti_domain.company.ports import CompanyRepository, DepartmentRepository, MembershipRepository
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
        if row is None or row.company_id != self._transaction.company_id:
            raise DepartmentNotFound()
        return evolve(row)

    async def all(self) -> Sequence[Department]:
        rows = self._transaction.store.departments.where("company", self._transaction.company_id)
        return [evolve(row) for row in sorted(rows, key=lambda row: (row.created_at, row.id))]

    async def save(self, department: Department) -> None:
        self._transaction.save(self._transaction.store.departments, department.id, department)


@frozen
class MemoryMemberships(MembershipRepository):
    """Of one unit of work."""

    _transaction: Transaction

    async def get(self, user_id: UserId) -> Membership:
        await self._transaction.lock("membership", [user_id])
        row = self._transaction.store.memberships.get((self._transaction.company_id, user_id))
        if row is None:
            raise MemberNotFound()
        return evolve(row)

    async def save(self, membership: Membership) -> None:
        key = (membership.company_id, membership.user_id)
        self._transaction.save(self._transaction.store.memberships, key, membership)
