"""What a store of merges promises."""

from collections.abc import Sequence

import pytest

from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.client.details import Contact, ContactKind
from jaboti_domain.client.document import Document
from jaboti_domain.client.errors import DocumentTaken
from jaboti_domain.client.identity import ChannelIdentity
from jaboti_domain.client.merging import Merge
from jaboti_domain.client.model import Client
from jaboti_domain.kernel.ids import ChatId, ClientId, new_id

CPF = Document.parse("111.444.777-35")


class MergeRepositoryContract(BackendContract):
    """What two clients were before a merge is kept whole, and found by the two."""

    async def test_a_merge_comes_back_equal(self, scene: Scene) -> None:
        other = await _rich(scene)
        (merge,) = await keep_merge(scene, scene.maria, other, chats=[ChatId(new_id())])
        assert await _last(scene, scene.maria.id, other.id) == merge
        assert merge.absorbed.details.document == CPF

    async def test_another_pair_and_another_company_have_none(self, scene: Scene) -> None:
        other, elsewhere = await scene.a_client(), await Scene.set_in(scene.backend)
        await keep_merge(scene, scene.maria, other)
        assert await _last(scene, other.id, scene.maria.id) is None
        assert await _last(elsewhere, scene.maria.id, other.id) is None

    async def test_the_last_one_that_stands_is_found(self, scene: Scene) -> None:
        other = await scene.a_client()
        (first,) = await keep_merge(scene, scene.maria, other)
        await _undo(scene, scene.maria.id, other.id)
        assert await _last(scene, scene.maria.id, other.id) is None
        (second,) = await keep_merge(scene, await _get(scene, scene.maria.id), await _get(scene, other.id))
        assert (await _last(scene, scene.maria.id, other.id) or first).id == second.id

    async def test_a_document_passes_over_in_a_merge_and_back(self, scene: Scene) -> None:
        other = await _rich(scene)
        await keep_merge(scene, scene.maria, other)
        assert (await _get(scene, scene.maria.id)).document == CPF
        await _undo(scene, scene.maria.id, other.id)
        parted = await _get(scene, other.id)
        assert (parted.document, parted.merged_into, parted.email) == (CPF, None, "ze@example.com")
        assert (await _get(scene, scene.maria.id)).document is None

    async def test_two_clients_never_share_a_document(self, scene: Scene) -> None:
        await _rich(scene)
        scene.maria.document = CPF
        with pytest.raises(DocumentTaken):
            await scene.keep(scene.maria)

    async def test_the_document_of_one_who_was_removed_is_free(self, scene: Scene) -> None:
        gone = await _rich(scene)
        gone.remove(at=scene.now())
        scene.maria.document = CPF
        await scene.keep(gone, scene.maria)


async def keep_merge(scene: Scene, stays: Client, other: Client, *, chats: Sequence[ChatId] = ()) -> Sequence[Merge]:
    """Merge two clients, in one unit."""
    merges = stays.absorb([other], at=scene.now())
    for merge in merges:
        merge.took_chats(chats)
    async with scene.uow() as uow:
        await uow.clients.save(stays, other)
        await uow.merges.save(*merges)
        await uow.commit()
    return merges


async def _undo(scene: Scene, client_id: ClientId, other_id: ClientId) -> None:
    async with scene.uow() as uow:
        client, other = await uow.clients.get(client_id), await uow.clients.get(other_id)
        merge = await uow.merges.find_last(client_id, other_id)
        assert merge is not None
        names = client.give_back(merge, at=scene.now())
        other.revive(merge, identities=names, document_is_free=True, at=scene.now())
        merge.undo(at=scene.now())
        await uow.clients.save(client, other)
        await uow.merges.save(merge)
        await uow.commit()


async def _rich(scene: Scene) -> Client:
    client = await scene.a_client("Zé")
    client.document, client.email, client.attributes = CPF, "ze@example.com", {"plano": "ouro"}
    client.contacts = (Contact(ContactKind.OTHER, "@ze", "rede"),)
    client.identities += (ChannelIdentity.of_lid("998"),)
    client.block(at=scene.now())
    await scene.keep(client)
    return client


async def _last(scene: Scene, client_id: ClientId, other_id: ClientId) -> Merge | None:
    async with scene.uow() as uow:
        return await uow.merges.find_last(client_id, other_id)


async def _get(scene: Scene, client_id: ClientId) -> Client:
    async with scene.uow() as uow:
        return await uow.clients.get(client_id)
