"""What dashboards need from outside."""

from typing import Protocol

from jaboti_domain.dashboard.model import Layout
from jaboti_domain.kernel.ids import UserId
from jaboti_domain.kernel.ports import UnitOfWork


class LayoutRepository(Protocol):
    """How the users of a company arranged their dashboards."""

    async def get(self, user_id: UserId) -> Layout:
        """Locked until the unit ends. Of who never saved one, the untouched one."""
        ...

    async def save(self, layout: Layout) -> None:
        """Raises StaleVersion at the commit when another was saved in the meantime, also the very first one."""
        ...


class DashboardUnitOfWork(UnitOfWork, Protocol):
    """What the use cases of dashboards open."""

    @property
    def layouts(self) -> LayoutRepository: ...
