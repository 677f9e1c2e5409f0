"""Many clients at once: in from a sheet, and out into one."""

from collections.abc import AsyncGenerator, Callable, Hashable, Iterable, Sequence
from datetime import datetime

from attrs import define, evolve, field, frozen

from jaboti_domain.client.details import MOST_ATTRIBUTES, Details
from jaboti_domain.client.errors import ClientExists, InvalidAttributes, InvalidClientName
from jaboti_domain.client.identity import ChannelIdentity, IdentityKind
from jaboti_domain.client.model import Client
from jaboti_domain.client.ports import ClientUnitOfWork
from jaboti_domain.client.queries import ClientReads
from jaboti_domain.client.sheet import SheetRow, Trouble, header, write_sheet
from jaboti_domain.kernel.actor import Actor, Operation
from jaboti_domain.kernel.deeds import Deed
from jaboti_domain.kernel.errors import Refusal
from jaboti_domain.kernel.ids import ClientId, CompanyId
from jaboti_domain.kernel.ports import Clock

BATCH = 200
"""Rows in one unit of work."""
EXPORTED_AT_ONCE = 1000


@frozen(kw_only=True)
class ImportReport:
    """What became of a sheet's rows."""

    rows: int
    created: int
    updated: int
    unchanged: int
    troubles: Sequence[Trouble]


@frozen(kw_only=True)
class ImportClients:
    """A supervisor brings clients from elsewhere.

    A row is the client with its document, else with its phone, else with its e-mail address, unless what both say of
    document or phone differs. What the row says is taken, what it is silent about stays: the same sheet twice changes
    nothing the second time. Each batch is kept by itself; a row that can't be is passed over.
    """

    new_uow: Callable[[CompanyId], ClientUnitOfWork]
    clock: Clock

    async def __call__(self, actor: Actor, *, rows: Sequence[SheetRow], dry_run: bool) -> ImportReport:
        """With `dry_run`, what would be.

        Raises Forbidden; and ClientExists or DocumentTaken when somebody enters the same at this moment.
        """
        actor.must(Operation.MANAGE_CLIENTS)
        rehearsed = _Tally(company_id=actor.company_id)
        tallies = [rehearsed]
        for first in range(0, len(rows), BATCH):
            batch = rows[first : first + BATCH]
            tally = rehearsed if dry_run else _Tally(company_id=actor.company_id)
            async with self.new_uow(actor.company_id) as uow:
                await tally.load(uow, batch)
                for row in batch:
                    tally.take(row, at=self.clock())
                if not dry_run:
                    await uow.clients.save(*tally.changed.values())
                    if not first:
                        await uow.audit.add(self._deed(actor, len(rows)))
                    await uow.commit()
                    tallies.append(tally)
        return _report(len(rows), tallies)

    def _deed(self, actor: Actor, rows: int) -> Deed:
        return actor.did(
            "clients.imported", subject="company", subject_id=actor.company_id, at=self.clock(), after={"rows": rows}
        )


@frozen(kw_only=True)
class ExportClients:
    """A supervisor takes all clients along."""

    new_uow: Callable[[CompanyId], ClientUnitOfWork]
    client_reads: ClientReads
    clock: Clock

    async def __call__(self, actor: Actor) -> AsyncGenerator[bytes, None]:
        """A sheet of CSV in pieces, as clients are known while it is written. Raises Forbidden."""
        actor.must(Operation.MANAGE_CLIENTS)
        async with self.new_uow(actor.company_id) as uow:
            deed = actor.did("clients.exported", subject="company", subject_id=actor.company_id, at=self.clock())
            await uow.audit.add(deed)
            await uow.commit()
        attributes = await self.client_reads.attribute_names(actor.company_id)
        return self._pieces(actor.company_id, attributes)

    async def _pieces(self, company_id: CompanyId, attributes: Sequence[str]) -> AsyncGenerator[bytes, None]:
        yield header(attributes)
        after: ClientId | None = None
        while found := await self.client_reads.details_after(company_id, after, limit=EXPORTED_AT_ONCE):
            yield write_sheet(attributes, (details for _, details in found))
            after = found[-1][0]


def _report(rows: int, tallies: Sequence["_Tally"]) -> ImportReport:
    return ImportReport(
        rows=rows,
        created=sum(tally.created for tally in tallies),
        updated=sum(tally.updated for tally in tallies),
        unchanged=sum(tally.unchanged for tally in tallies),
        troubles=[trouble for tally in tallies for trouble in tally.troubles],
    )


@define(kw_only=True)
class _Tally:
    """The clients that rows are about, and how many of what there were."""

    company_id: CompanyId
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    troubles: list[Trouble] = field(factory=list)
    changed: dict[ClientId, Client] = field(factory=dict)
    _known: dict[ClientId, Client] = field(factory=dict)
    _by_name: dict[Hashable, dict[ClientId, Client]] = field(factory=dict)

    async def load(self, uow: ClientUnitOfWork, rows: Sequence[SheetRow]) -> None:
        """Find whom these rows may be about; whoever is known already stays as earlier rows left them."""
        found = await uow.clients.find_alike(
            documents=[row.document for row in rows if row.document],
            identities=[ChannelIdentity.of_phone(row.phone.digits) for row in rows if row.phone],
            emails=[row.email for row in rows if row.email],
        )
        for client in found:
            if client.id not in self._known:
                self._index(client)

    def take(self, row: SheetRow, *, at: datetime) -> None:
        """Let a row take effect, or be passed over."""
        try:
            if row.troubles:
                self.troubles += row.troubles
            elif (client := self._meant(row)) is None:
                self._enter(row, at)
            elif client.describe(_told(client.details, row), at=at):
                self.updated += 1
                self._keep(client)
            else:
                self.unchanged += 1
        except Refusal as refusal:
            column = "phone" if isinstance(refusal, ClientExists) else refusal.field
            self.troubles.append(Trouble(line=row.line, column=column, refusal=refusal))

    def _meant(self, row: SheetRow) -> Client | None:
        by_document = self._first(row.document)
        by_phone = self._first(row.phone and row.phone.key)
        if by_document is not None:
            if by_phone not in (None, by_document):
                raise ClientExists()
            return by_document
        if by_phone is not None:
            if row.document and by_phone.document:
                raise ClientExists()
            return by_phone
        return next((client for client in self._holders(row.email) if _may_be(client, row)), None)

    def _first(self, name: Hashable | None) -> Client | None:
        return next((client for client in self._holders(name) if name in _names_of(client)), None)

    def _holders(self, name: Hashable | None) -> Iterable[Client]:
        return self._by_name.get(name, {}).values() if name is not None else ()

    def _enter(self, row: SheetRow, at: datetime) -> None:
        name = row.name or (row.phone and row.phone.e164)
        if not name:
            raise InvalidClientName()
        client = Client.enter(_told(Details(name=name), row), company_id=self.company_id, at=at)
        self.created += 1
        self._keep(client)

    def _keep(self, client: Client) -> None:
        self.changed[client.id] = client
        self._index(client)

    def _index(self, client: Client) -> None:
        self._known[client.id] = client
        for name in _names_of(client):
            self._by_name.setdefault(name, {})[client.id] = client


def _names_of(client: Client) -> Sequence[Hashable]:
    """What a row may name a client by."""
    lines = [identity.key for identity in client.identities if identity.kind is IdentityKind.PHONE]
    return [name for name in (client.document, *lines, client.email) if name]


def _may_be(client: Client, row: SheetRow) -> bool:
    """Whether nothing but the address speaks against it: several people may share one."""
    other_document = client.document and row.document and client.document != row.document
    other_phone = client.phone and row.phone and not client.phone.same_line(row.phone)
    return client.email == row.email and not other_document and not other_phone


def _told(details: Details, row: SheetRow) -> Details:
    attributes = {**details.attributes, **row.attributes}
    if len(attributes) > MOST_ATTRIBUTES:
        raise InvalidAttributes()
    return evolve(
        details,
        name=row.name or details.name,
        document=row.document or details.document,
        phone=row.phone or details.phone,
        email=row.email or details.email,
        attributes=attributes,
    )
