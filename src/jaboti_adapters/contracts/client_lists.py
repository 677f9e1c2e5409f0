"""What lists of clients promise: who is found by what, in which order, page by page."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from jaboti_adapters.contracts.builders import an_inbound
from jaboti_adapters.contracts.chat_documents import wire
from jaboti_adapters.contracts.merges import keep_merge
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.client.details import Contact, ContactKind, Details
from jaboti_domain.client.document import Document
from jaboti_domain.client.errors import ClientNotFound
from jaboti_domain.client.model import Client
from jaboti_domain.client.phone import Phone
from jaboti_domain.client.queries import ClientFilter
from jaboti_domain.kernel.errors import InvalidCursor
from jaboti_domain.kernel.ids import ChatId, ClientId, new_id
from jaboti_domain.kernel.paging import Cursor

ANTONIA = Details(
    name="Antônia D'Ávila Conceição",
    phone=Phone("+5541987654321"),
    document=Document.parse("111.444.777-35"),
    email="tonha.davila@example.com",
    contacts=(
        Contact(ContactKind.PHONE, "+551133224455", "loja"),
        Contact(ContactKind.EMAIL, "compras@exemplo.net"),
        Contact(ContactKind.OTHER, "Banca 12, ramal 77-81"),
    ),
    attributes={"plano": "ouro"},
)


class ClientListsContract(BackendContract):
    """Clients by name; a search finds any part of a word, and any run of four digits."""

    async def test_a_client_is_shown_whole(self, scene: Scene) -> None:
        client = await enter(scene, ANTONIA)
        assert json.loads(await scene.backend.client_reads.one(scene.company_id, client.id)) == {
            "id": str(client.id),
            "companyId": str(scene.company_id),
            "name": "Antônia D'Ávila Conceição",
            "document": {"kind": "CPF", "number": "11144477735", "masked": "111.444.777-35"},
            "phone": "+5541987654321",
            "email": "tonha.davila@example.com",
            "contacts": [
                {"kind": "phone", "value": "+551133224455", "label": "loja"},
                {"kind": "email", "value": "compras@exemplo.net", "label": ""},
                {"kind": "other", "value": "Banca 12, ramal 77-81", "label": ""},
            ],
            "attributes": {"plano": "ouro"},
            "identities": [{"kind": "PHONE", "address": "5541987654321"}],
            "blocked": False,
            "createdAt": wire(client.created_at),
            "updatedAt": wire(client.updated_at),
            "version": 1,
        }

    async def test_who_is_gone_or_another_companys_is_not_there(self, scene: Scene) -> None:
        elsewhere, removed, merged = await Scene.set_in(scene.backend), await scene.a_client(), await scene.a_client()
        removed.remove(at=scene.now())
        await scene.keep(removed)
        await keep_merge(scene, scene.maria, merged)
        for client_id in (elsewhere.maria.id, removed.id, merged.id, ClientId(new_id())):
            with pytest.raises(ClientNotFound):
                await scene.backend.client_reads.one(scene.company_id, client_id)
        assert await listed(scene) == [scene.maria.id]
        assert await listed(scene, search="joao") == []

    async def test_clients_come_by_name_without_accents_and_case_then_by_id(self, scene: Scene) -> None:
        names = ["Zoé", "ábia", "Abel", "abel", "Ébano", "Maria"]
        clients = [scene.maria if name == "Maria" else await scene.a_client(name) for name in names]
        expected = sorted(clients, key=lambda c: (["abel", "abia", "ebano", "maria", "zoe"].index(plain(c)), c.id))
        assert await listed(scene) == [client.id for client in expected]

    @pytest.mark.parametrize(
        "search",
        [
            "antonia", "ANTÔNIA", "tôni", "t", "d'avila", "avila con", "conceicao antonia", "tonha.davila@example.com",
            "davila@ex", "4321", "98765-4321", "+55 (41) 98765-4321", "5541 9876", "4187654321", "111.444", "4477",
            "777-35", "3322-4455", "compras@", "banca", "ramal 7781", "antonia 98765", "ávila 44777",
        ],
    )  # fmt: skip
    async def test_a_search_finds(self, scene: Scene, search: str) -> None:
        client = await enter(scene, ANTONIA)
        assert client.id in await listed(scene, search=search)

    @pytest.mark.parametrize(
        "search",
        [
            "antonio", "antonia silva", "432", "555", "9999", "%", "_", "\\", "ant%nia", "a_tonia", "' OR 1=1--",
            "(a+)+$", "🎉", "%" * 5000, "\u0301" * 1000, "ouro", "antonia%souza", "antonia,", "conceicaoantonia",
        ],
    )  # fmt: skip
    async def test_a_search_finds_nothing_else(self, scene: Scene, search: str) -> None:
        await enter(scene, ANTONIA)
        assert await listed(scene, search=search) == []

    async def test_a_condition_looks_in_its_own_field(self, scene: Scene) -> None:
        client = await enter(scene, ANTONIA)
        found = {"name": "avila", "document": "4447", "phone": "9876", "email": "davila"}
        missed = {"name": "tonha", "document": "9876", "phone": "4447", "email": "conceicao"}
        assert [await listed(scene, **{field: text}) for field, text in found.items()] == [[client.id]] * 4
        assert [await listed(scene, **{field: text}) for field, text in missed.items()] == [[]] * 4
        assert await listed(scene, name="antonia", email="example.com", phone="3322") == [client.id]
        assert await listed(scene, name="antonia", email="example.com", phone="9999") == []

    async def test_who_begins_with_what_was_typed_comes_first(self, scene: Scene) -> None:
        names = ["Joana", "Ana Zuleica", "Ana", "Bruna Ana", "Anabela"]
        ids = {name: (await scene.a_client(name)).id for name in names}
        assert await listed(scene, search="aná") == [
            ids[name] for name in ("Ana", "Ana Zuleica", "Anabela", "Bruna Ana", "Joana")
        ]

    async def test_pages_follow_one_another_over_both_ranks(self, scene: Scene) -> None:
        names = ["Joana", "Ana Zuleica", "Ana", "Bruna Ana", "Anabela", "Ana", "Rosana"]
        for name in names:
            await scene.a_client(name)
        whole = await listed(scene, search="ana")
        for limit in (1, 2, 3, 7):
            assert await pages(scene, ClientFilter(search="ana"), limit=limit) == whole
        assert await pages(scene, ClientFilter(), limit=2) == await listed(scene)

    @pytest.mark.parametrize("key", [[], ["2", "ana", str(new_id())], ["1", "ana", "x"], ["1", "ana"]])
    async def test_a_cursor_of_another_list_is_refused(self, scene: Scene, key: list[str]) -> None:
        with pytest.raises(InvalidCursor):
            await scene.backend.client_reads.page(scene.company_id, where=ClientFilter(), after=Cursor(key), limit=2)

    async def test_a_client_is_found_by_what_they_are_called_now(self, scene: Scene) -> None:
        client = await enter(scene, ANTONIA)
        client.describe(Details(name="Zenaide"), at=scene.now())
        await scene.keep(client)
        assert await listed(scene, search="zenai") == [client.id]
        assert await listed(scene, search="conceicao") == await listed(scene, search="98765") == []

    async def test_a_sheet_holds_every_client_by_id(self, scene: Scene) -> None:
        client = await enter(scene, ANTONIA)
        reads = scene.backend.client_reads
        assert await reads.attribute_names(scene.company_id) == ["plano"]
        first = await reads.details_after(scene.company_id, None, limit=1)
        assert first == [(scene.maria.id, scene.maria.details)]
        assert await reads.details_after(scene.company_id, first[0][0], limit=9) == [(client.id, client.details)]

    async def test_a_history_tells_chats_and_messages_newest_first(self, scene: Scene) -> None:
        at = scene.now() - timedelta(hours=1)
        old, new = await scene.a_chat(scene.maria, at=at), await _ended_and_new(scene, at)
        items = await history(scene, scene.maria.id)
        assert [(item["type"], item["at"]) for item in items] == [
            ("message", wire(at + timedelta(minutes=5))),
            ("chat", wire(at + timedelta(minutes=4))),
            ("message", wire(at)),
            ("chat", wire(at)),
        ]
        reads = scene.backend.chat_reads
        assert items[1]["chat"] == json.loads(await reads.one(scene.company_id, new))
        assert items[3]["chat"] == json.loads(await reads.one(scene.company_id, old.id))
        (message,) = json.loads(await reads.messages(scene.company_id, old.id, before=None, after=None, limit=9))
        assert items[2]["message"] == message

    async def test_a_history_is_of_one_client_who_is_there(self, scene: Scene) -> None:
        await scene.a_chat(await scene.a_client())
        elsewhere = await Scene.set_in(scene.backend)
        assert await history(scene, scene.maria.id) == []
        for client_id in (elsewhere.maria.id, ClientId(new_id())):
            with pytest.raises(ClientNotFound):
                await history(scene, client_id)


async def enter(scene: Scene, details: Details) -> Client:
    """A client with these details."""
    client = Client.enter(details, company_id=scene.company_id, at=scene.now())
    await scene.keep(client)
    return client


async def listed(scene: Scene, **where: str) -> list[ClientId]:
    """Who is shown."""
    page = await scene.backend.client_reads.page(scene.company_id, where=ClientFilter(**where), after=None, limit=200)
    return [ClientId(UUID(client["id"])) for client in json.loads(page.items)]


async def pages(scene: Scene, where: ClientFilter, *, limit: int) -> list[ClientId]:
    """Who is shown, page by page."""
    seen, after = list[ClientId](), None
    while True:
        page = await scene.backend.client_reads.page(scene.company_id, where=where, after=after, limit=limit)
        seen += [ClientId(UUID(client["id"])) for client in json.loads(page.items)]
        after = page.next
        if after is None:
            return seen


async def history(scene: Scene, client_id: ClientId) -> Sequence[dict[str, object]]:
    """A client's, read two by two."""
    seen, after = list[dict[str, object]](), None
    while True:
        page = await scene.backend.chat_reads.history(scene.company_id, client_id, after=after, limit=2)
        seen += json.loads(page.items)
        after = page.next
        if after is None:
            return seen


def plain(client: Client) -> str:
    """What a client of these tests is put in order by."""
    return client.name.lower().replace("á", "a").replace("é", "e")


async def _ended_and_new(scene: Scene, at: datetime) -> ChatId:
    async with scene.uow() as uow:
        (chat,) = await uow.chats.find_of_client([scene.maria.id])
        chat.receive(an_inbound("Oi", at=at), at=at)
        chat.end(None, reason="", at=at + timedelta(minutes=1))
        await uow.chats.save(chat)
        await uow.commit()
    new = await scene.a_chat(scene.maria, at=at + timedelta(minutes=4))
    async with scene.change(new.id) as changed:
        changed.receive(an_inbound("Voltei"), at=at + timedelta(minutes=5))
    return new.id
