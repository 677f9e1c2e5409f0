"""What is promised to those who ask for the same again."""

import asyncio
from contextlib import suppress
from uuid import UUID

import pytest
from attrs import evolve

from jaboti_adapters.contracts.builders import a_client
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.client.errors import ClientNotFound
from jaboti_domain.client.model import Client
from jaboti_domain.integration.content import Text
from jaboti_domain.kernel.commands import CommandInProgress, CommandKey, CommandNote, CommandRepeated, under_way


class CommandContract(BackendContract):
    """A command is noted with what it does: both are there, or neither."""

    async def test_what_was_done_is_noted_with_what_it_made(self, scene: Scene) -> None:
        key = a_key(scene)
        assert await scene.backend.command_log.find(key) is None
        client = await _carried_out(scene, key)
        assert await scene.backend.command_log.find(key) == _note(key, client.id)

    async def test_a_repetition_does_nothing(self, scene: Scene) -> None:
        key = a_key(scene)
        await _carried_out(scene, key)
        again = a_client(scene.company_id)
        with pytest.raises(CommandRepeated):
            await _carried_out(scene, key, again)
        assert not await _exists(scene, again)

    async def test_what_was_refused_may_be_tried_again(self, scene: Scene) -> None:
        key = a_key(scene)
        with suppress(ZeroDivisionError), under_way(key):
            async with scene.uow() as uow:
                await uow.clients.save(a_client(scene.company_id))
                raise ZeroDivisionError
        assert await scene.backend.command_log.find(key) is None
        assert await _exists(scene, await _carried_out(scene, key))

    async def test_however_many_ask_at_once_it_is_done_once(self, scene: Scene) -> None:
        key, clients = a_key(scene), [a_client(scene.company_id) for _ in range(8)]
        outcomes = await asyncio.gather(*(_carried_out(scene, key, each) for each in clients), return_exceptions=True)
        assert sum(isinstance(each, Client) for each in outcomes) == 1
        assert all(isinstance(each, Client | CommandRepeated | CommandInProgress) for each in outcomes)
        assert sum([await _exists(scene, client) for client in clients]) == 1

    async def test_a_command_of_several_units_is_noted_by_the_first(self, scene: Scene) -> None:
        key = a_key(scene)
        with under_way(key):
            first = await _kept(scene, a_client(scene.company_id))
            second = await _kept(scene, a_client(scene.company_id))
        assert await scene.backend.command_log.find(key) == _note(key, first.id)
        assert await _exists(scene, second)

    async def test_other_users_and_companies_have_keys_of_their_own(self, scene: Scene) -> None:
        key, other = a_key(scene), await Scene.set_in(scene.backend)
        await _carried_out(scene, key)
        await _carried_out(scene, evolve(key, user_id=scene.bia.user_id))
        await _carried_out(other, evolve(key, company_id=other.company_id))

    async def test_what_is_done_for_another_company_meanwhile_is_not_noted(self, scene: Scene) -> None:
        key, other = a_key(scene), await Scene.set_in(scene.backend)
        with under_way(key):
            await _kept(other, a_client(other.company_id))
        assert await scene.backend.command_log.find(key) is None

    async def test_the_first_answer_stays(self, scene: Scene) -> None:
        key = a_key(scene)
        client = await _carried_out(scene, key)
        for answer in (b"\x00first", b"second"):
            await scene.backend.command_log.keep_answer(key, answer)
        assert await scene.backend.command_log.find(key) == _note(key, client.id, answer=b"\x00first")

    async def test_an_answer_to_nothing_is_not_kept(self, scene: Scene) -> None:
        await scene.backend.command_log.keep_answer(a_key(scene), b"answer")
        assert await scene.backend.command_log.find(a_key(scene)) is None

    async def test_a_message_is_what_sending_it_made(self, scene: Scene) -> None:
        chat, key = await scene.a_chat(attendant=scene.ana), a_key(scene)
        with under_way(key):
            async with scene.change(chat.id) as changed:
                message = changed.send(scene.ana, Text(body="Olá"), at=scene.now())
        assert await scene.backend.command_log.find(key) == _note(key, message.id)


def a_key(scene: Scene, key: str = "k-1") -> CommandKey:
    """A command of Ana's."""
    return CommandKey(company_id=scene.company_id, user_id=scene.ana.user_id, key=key, fingerprint=b"\x00f")


def _note(key: CommandKey, subject: UUID, answer: bytes | None = None) -> CommandNote:
    return CommandNote(fingerprint=key.fingerprint, subject=subject, answer=answer)


async def _carried_out(scene: Scene, key: CommandKey, client: Client | None = None) -> Client:
    with under_way(key):
        return await _kept(scene, client or a_client(scene.company_id))


async def _kept(scene: Scene, client: Client) -> Client:
    await scene.keep(client)
    return client


async def _exists(scene: Scene, client: Client) -> bool:
    async with scene.uow() as uow:
        try:
            return (await uow.clients.get(client.id)).id == client.id
        except ClientNotFound:
            return False
