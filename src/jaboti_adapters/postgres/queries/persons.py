"""Reads for the person themselves."""

from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Integer, Text, Uuid, and_, case, cast, func, select

from jaboti_adapters.postgres.clients import READ_COLUMNS, client_of
from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.merges import portrait_of
from jaboti_adapters.postgres.queries.paging import page_in, paged, place_in
from jaboti_adapters.postgres.queries.scope import HERE, within_company
from jaboti_adapters.postgres.queries.times import time_in_json
from jaboti_adapters.postgres.statements import param
from jaboti_adapters.postgres.tables import chat, client, client_merge, message, usage
from jaboti_adapters.postgres.texts import read
from jaboti_adapters.showing import portrait_shown, time_shown
from jaboti_domain.client.errors import ClientNotFound
from jaboti_domain.kernel.ids import ChatId, ClientId, CompanyId, IntegrationId
from jaboti_domain.kernel.paging import Cursor, JsonPage
from jaboti_domain.privacy.model import hints_of
from jaboti_domain.privacy.queries import Known, PersonReads

_CLIENT, _M, _U = param("client_id", Uuid), client_merge.c, usage.c
_on = select(chat.c.integration_id).where(chat.c.company_id == HERE, chat.c.client_id == _CLIENT).distinct()
ONE = within_company(
    select(*READ_COLUMNS, client.c.card, func.array(_on.scalar_subquery()).label("integrations")).where(
        client.c.company_id == HERE, client.c.id == _CLIENT, client.c.merged_into.is_(None)
    )
)
MERGES = within_company(
    select(_M.id, _M.at, _M.undone_at, _M.client_id, _M.absorbed_id, _M.absorbed)
    .where(_M.company_id == HERE, (_M.client_id == _CLIENT) | (_M.absorbed_id == _CLIENT), _M.id > param("after", Uuid))
    .order_by(_M.id)
    .limit(param("limit", Integer))
)
_COST: ColumnElement[object] = case(
    (
        _U.amount.is_not(None),
        func.json_build_object("amount", cast(_U.amount, Text), "currency", _U.currency),
    )
)
_CHARGE = func.json_build_object(
    "messageId", message.c.id, "at", time_in_json(_U.at), "category", _U.category, "kind", _U.kind,
    "country", _U.country, "cost", _COST,
)  # fmt: skip
_of_message = and_(
    _U.company_id == HERE, _U.integration_id == message.c.integration_id, _U.provider_id == message.c.provider_id
)
CHARGES = paged(
    select(cast(_CHARGE, Text).label("document"), message.c.seq)
    .select_from(message.join(usage, _of_message))
    .where(
        message.c.company_id == HERE,
        message.c.chat_id == param("chat_id", Uuid),
        message.c.seq > param("after", Integer),
        message.c.outbound,
    ),
    "seq",
    falling=False,
)


class PostgresPersonReads(PersonReads):
    """By the keys of what is read: of a company with many clients only what is the person's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def one(self, company_id: CompanyId, client_id: ClientId) -> Known:
        async with self._database.single() as session:
            rows = await session.fetch(ONE, company_id=company_id, client_id=client_id)
        if not rows:
            raise ClientNotFound()
        found = client_of(rows[0])
        return Known(
            card=rows[0]["card"].encode(),
            hints=hints_of(found),
            integrations=frozenset(map(IntegrationId, rows[0]["integrations"])),
        )

    async def merges(self, company_id: CompanyId, client_id: ClientId, *, after: Cursor | None, limit: int) -> JsonPage:
        place = place_in(after, after=UUID) if after else {"after": UUID(int=0)}
        async with self._database.single() as session:
            rows = await session.fetch(MERGES, company_id=company_id, client_id=client_id, limit=limit + 1, **place)
        shown = [
            {
                "id": row["id"],
                "at": time_shown(row["at"]),
                "undoneAt": time_shown(row["undone_at"]),
                "clientId": row["client_id"],
                "absorbedId": row["absorbed_id"],
                "absorbed": portrait_shown(portrait_of(read(row["absorbed"])))
                if row["undone_at"] is None or row["absorbed_id"] == client_id
                else None,
            }
            for row in rows[:limit]
        ]
        following = Cursor([str(rows[limit - 1]["id"])]) if len(rows) > limit else None
        return JsonPage(msgspec.json.encode(shown), following)

    async def charges(self, company_id: CompanyId, chat_id: ChatId, *, after: Cursor | None, limit: int) -> JsonPage:
        place = place_in(after, after=int) if after else {"after": 0}
        async with self._database.single() as session:
            (row,) = await session.fetch(CHARGES, company_id=company_id, chat_id=chat_id, limit=limit, **place)
        return page_in(row, "seq")
