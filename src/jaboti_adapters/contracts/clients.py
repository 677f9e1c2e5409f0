"""What a store of clients promises."""

import pytest

from jaboti_adapters.contracts.builders import a_client, a_phone
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.client.document import Document
from jaboti_domain.client.errors import ClientExists, ClientNotFound
from jaboti_domain.client.identity import ChannelIdentity
from jaboti_domain.client.model import Client
from jaboti_domain.kernel.ids import ClientId, new_id


class ClientRepositoryContract(BackendContract):
    """Clients are kept whole, and found by each of their names."""

    async def test_a_client_comes_back_equal(self, scene: Scene) -> None:
        client = a_client(scene.company_id, "Zé")
        client.document, client.email = Document.parse("111.444.777-35"), "ze@example.com"
        client.attributes = {"plano": "ouro"}
        client.identities += (ChannelIdentity.of_cloud_user("BR.abc"), ChannelIdentity.of_lid("998"))
        await scene.keep(client)
        assert await _get(scene, client.id) == client

    async def test_an_unknown_client_is_refused(self, scene: Scene) -> None:
        with pytest.raises(ClientNotFound):
            await _get(scene, ClientId(new_id()))

    async def test_another_companys_client_is_not_there(self, scene: Scene) -> None:
        other = await Scene.set_in(scene.backend)
        async with other.uow() as uow:
            assert await uow.clients.find([scene.maria.id]) == {}
            assert list(await uow.clients.find_by_identities(scene.maria.identities)) == []
            with pytest.raises(ClientNotFound):
                await uow.clients.get(scene.maria.id)

    async def test_find_gives_those_that_exist(self, scene: Scene) -> None:
        async with scene.uow() as uow:
            assert await uow.clients.find([scene.maria.id, ClientId(new_id())]) == {scene.maria.id: scene.maria}
            assert await uow.clients.find([]) == {}

    async def test_a_client_is_found_once_by_any_of_their_names(self, scene: Scene) -> None:
        names = (ChannelIdentity.of_phone(a_phone()), ChannelIdentity.of_cloud_user("BR.xyz"))
        client = Client.register(company_id=scene.company_id, name="Rui", identities=names, at=scene.now())
        await scene.keep(client)
        async with scene.uow() as uow:
            assert list(await uow.clients.find_by_identities(names)) == [client]
            assert list(await uow.clients.find_by_identities(names[1:])) == [client]
            assert list(await uow.clients.find_by_identities([])) == []

    async def test_names_are_compared_without_the_address(self, scene: Scene) -> None:
        client = await scene.a_client(phone="5541988887777")
        async with scene.uow() as uow:
            assert list(await uow.clients.find_by_identities([ChannelIdentity.of_phone("554188887777")])) == [client]

    async def test_the_same_key_of_another_kind_is_another_name(self, scene: Scene) -> None:
        phone = scene.maria.identities[0]
        async with scene.uow() as uow:
            assert list(await uow.clients.find_by_identities([ChannelIdentity.of_lid(phone.key)])) == []

    async def test_two_clients_never_share_a_name(self, scene: Scene) -> None:
        with pytest.raises(ClientExists):
            await scene.a_client(phone=scene.maria.identities[0].address)

    async def test_two_new_clients_of_one_unit_never_share_a_name(self, scene: Scene) -> None:
        phone = a_phone()
        with pytest.raises(ClientExists):
            await scene.keep(a_client(scene.company_id, phone=phone), a_client(scene.company_id, phone=phone))

    async def test_two_companies_may_know_the_same_person(self, scene: Scene) -> None:
        other = await Scene.set_in(scene.backend)
        await other.a_client(phone=scene.maria.identities[0].address)

    async def test_a_name_passes_from_one_client_to_another_in_one_unit(self, scene: Scene) -> None:
        absorbed = await scene.a_client()
        names = scene.maria.identities + absorbed.identities
        scene.maria.absorb([absorbed], at=scene.now())
        await scene.keep(scene.maria, absorbed)
        async with scene.uow() as uow:
            assert list(await uow.clients.find_by_identities(names)) == [scene.maria]
        assert (await _get(scene, scene.maria.id)).identities == names

    async def test_a_merged_client_is_found_by_its_id_alone(self, scene: Scene) -> None:
        absorbed = await scene.a_client()
        scene.maria.absorb([absorbed], at=scene.now())
        await scene.keep(absorbed, scene.maria)
        assert (await _get(scene, absorbed.id)).merged_into == scene.maria.id

    async def test_a_name_that_was_given_up_is_free(self, scene: Scene) -> None:
        (old,) = scene.maria.identities
        scene.maria.move(old=[old], new=[ChannelIdentity.of_phone(a_phone())], at=scene.now())
        await scene.keep(scene.maria)
        heir = await scene.a_client(phone=old.address)
        async with scene.uow() as uow:
            assert list(await uow.clients.find_by_identities([old])) == [heir]


async def _get(scene: Scene, client_id: ClientId) -> Client:
    async with scene.uow() as uow:
        return await uow.clients.get(client_id)
