"""Who may do what."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ARRAY, DateTime, Integer, Text, Uuid, column, func, select

from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.queries.belonging import COMPANIES, IS_PRIMARY, IS_THEIRS, PRIMARY_FIRST
from jaboti_adapters.postgres.statements import Statement, array, param
from jaboti_adapters.postgres.tables import company, membership
from jaboti_domain.identity.model import ABSOLUTE_LIMIT, IDLE_LIMIT, CompanyOfUser, Standing
from jaboti_domain.identity.ports import AccessReads, Grant
from jaboti_domain.kernel.actor import Role
from jaboti_domain.kernel.ids import UserId

if TYPE_CHECKING:
    from asyncpg import Record

_standings = func.standings_of(
    array("users", Uuid),
    array("sessions", Uuid),
    array("companies", Uuid),
    param("used_since", DateTime(timezone=True)),
    param("opened_since", DateTime(timezone=True)),
).table_valued(column("place", Integer), column("name", Text), column("role", Text), column("departments", ARRAY(Uuid)))

STANDINGS = Statement(select(_standings))
COMPANIES_OF = Statement(
    select(company.c.id, company.c.name, membership.c.role, IS_PRIMARY.label("is_primary"))
    .select_from(COMPANIES)
    .where(IS_THEIRS)
    .order_by(*PRIMARY_FIRST)
)


class PostgresAccessReads(AccessReads):
    """Reads in the name of the user: what they belong to is theirs to see, whichever company it is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def companies_of(self, user_id: UserId) -> Sequence[CompanyOfUser]:
        async with self._database.user(user_id) as transaction:
            rows = await transaction.fetch(COMPANIES_OF, user_id=user_id)
        return [
            CompanyOfUser(id=row["id"], name=row["name"], role=Role(row["role"]), primary=row["is_primary"])
            for row in rows
        ]

    async def standing(self, grant: Grant, *, at: datetime) -> Standing | None:
        (standing,) = await self.standings([grant], at=at)
        return standing

    async def standings(self, grants: Sequence[Grant], *, at: datetime) -> Sequence[Standing | None]:
        async with self._database.single() as session:
            rows = await session.fetch(
                STANDINGS,
                users=[grant.user_id for grant in grants],
                sessions=[grant.session_id for grant in grants],
                companies=[grant.company_id for grant in grants],
                used_since=at - IDLE_LIMIT,
                opened_since=at - ABSOLUTE_LIMIT,
            )
        found = {row["place"]: row for row in rows}
        return [_standing_of(grant, found.get(place)) for place, grant in enumerate(grants, 1)]


def _standing_of(grant: Grant, row: "Record | None") -> Standing | None:
    if row is None or grant.company_id is None:
        return None
    return Standing(
        user_id=grant.user_id,
        company_id=grant.company_id,
        name=row["name"],
        role=Role(row["role"]),
        departments=frozenset(row["departments"]),
    )
