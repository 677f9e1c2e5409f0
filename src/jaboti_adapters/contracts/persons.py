"""What reads for the person themselves promise."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from jaboti_adapters.contracts.builders import a_call, a_charge
from jaboti_adapters.contracts.chat_documents import wire
from jaboti_adapters.contracts.merges import keep_merge
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.chat.model import Chat
from jaboti_domain.client.errors import ClientNotFound
from jaboti_domain.client.model import Client
from jaboti_domain.client.phone import Phone
from jaboti_domain.integration.content import Text
from jaboti_domain.integration.queries import CallFilter
from jaboti_domain.kernel.errors import InvalidCursor
from jaboti_domain.kernel.ids import ClientId, IntegrationId, new_id
from jaboti_domain.kernel.paging import Cursor, JsonPage

Page = Callable[[Cursor | None], Awaitable[JsonPage]]


class PersonReadsContract(BackendContract):
    """What is held on a person is found, also where no screen shows it."""

    async def test_a_client_is_found_with_what_the_call_log_may_know_them_by(self, scene: Scene) -> None:
        client = await scene.a_client(phone="+5541988881234")
        await scene.a_chat(client)
        known = await scene.backend.person_reads.one(scene.company_id, client.id)
        assert known.card == await scene.backend.client_reads.one(scene.company_id, client.id)
        assert (known.hints, known.integrations) == (
            frozenset({"…1234"}),
            frozenset({scene.integration.id}),
        )

    async def test_who_was_removed_is_held_too(self, scene: Scene) -> None:
        client = await scene.a_client("João")
        client.phone = Phone("+5541988881234")
        client.remove(at=scene.now())
        await scene.keep(client)
        known = await scene.backend.person_reads.one(scene.company_id, client.id)
        assert (json.loads(known.card)["name"], known.hints) == ("João", frozenset({"…1234"}))

    async def test_who_lives_on_in_another_or_is_elsewhere_or_nowhere_is_not_found(self, scene: Scene) -> None:
        other, elsewhere = await scene.a_client(), await Scene.set_in(scene.backend)
        await keep_merge(scene, scene.maria, other)
        for client_id in (other.id, elsewhere.maria.id, ClientId(new_id())):
            with pytest.raises(ClientNotFound):
                await scene.backend.person_reads.one(scene.company_id, client_id)

    async def test_merges_are_listed_with_who_was_absorbed(self, scene: Scene) -> None:
        others = [await scene.a_client(name) for name in ("João", "Zé", "Rui")]
        for other in others:
            async with scene.uow() as uow:
                maria = (await uow.clients.find([scene.maria.id]))[scene.maria.id]
            await keep_merge(scene, maria, other)
        merges = await listed(scene, scene.maria.id)
        assert [merge["absorbed"]["name"] for merge in merges] == ["João", "Zé", "Rui"]
        assert {merge["clientId"] for merge in merges} == {str(scene.maria.id)}
        assert [merge["absorbedId"] for merge in merges] == [str(other.id) for other in others]
        assert [merge["undoneAt"] for merge in merges] == [None] * 3

    async def test_who_is_somebody_else_again_is_not_told_of(self, scene: Scene) -> None:
        other = await scene.a_client("João")
        await keep_merge(scene, scene.maria, other)
        async with scene.uow() as uow:
            merge = await uow.merges.find_last(scene.maria.id, other.id)
            assert merge
            merge.undo(at=scene.now())
            await uow.merges.save(merge)
            await uow.commit()
        (told,) = await listed(scene, scene.maria.id)
        assert (told["absorbed"], told["undoneAt"]) == (None, wire(merge.undone_at or scene.now()))
        (own,) = await listed(scene, other.id)
        assert own["absorbed"]["name"] == "João"

    async def test_what_the_messages_of_a_chat_cost_is_listed_in_their_order(self, scene: Scene) -> None:
        chat, other = await written(scene, "a", "b", "c"), await written(scene, "d")
        charges = [
            a_charge(one, amount, provider_id=name)
            for one, name, amount in ((chat, "c", "0.1"), (chat, "a", None), (chat, "b", "0.25"), (other, "d", "9"))
        ]
        async with scene.uow() as uow:
            await uow.usage.add(*charges)
            await uow.commit()
        found = await everything(lambda after: scene.backend.person_reads.charges(
            scene.company_id, chat.id, after=after, limit=2
        ))  # fmt: skip
        assert [charge["cost"] for charge in found] == [
            None,
            {"amount": "0.250000", "currency": "USD"},
            {"amount": "0.100000", "currency": "USD"},
        ]
        assert (found[1]["category"], found[1]["kind"], found[1]["country"]) == ("utility", "regular", "BR")
        assert found[1]["at"] == wire(charges[2].at)

    async def test_another_companys_are_not_listed(self, scene: Scene) -> None:
        elsewhere = await Scene.set_in(scene.backend)
        chat = await written(scene, "a")
        async with scene.uow() as uow:
            await uow.usage.add(a_charge(chat, provider_id="a"))
            await uow.commit()
        await keep_merge(scene, scene.maria, await scene.a_client())
        assert await listed(elsewhere, scene.maria.id) == []
        page = await elsewhere.backend.person_reads.charges(elsewhere.company_id, chat.id, after=None, limit=9)
        assert page == JsonPage(b"[]", None)

    @pytest.mark.parametrize("key", [[], ["x"], ["1", "2"]])
    async def test_a_cursor_of_another_list_is_refused(self, scene: Scene, key: list[str]) -> None:
        chat, reads = await scene.a_chat(), scene.backend.person_reads
        with pytest.raises(InvalidCursor):
            await reads.merges(scene.company_id, scene.maria.id, after=Cursor(key), limit=2)
        with pytest.raises(InvalidCursor):
            await reads.charges(scene.company_id, chat.id, after=Cursor(key), limit=2)

    async def test_calls_are_found_by_the_end_of_a_phone(self, scene: Scene) -> None:
        other = await scene.an_integration()
        for integration in (scene.integration, other):
            scene.backend.call_log.note(a_call(integration))
        await scene.backend.call_log.flush()
        assert await called(scene, peers=["…7777"]) == 2
        assert await called(scene, peers=["…7777"], integrations=[other.id]) == 1
        assert await called(scene, peers=["…7778"]) == await called(scene, peers=[]) == 0


async def called(scene: Scene, *, peers: list[str], integrations: list[IntegrationId] | None = None) -> int:
    """How many calls there were."""
    where = CallFilter(peers=peers, integrations=integrations)
    page = await scene.backend.call_reads.page(scene.company_id, where=where, after=None, limit=9)
    return len(json.loads(page.items))


async def written(scene: Scene, *names: str, client: Client | None = None) -> Chat:
    """A chat in which we wrote messages that the platform calls so."""
    chat = await scene.a_chat(client, attendant=scene.ana)
    async with scene.change(chat.id) as changed:
        said = [changed.send(scene.ana, Text(body=name), at=scene.now()).id for name in names]
    for message_id, name in zip(said, names, strict=True):
        async with scene.change_message(message_id) as message:
            message.accepted(name, at=scene.now())
    return chat


async def listed(scene: Scene, client_id: ClientId) -> list[dict[str, Any]]:
    """The client's merges."""
    reads = scene.backend.person_reads
    return await everything(lambda after: reads.merges(scene.company_id, client_id, after=after, limit=2))


async def everything(page: Page) -> list[dict[str, Any]]:
    """All pages."""
    found = await page(None)
    items: list[dict[str, Any]] = json.loads(found.items)
    while found.next is not None:
        found = await page(found.next)
        items += json.loads(found.items)
    return items
