"""Clients and the names by which channels know them."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import asdict
from sqlalchemy import ARRAY, Text, Uuid, delete, exists, func, select, union
from sqlalchemy.dialects.postgresql import insert

from jaboti_adapters.postgres.documents import client_shown
from jaboti_adapters.postgres.shelf import Shelf
from jaboti_adapters.postgres.statements import COMPANY, Given, Row, Statement, array
from jaboti_adapters.postgres.tables import client, client_identity
from jaboti_adapters.postgres.texts import read, showable, shown, written
from jaboti_adapters.postgres.unit import CompanyUnit
from jaboti_adapters.showing import client_card
from jaboti_domain.client.details import Contact, ContactKind, Details
from jaboti_domain.client.document import Document, DocumentKind
from jaboti_domain.client.errors import ClientExists, ClientNotFound
from jaboti_domain.client.identity import ChannelIdentity, IdentityKind
from jaboti_domain.client.model import Client
from jaboti_domain.client.phone import Phone
from jaboti_domain.client.ports import ClientRepository
from jaboti_domain.client.search import name_key
from jaboti_domain.kernel.ids import ClientId

if TYPE_CHECKING:
    from asyncpg import Record

BETWEEN_FIELDS = "\f"
"""What stands between the fields of the text that a client is found by."""


def searched(one: Client) -> tuple[str, str]:
    """What a client is put in order by, and found by; who is gone is not found."""
    if one.is_gone:
        return "", ""
    return name_key(one.name), BETWEEN_FIELDS.join(one.sought.fields)


def _row_of(one: Client) -> Row:
    return (
        one.id,
        showable(one.name),
        one.phone.e164 if one.phone else None,
        one.document.kind if one.document else None,
        one.document.number if one.document else None,
        one.email,
        written(one.attributes),
        one.created_at,
        one.merged_into,
        client_shown(one),
        written([(identity.kind, identity.key, identity.address) for identity in one.identities]),
        written([(contact.kind, contact.value, contact.label) for contact in one.contacts]),
        one.updated_at,
        one.blocked_at,
        one.removed_at,
        *searched(one),
        shown(client_card(one, version=one.version + 1)),
    )


def client_of(row: "Record") -> Client:
    """The client in a row."""
    return Client(
        id=row["id"],
        company_id=row["company_id"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        identities=identities_read(row["identities"]),
        blocked_at=row["blocked_at"],
        removed_at=row["removed_at"],
        merged_into=row["merged_into"],
        version=row["version"],
        **asdict(details_of(row), recurse=False),
    )


def details_of(row: "Record") -> Details:
    """What people say of the client in a row."""
    return Details(
        name=row["name"],
        phone=Phone(row["phone"]) if row["phone"] else None,
        document=Document(DocumentKind(row["document_kind"]), row["document"]) if row["document"] else None,
        email=row["email"],
        contacts=contacts_read(row["contacts"]),
        attributes=read(row["attributes"]),
    )


def identities_read(text: str) -> tuple[ChannelIdentity, ...]:
    """The names in the order in which they were written."""
    return tuple(ChannelIdentity(kind=IdentityKind(kind), key=key, address=at) for kind, key, at in read(text))


def contacts_read(text: str) -> tuple[Contact, ...]:
    """The contacts in the order in which they were written."""
    return tuple(Contact(ContactKind(kind), value, label) for kind, value, label in read(text))


_IDENTITY_COLUMNS = tuple(c for c in client_identity.c if c.name != "company_id")
_GIVEN_NAMES = Given("name", client_identity.c.kind, client_identity.c.key)
_NAMES = _GIVEN_NAMES.many
_GIVEN_WANTED = Given("wanted", *_IDENTITY_COLUMNS)
_WANTED = _GIVEN_WANTED.many
_IDS = array("ids", Uuid)
_DOCUMENTS, _EMAILS = array("documents", Text), array("emails", Text)
_KNOWN = (
    select(client_identity.c.client_id)
    .join(_NAMES, (client_identity.c.kind == _NAMES.c.kind) & (client_identity.c.key == _NAMES.c.key))
    .where(client_identity.c.company_id == COMPANY)
)
READ_COLUMNS = tuple(c for c in client.c if c.name not in ("shown", "name_key", "sought", "card"))
_OURS = select(*READ_COLUMNS).where(client.c.company_id == COMPANY)
_LOCKED = _OURS.order_by(client.c.id).with_for_update(key_share=True, of=client)
_ADDED = insert(client_identity).from_select(
    ["company_id", *(c.name for c in _IDENTITY_COLUMNS)], select(COMPANY, *_WANTED.c)
)

_LIVE = client.c.removed_at.is_(None) & client.c.merged_into.is_(None)
_ALIKE = union(
    select(client.c.id).where(client.c.company_id == COMPANY, client.c.document == func.any(_DOCUMENTS), _LIVE),
    select(client.c.id).where(client.c.company_id == COMPANY, client.c.email == func.any(_EMAILS), _LIVE),
    _KNOWN,
)

FIND = Statement(_OURS.where(client.c.id == func.any(_IDS)))
GET = Statement(_LOCKED.where(client.c.id == func.any(_IDS), client.c.removed_at.is_(None)))
FIND_ALIKE = Statement(
    _LOCKED.where(client.c.id == func.any(func.array(_ALIKE.scalar_subquery(), type_=ARRAY(Uuid))), _LIVE)
)
"""An array makes the planner look each of them up; of a join it might make a scan of all clients."""
FIND_KNOWN = Statement(_LOCKED.where(client.c.id.in_(_KNOWN)))
DELETE_IDENTITIES = Statement(
    delete(client_identity).where(
        client_identity.c.company_id == COMPANY,
        client_identity.c.client_id == func.any(_IDS),
        ~exists().where(
            _WANTED.c.client_id == client_identity.c.client_id,
            _WANTED.c.kind == client_identity.c.kind,
            _WANTED.c.key == client_identity.c.key,
        ),
    )
)
KEEP_IDENTITIES = Statement(
    _ADDED.on_conflict_do_update(
        index_elements=["company_id", "kind", "key"],
        set_={"address": _ADDED.excluded.address, "position": _ADDED.excluded.position},
        where=client_identity.c.client_id == _ADDED.excluded.client_id,
    ).returning(client_identity.c.client_id)
)
SHELF: Shelf[Client] = Shelf(client)


async def keep(unit: CompanyUnit, clients: Sequence[Client]) -> None:
    """Write clients with their names; what one gives up, another may have.

    Raises ClientExists, DocumentTaken, StaleVersion. Who has no document, or not any more, comes first.
    """
    if not clients:
        return
    await SHELF.keep(unit, sorted(clients, key=lambda one: one.document is not None and not one.is_gone), _row_of)
    names = [
        (identity.kind, identity.key, one.id, identity.address, position)
        for one in clients
        for position, identity in enumerate(one.identities)
    ]
    wanted = _GIVEN_WANTED.rows(names)
    await unit.fetch(DELETE_IDENTITIES, ids=[one.id for one in clients], **wanted)
    if len({name[:2] for name in names}) < len(names) or len(await unit.fetch(KEEP_IDENTITIES, **wanted)) < len(names):
        raise ClientExists()


class PostgresClients(ClientRepository):
    """Clients as rows, locked in the order of their ids.

    Their names stand in the row too, so that who waited for a lock sees those of then, not those of before.
    """

    def __init__(self, unit: CompanyUnit) -> None:
        self._unit = unit

    async def get(self, client_id: ClientId) -> Client:
        rows = await self._unit.fetch(GET, ids=[client_id])
        if not rows:
            raise ClientNotFound()
        return client_of(rows[0])

    async def find(self, client_ids: Collection[ClientId]) -> Mapping[ClientId, Client]:
        return {one.id: one for one in map(client_of, await self._unit.fetch(FIND, ids=list(client_ids)))}

    async def find_alike(
        self,
        *,
        documents: Collection[Document] = (),
        identities: Collection[ChannelIdentity] = (),
        emails: Collection[str] = (),
    ) -> Sequence[Client]:
        names = _GIVEN_NAMES.rows((identity.kind, identity.key) for identity in identities)
        numbers = [document.number for document in documents]
        rows = await self._unit.fetch(FIND_ALIKE, documents=numbers, emails=list(emails), **names)
        return [client_of(row) for row in rows]

    async def find_by_identities(self, identities: Collection[ChannelIdentity]) -> Sequence[Client]:
        names: list[Row] = [(identity.kind, identity.key) for identity in identities]
        found = map(client_of, await self._unit.fetch(FIND_KNOWN, **_GIVEN_NAMES.rows(names)))
        wanted = set(names)
        return [one for one in found if any((i.kind, i.key) in wanted for i in one.identities)]

    async def save(self, *clients: Client) -> None:
        self._unit.save(*clients)
