"""The audit log: written with what it tells, one entry after the other."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import BigInteger, Integer, LargeBinary, Text, Uuid, null, select, update
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.postgresql import insert

from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.queries.scope import HERE, within_company
from jaboti_adapters.postgres.statements import COMPANY, Row, Statement, param
from jaboti_adapters.postgres.tables import audit_entry, audit_head
from jaboti_adapters.postgres.texts import showable
from jaboti_adapters.postgres.unit import CompanyUnit
from jaboti_domain.audit.model import BEGINNING, Details, Entry, Head, Seal, entry_after
from jaboti_domain.audit.ports import AuditChains
from jaboti_domain.kernel.deeds import Deed
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.kernel.ports import AuditTrail

if TYPE_CHECKING:
    from asyncpg import Record

_COLUMNS = tuple(c for c in audit_entry.c if c.name != "company_id")

LOCK_HEAD = Statement(select(audit_head).where(audit_head.c.company_id == COMPANY).with_for_update())
ADD = Statement(
    plain_insert(audit_entry).values(company_id=COMPANY, **{c.name: param(c.name, c.type) for c in _COLUMNS})
)
BEGIN = Statement(
    insert(audit_head)
    .values(company_id=COMPANY, seq=0, last=param("last", LargeBinary), seal=param("seal", LargeBinary))
    .on_conflict_do_nothing()
)
KEEP_HEAD = Statement(
    update(audit_head)
    .where(audit_head.c.company_id == COMPANY)
    .values({c.name: param(c.name, c.type) for c in audit_head.c if c.name != "company_id"})
)
FORGET = Statement(
    update(audit_entry)
    .where(
        audit_entry.c.company_id == COMPANY,
        audit_entry.c.subject == param("subject", Text),
        audit_entry.c.subject_id == param("subject_id", Uuid),
    )
    .values(details=null(), salt=null())
)
HEAD = within_company(select(audit_head).where(audit_head.c.company_id == HERE))
ENTRIES = within_company(
    select(audit_entry)
    .where(audit_entry.c.company_id == HERE, audit_entry.c.seq > param("after", BigInteger))
    .order_by(audit_entry.c.seq)
    .limit(param("limit", Integer))
)


async def keep(unit: CompanyUnit, seal: Seal) -> None:
    """Write the unit's deeds at the end of the chain, which is nobody else's until the unit ends."""
    for subject, subject_id in unit.forgotten:
        await unit.fetch(FORGET, subject=subject, subject_id=subject_id)
    if not unit.deeds:
        return
    head = await _locked_head(unit, seal)
    for deed in unit.deeds:
        entry = entry_after(head, deed, company_id=unit.company_id, seal=seal)
        await unit.fetch(ADD, **dict(zip((c.name for c in _COLUMNS), _row_of(entry), strict=True)))
        head = Head.of(unit.company_id, seq=entry.seq, last=entry.seal, seal=seal)
    await unit.fetch(KEEP_HEAD, seq=head.seq, last=head.last, seal=head.seal)


async def _locked_head(unit: CompanyUnit, seal: Seal) -> Head:
    """The end of the chain; who comes first makes the beginning, and of two firsts one waits for the other."""
    rows = await unit.fetch(LOCK_HEAD)
    if not rows:
        await unit.fetch(BEGIN, last=BEGINNING, seal=Head.of(unit.company_id, seq=0, last=BEGINNING, seal=seal).seal)
        rows = await unit.fetch(LOCK_HEAD)
    return Head(**rows[0])


class PostgresAuditTrail(AuditTrail):
    """Deeds of one unit of work."""

    def __init__(self, unit: CompanyUnit) -> None:
        self._unit = unit

    async def add(self, *deeds: Deed) -> None:
        self._unit.deeds.extend(deeds)

    async def forget(self, *, subject: str, subject_id: UUID) -> None:
        self._unit.forgotten.append((subject, subject_id))


class PostgresAuditChains(AuditChains):
    """The chains as rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def head(self, company_id: CompanyId) -> Head | None:
        async with self._database.single() as session:
            rows = await session.fetch(HEAD, company_id=company_id)
        return Head(**rows[0]) if rows else None

    async def entries(self, company_id: CompanyId, *, after: int, limit: int) -> Sequence[Entry]:
        async with self._database.single() as session:
            rows = await session.fetch(ENTRIES, company_id=company_id, after=after, limit=limit)
        return [_entry_of(row) for row in rows]


def _row_of(entry: Entry) -> Row:
    deed, details = entry.deed, entry.details
    return (
        entry.seq,
        deed.at,
        deed.action,
        deed.actor_id,
        showable(deed.actor_name),
        showable(deed.address),
        deed.subject,
        deed.subject_id,
        details and details.text,
        details and details.salt,
        entry.digest,
        entry.seal,
    )


def _entry_of(row: "Record") -> Entry:
    deed = Deed(
        at=row["at"],
        action=row["action"],
        actor_id=row["actor_id"],
        actor_name=row["actor_name"],
        address=row["address"],
        subject=row["subject"],
        subject_id=row["subject_id"],
    )
    details = None if row["details"] is None else Details(text=row["details"], salt=row["salt"] or b"")
    return Entry(
        company_id=row["company_id"],
        seq=row["seq"],
        deed=deed,
        details=details,
        digest=row["digest"],
        seal=row["seal"],
    )
