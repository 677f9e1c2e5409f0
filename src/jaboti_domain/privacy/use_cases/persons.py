"""What people ask for about their own data."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import suppress
from functools import partial
from uuid import UUID

from attrs import frozen

from jaboti_domain.audit.queries import AuditFilter, AuditReads
from jaboti_domain.chat.queries import ChatFilter, ChatReads
from jaboti_domain.client.errors import ClientHasOpenChats
from jaboti_domain.client.ports import ClientUnitOfWork
from jaboti_domain.integration.queries import CallFilter, CallReads
from jaboti_domain.kernel.actor import Actor, Operation
from jaboti_domain.kernel.deeds import ANONYMIZED
from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.events import Named
from jaboti_domain.kernel.ids import ChatId, ClientId, CompanyId
from jaboti_domain.kernel.paging import Cursor, Json, JsonPage
from jaboti_domain.kernel.ports import Clock
from jaboti_domain.media.use_cases import DropContents
from jaboti_domain.note.queries import NoteFilter, NoteReads
from jaboti_domain.privacy.errors import ClientBeingWrittenTo
from jaboti_domain.privacy.model import Person, Receipt, Trace
from jaboti_domain.privacy.ports import PrivacyUnitOfWork
from jaboti_domain.privacy.queries import Known, PersonReads

AT_ONCE = 200
"""Things read in one go."""
WHOLE = 2**31 - 2
"""So many things of one chat are all of them: `seq` is a 32-bit number."""


@frozen(kw_only=True)
class ExportPerson:
    """An administrator hands a person all that the company holds on them (LGPD, art. 18, II and V)."""

    new_uow: Callable[[CompanyId], ClientUnitOfWork]
    person_reads: PersonReads
    chat_reads: ChatReads
    note_reads: NoteReads
    call_reads: CallReads
    audit_reads: AuditReads
    clock: Clock

    async def __call__(self, actor: Actor, *, client_id: ClientId) -> AsyncGenerator[Json, None]:
        """One JSON document in pieces: `{client, notes, chats: [{chat, timeline, charges}], merges, calls,
        auditEntries}`.

        Its parts are as the reads of each show them; notes about chats stand in their timelines, and what was done to
        whoever was merged into this client is theirs. Who was removed is held, too, until they are forgotten. Calls are
        those on the integrations of their chats that have the ends of their phones. The deed is noted first. Raises
        Forbidden and ClientNotFound.
        """
        actor.must(Operation.MANAGE_PRIVACY)
        known = await self.person_reads.one(actor.company_id, client_id)
        async with self.new_uow(actor.company_id) as uow:
            deed = actor.did("client.exported", subject="client", subject_id=client_id, at=self.clock())
            await uow.audit.add(deed)
            await uow.commit()
        return self._pieces(actor, client_id, known)

    async def _pieces(self, actor: Actor, client_id: ClientId, known: Known) -> AsyncGenerator[Json, None]:
        company_id = actor.company_id
        yield b'{"client":' + known.card
        yield b',"notes":['
        async for piece in _listed(lambda after: self._notes(company_id, client_id, after)):
            yield piece
        yield b'],"chats":['
        async for piece in self._chats(actor, client_id):
            yield piece
        yield b'],"merges":['
        async for piece in _listed(
            lambda after: self.person_reads.merges(company_id, client_id, after=after, limit=AT_ONCE)
        ):
            yield piece
        yield b'],"calls":['
        async for piece in _listed(lambda after: self._calls(company_id, known, after)):
            yield piece
        yield b'],"auditEntries":['
        async for piece in _listed(lambda after: self._deeds(company_id, client_id, after)):
            yield piece
        yield b"]}"

    async def _chats(self, actor: Actor, client_id: ClientId) -> AsyncIterator[Json]:
        where, separator = ChatFilter(client_id=client_id), b""

        async def page(after: Cursor | None) -> JsonPage:
            return await self.chat_reads.page(actor.company_id, viewer=actor, where=where, after=after, limit=AT_ONCE)

        async for items in _pages(page):
            for chat in json.loads(items):
                chat_id = ChatId(UUID(chat["id"]))
                timeline = await self.chat_reads.timeline(actor.company_id, chat_id, limit=WHOLE)
                shown = json.dumps(chat, ensure_ascii=False, separators=(",", ":")).encode()
                yield b"".join((separator, b'{"chat":', shown, b',"timeline":', timeline, b',"charges":['))
                async for piece in _listed(partial(self._charges, actor.company_id, chat_id)):
                    yield piece
                yield b"]}"
                separator = b","

    async def _notes(self, company_id: CompanyId, client_id: ClientId, after: Cursor | None) -> JsonPage:
        where = NoteFilter(client_id=client_id)
        return await self.note_reads.page(company_id, where=where, after=after, limit=AT_ONCE)

    async def _charges(self, company_id: CompanyId, chat_id: ChatId, after: Cursor | None) -> JsonPage:
        return await self.person_reads.charges(company_id, chat_id, after=after, limit=AT_ONCE)

    async def _calls(self, company_id: CompanyId, known: Known, after: Cursor | None) -> JsonPage:
        where = CallFilter(peers=known.hints, integrations=known.integrations)
        return await self.call_reads.page(company_id, where=where, after=after, limit=AT_ONCE)

    async def _deeds(self, company_id: CompanyId, client_id: ClientId, after: Cursor | None) -> JsonPage:
        where = AuditFilter(subject_id=client_id)
        return await self.audit_reads.page(company_id, where=where, after=after, limit=AT_ONCE)


@frozen(kw_only=True)
class AnonymizePerson:
    """An administrator has a person forgotten (LGPD, art. 18, IV and VI)."""

    new_uow: Callable[[CompanyId], PrivacyUnitOfWork]
    drop: DropContents
    clock: Clock

    async def __call__(self, actor: Actor, *, client_id: ClientId) -> Receipt:
        """What identifies them is erased, what is counted stays. A second time answers the first receipt.

        Whoever was merged into them is forgotten with them; one who was removed can be forgotten, too. Bytes of files
        go after the rest; what can't be reached now goes when files are swept. Raises Forbidden, ClientNotFound,
        ClientHasOpenChats, ClientBeingWrittenTo, Unavailable.
        """
        actor.must(Operation.MANAGE_PRIVACY)
        async with self.new_uow(actor.company_id) as uow:
            person = await uow.traces.person(client_id)
            known = await uow.receipts.find(client_id)
            if known is not None:
                return known
            if any(chat.is_open for chat in person.chats):
                raise ClientHasOpenChats()
            if person.is_being_written_to:
                raise ClientBeingWrittenTo()
            receipt = await self._forget(uow, actor, client_id, person)
            await uow.commit()
        with suppress(Unavailable):
            await self.drop(actor.company_id, person.contents)
        return receipt

    async def _forget(self, uow: PrivacyUnitOfWork, actor: Actor, client_id: ClientId, person: Person) -> Receipt:
        at = self.clock()
        erased = {trace.value: await uow.traces.erase(person, trace) for trace in Trace}
        for client in person.clients:
            client.anonymize(at=at)
        await uow.clients.save(*person.clients)
        by = Named(actor.user_id, actor.name)
        receipt = Receipt.of(
            company_id=actor.company_id,
            client_id=client_id,
            at=at,
            by=by,
            erased={"clients": len(person.clients), **erased},
        )
        await uow.receipts.add(receipt)
        for client in person.clients:
            await uow.audit.forget(subject="client", subject_id=client.id)
            after = {"clientId": str(client_id), "digest": receipt.digest}
            await uow.audit.add(actor.did(ANONYMIZED, subject="client", subject_id=client.id, at=at, after=after))
        return receipt


async def _listed(page: Callable[[Cursor | None], Awaitable[JsonPage]]) -> AsyncIterator[Json]:
    """The items of all pages, with commas between them."""
    separator = b""
    async for items in _pages(page):
        if inside := items.strip()[1:-1].strip():
            yield separator + inside
            separator = b","


async def _pages(page: Callable[[Cursor | None], Awaitable[JsonPage]]) -> AsyncIterator[Json]:
    found = await page(None)
    yield found.items
    while found.next is not None:
        found = await page(found.next)
        yield found.items
