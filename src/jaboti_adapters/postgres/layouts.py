"""How users arranged their dashboards."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Uuid, select

from jaboti_adapters.postgres.shelf import Shelf
from jaboti_adapters.postgres.statements import COMPANY, Row, Statement, param
from jaboti_adapters.postgres.tables import dashboard_layout
from jaboti_adapters.postgres.texts import read, written
from jaboti_adapters.postgres.unit import CompanyUnit
from jaboti_domain.dashboard.model import Layout, Widget, WidgetType
from jaboti_domain.dashboard.ports import LayoutRepository
from jaboti_domain.kernel.ids import UserId

if TYPE_CHECKING:
    from asyncpg import Record

SHELF: Shelf[Layout] = Shelf(dashboard_layout)
GET = Statement(
    select(dashboard_layout)
    .where(dashboard_layout.c.company_id == COMPANY, dashboard_layout.c.user_id == param("user_id", Uuid))
    .with_for_update(key_share=True)
)


async def keep(unit: CompanyUnit, layouts: Sequence[Layout]) -> None:
    """Write layouts. Raises StaleVersion."""
    await SHELF.keep(unit, layouts, _row_of)


class PostgresLayouts(LayoutRepository):
    """Layouts as rows."""

    def __init__(self, unit: CompanyUnit) -> None:
        self._unit = unit

    async def get(self, user_id: UserId) -> Layout:
        rows = await self._unit.fetch(GET, user_id=user_id)
        return layout_of(rows[0]) if rows else Layout.untouched(self._unit.company_id, user_id)

    async def save(self, layout: Layout) -> None:
        self._unit.save(layout)


def layout_of(row: "Record") -> Layout:
    """A row as a layout."""
    return Layout(
        company_id=row["company_id"],
        user_id=row["user_id"],
        widgets=tuple(map(_widget_of, read(row["widgets"]))),
        version=row["version"],
    )


def _row_of(one: Layout) -> Row:
    return (one.user_id, written([widget.document for widget in one.widgets]))


def _widget_of(told: Mapping[str, Any]) -> Widget:
    return Widget(**{**told, "type": WidgetType(told["type"])})
