"""What is kept of persons."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Uuid, func, select, text
from sqlalchemy.dialects.postgresql import insert

from jaboti_adapters.postgres.chats import PostgresChats
from jaboti_adapters.postgres.clients import READ_COLUMNS, client_of
from jaboti_adapters.postgres.documents import chat_shown
from jaboti_adapters.postgres.erasing import (
    ERASERS,
    FORGET_EVENTS,
    LANES,
    LOCK_LANES,
    NEWEST_EVENT,
    ROWS_AT_ONCE,
    SPANS,
)
from jaboti_adapters.postgres.expiring import silent
from jaboti_adapters.postgres.merges import portrait_of
from jaboti_adapters.postgres.statements import COMPANY, Statement, array, param
from jaboti_adapters.postgres.tables import client, client_merge, erasure
from jaboti_adapters.postgres.texts import read, written
from jaboti_adapters.postgres.unit import CompanyUnit
from jaboti_domain.client.details import Portrait
from jaboti_domain.client.errors import ClientNotFound
from jaboti_domain.client.model import Client
from jaboti_domain.integration.calls import peer_hint
from jaboti_domain.integration.messaging import Peer
from jaboti_domain.kernel.events import Named
from jaboti_domain.kernel.ids import ClientId
from jaboti_domain.privacy.model import Person, Receipt, Trace
from jaboti_domain.privacy.ports import PersonTraces, Receipts

if TYPE_CHECKING:
    from asyncpg import Record

_first = select(client.c.id).where(client.c.company_id == COMPANY, client.c.id == param("client_id", Uuid))
_family = _first.cte("family", recursive=True)
_family = _family.union(select(client.c.id).where(client.c.company_id == COMPANY, client.c.merged_into == _family.c.id))
FAMILY = Statement(select(_family.c.id))
_IDS = array("ids", Uuid)
_THEM = select(*READ_COLUMNS).where(client.c.company_id == COMPANY, client.c.id == func.any(_IDS))
THEM = Statement(_THEM)
LOCK_THEM = Statement(_THEM.order_by(client.c.id).with_for_update(key_share=True))
FORMER = Statement(
    select(client_merge.c.absorbed.label("portrait"))
    .where(client_merge.c.company_id == COMPANY, client_merge.c.absorbed_id == func.any(_IDS))
    .union_all(
        select(client_merge.c.before).where(
            client_merge.c.company_id == COMPANY, client_merge.c.client_id == func.any(_IDS)
        )
    )
)
"""As merges knew them; not those who were parted from them again."""
SENDING = Statement(
    text(
        "SELECT FROM errand WHERE company_id = :company_id AND chat_id = ANY(CAST(:ids AS uuid[])) AND sending LIMIT 1"
    )
)
CONTENTS = Statement(
    text(
        """
        SELECT DISTINCT media.sha256 FROM message JOIN media ON media.company_id = :company_id AND media.id = media_id
        WHERE message.company_id = :company_id AND chat_id = ANY(CAST(:ids AS uuid[])) AND media.sha256 IS NOT NULL
        """
    )
)
RECEIPT = Statement(
    select(erasure).where(erasure.c.company_id == COMPANY, erasure.c.client_id == param("client_id", Uuid))
)
_OURS = tuple(c for c in erasure.c if c.name != "company_id")
ADD_RECEIPT = Statement(insert(erasure).values(company_id=COMPANY, **{c.name: param(c.name, c.type) for c in _OURS}))


class PostgresTraces(PersonTraces):
    """Of one unit of work."""

    def __init__(self, unit: CompanyUnit) -> None:
        self._unit = unit

    async def person(self, client_id: ClientId) -> Person:
        ids = [row["id"] for row in await self._unit.fetch(FAMILY, client_id=client_id)]
        await self._lock_lanes(Person(clients=await self._clients(THEM, ids), former=await self._former(ids)))
        clients = await self._clients(LOCK_THEM, ids)
        clients.sort(key=lambda one: one.id != client_id)
        if not clients or clients[0].merged_into is not None:
            raise ClientNotFound()
        chats = await PostgresChats(self._unit).find_of_client([one.id for one in clients])
        sending = await self._unit.fetch(SENDING, ids=[chat.id for chat in chats])
        contents = await self._unit.fetch(CONTENTS, ids=[chat.id for chat in chats])
        return Person(
            clients=clients,
            former=await self._former(ids),
            chats=chats,
            contents=[row["sha256"] for row in contents],
            is_being_written_to=bool(sending),
        )

    async def erase(self, person: Person, trace: Trace) -> int:
        eraser, values = ERASERS[trace], await self._values(person)
        spans = await self._spans(eraser.span) if eraser.span else [{}]
        if trace is Trace.EVENTS:
            values["newest"] = self._unit.forgotten_events = await self._newest_event(spans, values)
        changed = 0
        for span in spans:
            for statement in eraser.statements:
                (row,) = await self._unit.fetch(statement, **values, **span)
                changed += row["changed"]
        return changed

    async def _values(self, person: Person) -> dict[str, object]:
        """What statements may ask for."""
        clients, chats = [one.id for one in person.clients], [chat.id for chat in person.chats]
        names = sorted(person.names)
        return {
            "clients": clients,
            "chats": chats,
            "chats_shown": [chat_shown(silent(chat)) for chat in person.chats],
            "names": names,
            "words": [*names, *map(str, (*clients, *chats))],
            "lanes": await self._lanes(person),
            "hints": sorted({hint for name in names if (hint := peer_hint(Peer(phone=name)))}),
        }

    async def _lanes(self, person: Person) -> Sequence[str]:
        ids = [one.id for one in person.clients]
        return [row["lane"] for row in await self._unit.fetch(LANES, clients=ids, names=sorted(person.names))]

    async def _lock_lanes(self, person: Person) -> None:
        """While they are locked nothing that platforms told of the person takes effect."""
        await self._unit.fetch(LOCK_LANES, lanes=await self._lanes(person))

    async def _spans(self, table: str) -> Sequence[dict[str, int]]:
        (row,) = await self._unit.fetch(SPANS[table])
        if row["first"] is None:
            return []
        starts = range(row["first"], row["last"] + 1, ROWS_AT_ONCE)
        return [{"first": start, "last": start + ROWS_AT_ONCE - 1} for start in starts]

    async def _newest_event(self, spans: Sequence[dict[str, int]], values: dict[str, object]) -> int:
        for span in reversed(spans):
            (row,) = await self._unit.fetch(NEWEST_EVENT, **values, **span)
            if row["newest"] is not None:
                return int(row["newest"])
        return 0

    async def _clients(self, statement: Statement, ids: Sequence[ClientId]) -> list[Client]:
        return [client_of(row) for row in await self._unit.fetch(statement, ids=ids)]

    async def _former(self, ids: Sequence[ClientId]) -> Sequence[Portrait]:
        rows = await self._unit.fetch(FORMER, ids=ids)
        return [portrait_of(read(row["portrait"])) for row in rows]


class PostgresReceipts(Receipts):
    """Receipts as rows."""

    def __init__(self, unit: CompanyUnit) -> None:
        self._unit = unit

    async def find(self, client_id: ClientId) -> Receipt | None:
        rows = await self._unit.fetch(RECEIPT, client_id=client_id)
        return _receipt_of(rows[0]) if rows else None

    async def add(self, receipt: Receipt) -> None:
        self._unit.receipts_of_erasures.append(receipt)


async def keep(unit: CompanyUnit) -> None:
    """Write receipts, and where the stream begins now: after everything but the stream, whose lock comes last."""
    for receipt in unit.receipts_of_erasures:
        values = (receipt.client_id, receipt.at, receipt.by.id, receipt.by.name, receipt.digest)
        await unit.fetch(ADD_RECEIPT, **_row(*values, written(receipt.erased)))
    if unit.forgotten_events:
        await unit.fetch(FORGET_EVENTS, newest=unit.forgotten_events)


def _row(*values: object) -> dict[str, object]:
    return dict(zip((c.name for c in _OURS), values, strict=True))


def _receipt_of(row: "Record") -> Receipt:
    return Receipt(
        company_id=row["company_id"],
        client_id=row["client_id"],
        at=row["at"],
        by=Named(row["by_id"], row["by_name"]),
        erased=read(row["erased"]),
        digest=row["digest"],
    )
