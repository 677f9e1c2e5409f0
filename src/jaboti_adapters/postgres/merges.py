"""Merges of clients: what they were before."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Uuid, select

from jaboti_adapters.postgres.shelf import Shelf
from jaboti_adapters.postgres.statements import COMPANY, Row, Statement, param
from jaboti_adapters.postgres.tables import client_merge
from jaboti_adapters.postgres.texts import read, written
from jaboti_adapters.postgres.unit import CompanyUnit
from jaboti_domain.client.details import Contact, ContactKind, Details, Portrait
from jaboti_domain.client.document import Document
from jaboti_domain.client.identity import ChannelIdentity, IdentityKind
from jaboti_domain.client.merging import Merge
from jaboti_domain.client.phone import Phone
from jaboti_domain.client.ports import MergeRepository
from jaboti_domain.kernel.ids import ChatId, ClientId
from jaboti_domain.kernel.times import rfc3339

if TYPE_CHECKING:
    from asyncpg import Record

_M = client_merge.c
FIND_LAST = Statement(
    select(client_merge)
    .where(
        _M.company_id == COMPANY,
        _M.client_id == param("client_id", Uuid),
        _M.absorbed_id == param("absorbed_id", Uuid),
        _M.undone_at.is_(None),
    )
    .order_by(_M.at.desc(), _M.id.desc())
    .limit(1)
    .with_for_update()
)
SHELF: Shelf[Merge] = Shelf(client_merge)


async def keep(unit: CompanyUnit, merges: Sequence[Merge]) -> None:
    """Write merges, after their clients."""
    await SHELF.keep(unit, merges, _row_of)


class PostgresMerges(MergeRepository):
    """Merges as rows."""

    def __init__(self, unit: CompanyUnit) -> None:
        self._unit = unit

    async def find_last(self, client_id: ClientId, absorbed_id: ClientId) -> Merge | None:
        rows = await self._unit.fetch(FIND_LAST, client_id=client_id, absorbed_id=absorbed_id)
        return _merge_of(rows[0]) if rows else None

    async def save(self, *merges: Merge) -> None:
        self._unit.save(*merges)


def _row_of(one: Merge) -> Row:
    return (
        one.id,
        one.client_id,
        one.absorbed_id,
        one.at,
        written(_record_of(one.absorbed)),
        written(_record_of(one.before)),
        written(one.chats),
        one.undone_at,
    )


def _merge_of(row: "Record") -> Merge:
    return Merge(
        id=row["id"],
        company_id=row["company_id"],
        client_id=row["client_id"],
        absorbed_id=row["absorbed_id"],
        at=row["at"],
        absorbed=portrait_of(read(row["absorbed"])),
        before=portrait_of(read(row["before"])),
        chats=tuple(ChatId(UUID(chat)) for chat in read(row["chats"])),
        undone_at=row["undone_at"],
        version=row["version"],
    )


def _record_of(portrait: Portrait) -> Mapping[str, object]:
    details = portrait.details
    return {
        "name": details.name,
        "phone": details.phone and details.phone.e164,
        "document": details.document and details.document.number,
        "email": details.email,
        "contacts": [(each.kind, each.value, each.label) for each in details.contacts],
        "attributes": dict(details.attributes),
        "identities": [(each.kind, each.key, each.address) for each in portrait.identities],
        "blocked_at": portrait.blocked_at and rfc3339(portrait.blocked_at),
    }


def portrait_of(record: Mapping[str, Any]) -> Portrait:
    """A client as a merge remembers them."""
    blocked_at, document = record["blocked_at"], record["document"]
    return Portrait(
        details=Details(
            name=record["name"],
            phone=Phone(record["phone"]) if record["phone"] else None,
            document=Document.parse(document) if document else None,
            email=record["email"],
            contacts=tuple(Contact(ContactKind(kind), value, label) for kind, value, label in record["contacts"]),
            attributes=record["attributes"],
        ),
        identities=tuple(
            ChannelIdentity(kind=IdentityKind(kind), key=key, address=address)
            for kind, key, address in record["identities"]
        ),
        blocked_at=datetime.fromisoformat(blocked_at) if blocked_at else None,
    )
