"""Lists of clients."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from attrs import frozen

from jaboti_adapters.memory.places import page_of, place_in
from jaboti_adapters.memory.store import MemoryStore
from jaboti_adapters.showing import client_card
from jaboti_domain.client.details import Details
from jaboti_domain.client.errors import ClientNotFound
from jaboti_domain.client.model import Client
from jaboti_domain.client.queries import ClientFilter, ClientReads
from jaboti_domain.client.search import NAME_KEY, holds, name_key
from jaboti_domain.kernel.folding import folded
from jaboti_domain.kernel.ids import ClientId, CompanyId
from jaboti_domain.kernel.paging import Cursor, Json, JsonPage

Place = tuple[bool, str, UUID]


@frozen
class MemoryClientReads(ClientReads):
    """Always of this moment."""

    _store: MemoryStore

    async def page(self, company_id: CompanyId, *, where: ClientFilter, after: Cursor | None, limit: int) -> JsonPage:
        end = place_in(after, _rank, str, UUID) if after else None
        parts, typed = where.parts, folded(where.typed_name or "")[:NAME_KEY]
        if parts is None:
            return JsonPage(b"[]", None)

        def place(client: Client) -> Place:
            key = name_key(client.name)
            return not (typed and key.startswith(typed)), key, client.id

        found = [client for client in self._living(company_id) if holds(parts, client.sought)]
        following = sorted((one for one in found if end is None or place(one) > end), key=place)
        return page_of(following, limit, _card, lambda one: [str(int(place(one)[0])), place(one)[1], str(one.id)])

    async def one(self, company_id: CompanyId, client_id: ClientId) -> Json:
        client = self._store.clients.get(client_id)
        if client is None or client.company_id != company_id or client.is_gone:
            raise ClientNotFound()
        return msgspec.json.encode(_card(client))

    async def attribute_names(self, company_id: CompanyId) -> Sequence[str]:
        return sorted({name for client in self._living(company_id) for name in client.attributes})

    async def details_after(
        self, company_id: CompanyId, after: ClientId | None, *, limit: int
    ) -> Sequence[tuple[ClientId, Details]]:
        clients = sorted(self._living(company_id), key=lambda client: client.id)
        return [(one.id, one.details) for one in clients if after is None or one.id > after][:limit]

    def _living(self, company_id: CompanyId) -> Sequence[Client]:
        return [client for client in self._store.clients.where("company", company_id) if not client.is_gone]


def _card(client: Client) -> dict[str, object]:
    return client_card(client, version=client.version)


def _rank(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError(text)
    return text == "1"
