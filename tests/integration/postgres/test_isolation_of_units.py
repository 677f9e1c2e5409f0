"""Units of work share connections and nothing else, whatever happens to one of them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from jaboti_adapters.channels.remembered import RememberedTemplates
from jaboti_adapters.contracts.builders import a_client, an_inbound
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.postgres.embedded import EmbeddedPostgres
from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.pool import Link
from jaboti_domain.chat.errors import ChatNotFound
from jaboti_domain.chat.ports import Settlement
from jaboti_domain.chat.use_cases.attend import SendMessage
from jaboti_domain.integration.content import Text
from jaboti_domain.kernel.errors import Refusal, Unavailable
from jaboti_domain.kernel.ids import ChatId
from tests.integration.postgres.on_postgres import postgres_backend

if TYPE_CHECKING:
    import asyncpg

    Connection = asyncpg.Connection[asyncpg.Record]


@pytest.fixture
async def narrow(database: Database, postgres: EmbeddedPostgres) -> AsyncIterator[Scene]:
    """A company whose store has two connections."""
    async with Database.open(postgres.app_url, size=2) as two:
        yield await Scene.set_in(postgres_backend(two))


class TestConnections:
    """They are few, and handed from one unit to the next."""

    async def test_each_unit_sees_its_own_company_on_a_connection_that_others_had(self, narrow: Scene) -> None:
        scenes = [narrow, *[await Scene.set_in(narrow.backend) for _ in range(3)]]
        chats = [await scene.a_chat() for scene in scenes]
        turns = [(scene, chat.id) for scene in scenes for chat in chats] * 3
        seen = await asyncio.gather(*(_sees(scene, chat_id) for scene, chat_id in turns))
        assert seen == [scene is owner for scene in scenes for owner in scenes] * 3

    async def test_whoever_writes_while_others_wait_writes_for_their_own_company(self, narrow: Scene) -> None:
        scenes = [narrow, *[await Scene.set_in(narrow.backend) for _ in range(3)]]
        chats = [await scene.a_chat() for scene in scenes]
        await asyncio.gather(*(_receives(s, c.id) for _ in range(5) for s, c in zip(scenes, chats, strict=True)))
        assert [(await s.chat(c.id)).last_seq for s, c in zip(scenes, chats, strict=True)] == [5] * 4

    async def test_who_finds_none_in_time_is_told_so(self, narrow: Scene) -> None:
        async with narrow.uow(), narrow.uow():
            with pytest.raises(Unavailable):
                await narrow.chat(ChatId(narrow.company_id))
        assert await _sees(narrow, (await narrow.a_chat()).id)

    async def test_a_cancelled_unit_leaves_its_place_and_no_lock(self, narrow: Scene) -> None:
        chat = await narrow.a_chat()
        async with narrow.change(chat.id):
            waiting = [asyncio.create_task(narrow.chat(chat.id)) for _ in range(4)]
            await asyncio.sleep(0.05)
            for task in waiting:
                task.cancel()
            await asyncio.wait(waiting)
        assert await asyncio.gather(*(_sees(narrow, chat.id) for _ in range(4))) == [True] * 4

    async def test_one_that_the_server_cut_is_replaced(self, narrow: Scene, superuser: "Connection") -> None:
        chat = await narrow.a_chat()
        await superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'jaboti_app'")
        await asyncio.sleep(0.05)
        assert await _sees(narrow, chat.id)

    async def test_one_that_the_server_cuts_under_way_undoes_its_unit(
        self, narrow: Scene, superuser: "Connection"
    ) -> None:
        chat = await narrow.a_chat()
        async with narrow.uow() as uow:
            taken = await uow.chats.get(chat.id)
            taken.start(narrow.ana, at=narrow.now())
            await uow.chats.save(taken)
            await superuser.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'"
            )
            with pytest.raises(Unavailable):
                await uow.commit()
        assert (await narrow.chat(chat.id)).attendant_id is None

    async def test_a_server_that_is_away_is_said_to_be(self) -> None:
        async with Database.open("postgresql://nobody@localhost:1/none") as nowhere:
            scene = postgres_backend(nowhere)
            with pytest.raises(Unavailable):
                async with scene.identity_uow():
                    pass


class TestTransactions:
    """What was begun is kept whole or not at all, and nobody waits for ever."""

    async def test_who_waits_too_long_for_a_lock_is_told_so(self, narrow: Scene) -> None:
        chat = await narrow.a_chat()
        async with narrow.change(chat.id):
            with pytest.raises(Unavailable):
                await narrow.chat(chat.id)

    async def test_a_unit_in_which_something_was_refused_keeps_nothing(self, narrow: Scene) -> None:
        client, rival = a_client(narrow.company_id), a_client(narrow.company_id)
        rival.identities = narrow.maria.identities
        async with narrow.uow() as uow:
            await uow.clients.save(client, rival)
            for _ in range(2):
                with pytest.raises(Refusal):
                    await uow.commit()
        async with narrow.uow() as uow:
            assert await uow.clients.find([client.id]) == {}

    async def test_who_settles_does_not_wait_for_who_claims(self, narrow: Scene) -> None:
        chat = await narrow.a_chat(attendant=narrow.ana)
        async with narrow.change(chat.id) as changed:
            message = changed.send(narrow.ana, Text(body="Olá"), at=narrow.now())
        (errand,) = await narrow.claim(unsure_after=timedelta(0))
        async with narrow.uow() as claiming:
            (again,) = await claiming.outbound.claim(errands=1, unsure_after=timedelta(0))
            async with narrow.uow() as settling:
                await settling.outbound.settle([Settlement(errand_id=errand.id, attempt=errand.attempt)])
                await settling.outbound.drop([message.id])
                await settling.commit()
            await claiming.commit()
        assert [(each.id, each.attempt) for each in await narrow.claim()] == [(again.id, again.attempt + 1)]

    async def test_sending_a_message_takes_four_round_trips(
        self, narrow: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        chat = await narrow.a_chat(attendant=narrow.ana)
        send = SendMessage(
            new_uow=narrow.backend.uow, clock=narrow.backend.clock, known_templates=RememberedTemplates({})
        )
        await send(narrow.ana, chat_id=chat.id, content=Text(body="Olá"))
        trips = _counted(monkeypatch)
        await send(narrow.ana, chat_id=chat.id, content=Text(body="Olá"))
        assert trips == ["run", "fetch", "fetch", "run"]


class TestTexts:
    """Clients' texts are kept as they came, and shown as JSON can show them."""

    @pytest.mark.parametrize("odd", ["a\x00b", "\x00", "back\\u0000slash"])
    async def test_any_text_comes_back_as_it_was(self, narrow: Scene, odd: str) -> None:
        chat = await narrow.a_chat()
        async with narrow.change(chat.id) as changed:
            message = changed.receive(an_inbound(odd), at=narrow.now())
        assert (await narrow.message(message.id)).content == Text(body=odd)

    async def test_a_nul_is_shown_as_the_replacement_character(self, narrow: Scene) -> None:
        chat = await narrow.a_chat()
        async with narrow.change(chat.id) as changed:
            message = changed.receive(an_inbound("a\x00b"), at=narrow.now())
        shown = await narrow.backend.chat_reads.message(narrow.company_id, message.id)
        assert '"a\ufffdb"'.encode() in shown

    async def test_many_at_once_are_as_each_by_itself(self, narrow: Scene) -> None:
        chats = [await narrow.a_chat() for _ in range(3)]
        async with narrow.uow() as uow:
            found = await uow.chats.find([chat.id for chat in chats])
            for n, chat in enumerate(found.values(), 1):
                for _ in range(n):
                    chat.receive(an_inbound("100 % \\ '\" 😀"), at=narrow.now())
            await uow.chats.save(*found.values())
            await uow.commit()
        for chat in found.values():
            assert await narrow.chat(chat.id) == chat
        assert [event.seq for event in await narrow.recorded()] == list(range(1, 15))


async def _sees(scene: Scene, chat_id: ChatId) -> bool:
    try:
        return (await scene.chat(chat_id)).company_id == scene.company_id
    except ChatNotFound:
        return False


async def _receives(scene: Scene, chat_id: ChatId) -> None:
    async with scene.change(chat_id) as chat:
        chat.receive(an_inbound(), at=scene.now())


def _counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    trips: list[str] = []
    for name in ("fetch", "run"):
        monkeypatch.setattr(Link, name, _noting(getattr(Link, name), trips))
    return trips


def _noting(call: Callable[..., object], trips: list[str]) -> Callable[..., object]:
    def noted(*args: object) -> object:
        trips.append(call.__name__)
        return call(*args)

    return noted
