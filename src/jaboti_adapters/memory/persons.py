"""Reads for the person themselves."""

from uuid import UUID

import msgspec
from attrs import frozen

from jaboti_adapters.documents import Document, money_document
from jaboti_adapters.memory.places import page_of, place_in
from jaboti_adapters.memory.store import Counted, MemoryStore
from jaboti_adapters.showing import client_card, portrait_shown, time_shown
from jaboti_domain.chat.message import Message
from jaboti_domain.client.errors import ClientNotFound
from jaboti_domain.client.merging import Merge
from jaboti_domain.kernel.ids import ChatId, ClientId, CompanyId
from jaboti_domain.kernel.money import Money
from jaboti_domain.kernel.paging import Cursor, JsonPage
from jaboti_domain.privacy.model import hints_of
from jaboti_domain.privacy.queries import Known, PersonReads


@frozen
class MemoryPersonReads(PersonReads):
    """Always of this moment."""

    _store: MemoryStore

    async def one(self, company_id: CompanyId, client_id: ClientId) -> Known:
        client = self._store.clients.get(client_id)
        if client is None or client.company_id != company_id or client.merged_into is not None:
            raise ClientNotFound()
        chats = self._store.chats.where("client", (company_id, client_id))
        return Known(
            card=msgspec.json.encode(client_card(client, version=client.version)),
            hints=hints_of(client),
            integrations=frozenset(chat.integration_id for chat in chats),
        )

    async def merges(self, company_id: CompanyId, client_id: ClientId, *, after: Cursor | None, limit: int) -> JsonPage:
        (end,) = place_in(after, UUID) if after else (UUID(int=0),)
        rows = sorted(self._store.merges.rows.values(), key=lambda merge: merge.id)
        mine = [
            each for each in rows if each.company_id == company_id and client_id in (each.client_id, each.absorbed_id)
        ]
        following = [each for each in mine if each.id > UUID(str(end))]
        return page_of(following, limit, lambda each: _merge(each, client_id), lambda each: [str(each.id)])

    async def charges(self, company_id: CompanyId, chat_id: ChatId, *, after: Cursor | None, limit: int) -> JsonPage:
        (end,) = place_in(after, int) if after else (0,)
        usage = self._store.usage.get(company_id, {})
        rows = [row for row in self._store.messages.where("chat", chat_id) if row.message.company_id == company_id]
        said = [
            (r.message, usage.get((r.integration_id, r.message.provider_id or "")))
            for r in rows
            if r.message.is_outbound
        ]
        charged = sorted(((one, each) for one, each in said if each), key=lambda pair: pair[0].seq)
        following = [pair for pair in charged if pair[0].seq > int(str(end))]
        return page_of(following, limit, lambda pair: _charge(*pair), lambda pair: [str(pair[0].seq)])


def _merge(merge: Merge, of: ClientId) -> Document:
    is_theirs = merge.undone_at is None or merge.absorbed_id == of
    return {
        "id": merge.id,
        "at": time_shown(merge.at),
        "undoneAt": time_shown(merge.undone_at),
        "clientId": merge.client_id,
        "absorbedId": merge.absorbed_id,
        "absorbed": portrait_shown(merge.absorbed) if is_theirs else None,
    }


def _charge(message: Message, counted: Counted) -> Document:
    charge = counted.charge
    price = charge.price
    return {
        "messageId": message.id,
        "at": time_shown(charge.at),
        "category": price.category,
        "kind": price.kind,
        "country": charge.country,
        "cost": None if price.amount is None else money_document(Money(price.amount, price.currency)),
    }
