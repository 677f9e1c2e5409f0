"""What a company's stream of events promises."""

import asyncio
import json
from itertools import pairwise

from jaboti_adapters.contracts.builders import a_client, an_inbound
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.integration.content import Text
from jaboti_domain.kernel.events import Audience
from jaboti_domain.kernel.ids import CompanyId, new_id


class EventStreamContract(BackendContract):
    """Every event once, in the order of the commits, numbered without a gap."""

    async def test_a_stream_begins_before_its_first_event(self, scene: Scene) -> None:
        head = await scene.backend.stream.head(CompanyId(new_id()))
        assert head.seq == 0

    async def test_the_head_is_the_newest_event(self, scene: Scene) -> None:
        before = await scene.backend.stream.head(scene.company_id)
        await scene.a_client()
        after = await scene.backend.stream.head(scene.company_id)
        assert (after.epoch, after.seq) == (before.epoch, before.seq + 1)
        assert (await scene.recorded())[-1].seq == after.seq

    async def test_an_event_is_kept_as_it_happened(self, scene: Scene) -> None:
        chat = await scene.a_chat(attendant=scene.ana)
        message = chat.send(scene.ana, Text(body="Olá"), at=scene.now())
        await scene.keep(chat)
        event = (await scene.recorded())[-1]
        assert (event.company_id, event.name, event.at) == (scene.company_id, "message.added", message.at)
        assert event.audience == Audience(users=frozenset({scene.ana.user_id}))
        data = json.loads(event.data)
        assert data["content"] == {"kind": "text", "body": "Olá"}
        assert data["sender"] == {"id": str(scene.ana.user_id), "name": "Ana"}
        assert data["message_id"] == str(message.id)
        assert data.keys().isdisjoint({"company_id", "at", "audience"})

    async def test_events_stand_in_the_order_in_which_their_things_were_saved(self, scene: Scene) -> None:
        chat, client = await scene.a_chat(), a_client(scene.company_id)
        before = len(await scene.happened())
        chat.receive(an_inbound(), at=scene.now())
        chat.start(scene.ana, at=scene.now())
        scene.maria.absorb([], at=scene.now())
        await scene.keep(client, chat, scene.maria)
        assert (await scene.happened())[before:] == [
            "client.registered",
            "message.added",
            "chat.started",
            "client.merged",
            "client.updated",
        ]

    async def test_numbers_are_dense_however_many_write_at_once(self, scene: Scene) -> None:
        await asyncio.gather(*(scene.a_chat() for _ in range(8)))
        numbers = [event.seq for event in await scene.recorded()]
        assert numbers[0] == 1
        assert all(later == earlier + 1 for earlier, later in pairwise(numbers))

    async def test_a_unit_that_was_undone_leaves_no_gap(self, scene: Scene) -> None:
        async with scene.uow() as uow:
            await uow.clients.save(a_client(scene.company_id))
        await scene.a_client()
        assert [event.seq for event in await scene.recorded()] == [1, 2, 3]

    async def test_reading_goes_on_after_a_number(self, scene: Scene) -> None:
        for _ in range(3):
            await scene.a_client()
        stream = scene.backend.stream
        pages = [await stream.after(scene.company_id, seq, limit=2) for seq in (0, 2, 4, 5)]
        assert [[event.seq for event in page or ()] for page in pages] == [[1, 2], [3, 4], [5], []]

    async def test_nothing_follows_the_newest_event(self, scene: Scene) -> None:
        assert await scene.recorded(after=2) == []

    async def test_each_company_has_a_stream_of_its_own(self, scene: Scene) -> None:
        other = await Scene.set_in(scene.backend)
        await other.a_client("Zoe")
        await scene.a_client("Yuri")
        assert b"Yuri" in (await scene.recorded())[-1].data
        assert [event.seq for event in await other.recorded()] == [1, 2, 3]
