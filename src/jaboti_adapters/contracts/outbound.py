"""What the outbound lanes promise."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

from jaboti_adapters.contracts.builders import an_arrival, an_inbound
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.chat.model import Chat
from jaboti_domain.chat.ports import Errand, ErrandKind, Pair, Postponement, Settlement
from jaboti_domain.integration.content import Text
from jaboti_domain.integration.ports.journal import Outcome, Verdict
from jaboti_domain.kernel.ids import CompanyId, IntegrationId, MessageId, new_id

NOW, LATER = timedelta(0), timedelta(hours=1)


class OutboundContract(BackendContract):
    """Each chat's messages go out in their order, each handed to one dispatcher at a time."""

    async def test_a_new_outbound_message_joins_its_chats_lane(self, scene: Scene) -> None:
        chat, (message_id, *_) = await _written(scene)
        (errand,) = await scene.claim()
        assert (errand.chat_id, errand.client_id, errand.integration_id) == (
            chat.id,
            chat.client_id,
            scene.integration.id,
        )
        assert (errand.kind, errand.message_id, errand.attempt) == (ErrandKind.MESSAGE, message_id, 1)
        assert not errand.unsure

    async def test_what_the_bot_says_goes_out(self, scene: Scene) -> None:
        chat = await scene.a_chat(with_bot=True)
        chat.say(Text(body="Bem-vindo"), at=scene.now())
        await scene.keep(chat)
        assert len(await scene.claim()) == 1

    async def test_what_clients_or_phones_wrote_does_not_go_out(self, scene: Scene) -> None:
        chat = await scene.a_chat()
        chat.receive(an_inbound(), at=scene.now())
        chat.receive(an_inbound(from_phone=True), at=scene.now())
        await scene.keep(chat)
        assert await scene.claim() == []

    async def test_what_follows_in_a_lane_waits_for_the_first(self, scene: Scene) -> None:
        _, ids = await _written(scene, 3)
        for message_id in ids:
            (errand,) = await scene.claim()
            assert errand.message_id == message_id
            assert await scene.claim() == []
            await _settle(scene, Settlement(errand_id=errand.id, attempt=errand.attempt))
        assert await scene.claim() == []

    async def test_a_claim_takes_from_at_most_so_many_lanes(self, scene: Scene) -> None:
        chats = {(await _written(scene, 2))[0].id for _ in range(3)}
        taken = [*await scene.claim(errands=2), *await scene.claim(errands=2)]
        assert {errand.chat_id for errand in taken} == chats
        assert len(taken) == 3

    async def test_nobody_gets_what_another_is_claiming(self, scene: Scene) -> None:
        await _written(scene, 2)
        async with scene.uow() as uow:
            assert len(await uow.outbound.claim(errands=9, unsure_after=NOW)) == 1
            assert await scene.claim() == []

    async def test_a_claim_that_is_undone_leaves_no_trace(self, scene: Scene) -> None:
        await _written(scene)
        async with scene.uow() as uow:
            await uow.outbound.claim(errands=9, unsure_after=LATER)
        (errand,) = await scene.claim()
        assert (errand.attempt, errand.unsure) == (1, False)

    async def test_what_nobody_settled_falls_due_again_as_unsure(self, scene: Scene) -> None:
        await _written(scene)
        await scene.claim(unsure_after=NOW)
        (errand,) = await scene.claim()
        assert (errand.attempt, errand.unsure) == (2, True)

    async def test_an_unsure_errand_waits_until_what_arrived_before_it_fell_due_is_read(self, scene: Scene) -> None:
        await _written(scene)
        await scene.backend.journal.append([an_arrival(scene.company_id, scene.integration.id)])
        (errand,) = await scene.claim(unsure_after=NOW)
        assert not errand.unsure
        assert await scene.claim() == []
        await _read_all(scene)
        assert [errand.unsure for errand in await scene.claim()] == [True]

    async def test_what_is_put_back_is_tried_again_and_sure_of_it(self, scene: Scene) -> None:
        await _written(scene)
        for attempt, unsure in ((1, False), (2, True), (3, False)):
            (errand,) = await scene.claim()
            assert (errand.attempt, errand.unsure) == (attempt, unsure)
            await _settle(
                scene, Settlement(errand_id=errand.id, attempt=attempt, retry_in=NOW, unsure=not errand.unsure)
            )

    async def test_what_is_put_back_for_later_holds_up_its_lane(self, scene: Scene) -> None:
        await _written(scene, 2)
        (errand,) = await scene.claim()
        await _settle(scene, Settlement(errand_id=errand.id, attempt=1, retry_in=LATER))
        assert await scene.claim() == []

    async def test_lanes_of_integrations_that_are_passed_over_are_left_alone(self, scene: Scene) -> None:
        chat, _ = await _written(scene)
        assert await scene.claim(passing_over=[chat.integration_id]) == []
        assert len(await scene.claim(passing_over=[IntegrationId(new_id())])) == 1

    async def test_what_is_postponed_is_as_if_it_had_not_been_claimed(self, scene: Scene) -> None:
        await _written(scene)
        for _ in range(2):
            (errand,) = await _postponed(scene, NOW)
            assert (errand.attempt, errand.unsure) == (1, False)
        await _postponed(scene, LATER)
        assert await scene.claim() == []
        assert await _waiting(scene) == []

    async def test_what_is_postponed_stays_as_unsure_as_it_was(self, scene: Scene) -> None:
        await _written(scene)
        await scene.claim(unsure_after=NOW)
        await _postponed(scene, NOW)
        assert [(errand.attempt, errand.unsure) for errand in await scene.claim()] == [(2, True)]

    async def test_who_was_fenced_off_does_not_come_back_by_a_postponement(self, scene: Scene) -> None:
        await _written(scene)
        (slow,) = await scene.claim(unsure_after=NOW)
        await _postponed(scene, NOW)
        (quick,) = await scene.claim()
        await _settle(scene, Settlement(errand_id=slow.id, attempt=slow.attempt))
        assert quick.attempt == slow.attempt + 1
        assert (await scene.backend.outbox.account()).sending >= 1

    async def test_an_errand_is_claimed_and_settled_in_one_unit(self, scene: Scene) -> None:
        _, ids = await _written(scene, 2)
        async with scene.uow() as uow:
            (errand,) = await uow.outbound.claim(errands=9, unsure_after=LATER)
            await uow.outbound.settle([Settlement(errand_id=errand.id, attempt=errand.attempt)])
            await uow.commit()
        assert _messages(await scene.claim()) == ids[1:]

    async def test_who_was_fenced_off_settles_nothing(self, scene: Scene) -> None:
        await _written(scene)
        (slow,) = await scene.claim(unsure_after=NOW)
        (quick,) = await scene.claim(unsure_after=NOW)
        await _settle(scene, Settlement(errand_id=slow.id, attempt=slow.attempt))
        await _settle(scene, Settlement(errand_id=slow.id, attempt=slow.attempt, retry_in=LATER))
        (again,) = await scene.claim()
        assert (again.id, again.attempt) == (quick.id, 3)

    async def test_settling_what_has_ended_changes_nothing(self, scene: Scene) -> None:
        await _written(scene)
        (errand,) = await scene.claim()
        for retry_in in (None, None, NOW):
            await _settle(scene, Settlement(errand_id=errand.id, attempt=errand.attempt, retry_in=retry_in))
        assert await scene.claim() == []

    async def test_a_message_that_the_platform_has_is_dropped(self, scene: Scene) -> None:
        _, ids = await _written(scene, 3)
        async with scene.uow() as uow:
            await uow.outbound.drop(ids[:2])
            await uow.commit()
        assert _messages(await scene.claim()) == ids[2:]

    async def test_what_is_being_sent_is_known_by_client_and_integration(self, scene: Scene) -> None:
        chat, ids = await _written(scene, 2)
        pair = (chat.client_id, chat.integration_id)
        assert await _under_way(scene, pair) == {}
        (errand,) = await scene.claim()
        assert await _under_way(scene, pair, (scene.maria.id, chat.integration_id)) == {pair: ids[:1]}
        await _settle(scene, Settlement(errand_id=errand.id, attempt=1, retry_in=LATER, unsure=True))
        assert await _under_way(scene, pair) == {pair: ids[:1]}
        await _settle(scene, Settlement(errand_id=errand.id, attempt=1))
        assert await _under_way(scene, pair) == {}

    async def test_what_was_refused_and_put_back_is_not_being_sent_nor_is_a_read_receipt(self, scene: Scene) -> None:
        chat, ids = await _written(scene)
        (errand,) = await scene.claim()
        await _settle(scene, Settlement(errand_id=errand.id, attempt=1, retry_in=NOW))
        assert await _under_way(scene, (chat.client_id, chat.integration_id)) == {}
        async with scene.uow() as uow:
            await uow.outbound.drop(ids)
            await uow.outbound.add_read(await uow.chats.get(chat.id), ids[0])
            await uow.commit()
        await scene.claim()
        assert await _under_way(scene, (chat.client_id, chat.integration_id)) == {}

    async def test_another_company_does_not_see_what_is_being_sent(self, scene: Scene) -> None:
        chat, _ = await _written(scene)
        await scene.claim()
        other = await Scene.set_in(scene.backend)
        assert await _under_way(other, (chat.client_id, chat.integration_id)) == {}

    async def test_a_read_receipt_waits_in_its_chats_lane(self, scene: Scene) -> None:
        chat, ids = await _written(scene)
        async with scene.uow() as uow:
            await uow.outbound.add_read(await uow.chats.get(chat.id), ids[0])
            await uow.commit()
        (message,) = await scene.claim()
        await _settle(scene, Settlement(errand_id=message.id, attempt=1))
        (receipt,) = await scene.claim()
        assert (receipt.kind, receipt.message_id, receipt.id > message.id) == (ErrandKind.READ, ids[0], True)

    async def test_a_read_receipt_is_not_dropped_with_its_message(self, scene: Scene) -> None:
        chat, ids = await _written(scene)
        async with scene.uow() as uow:
            await uow.outbound.add_read(await uow.chats.get(chat.id), ids[0])
            await uow.commit()
        async with scene.uow() as uow:
            await uow.outbound.drop(ids)
            await uow.commit()
        assert [errand.kind for errand in await scene.claim()] == [ErrandKind.READ]

    async def test_an_errand_is_for_whom_the_client_turned_out_to_be(self, scene: Scene) -> None:
        chat, _ = await _written(scene)
        async with scene.change(chat.id) as reassigned:
            reassigned.reassign(scene.maria.id, at=scene.now())
        assert [errand.client_id for errand in await scene.claim()] == [scene.maria.id]

    async def test_another_companys_errands_are_not_there(self, scene: Scene) -> None:
        await _written(scene)
        other = await Scene.set_in(scene.backend)
        assert await other.claim() == []
        (errand,) = await scene.claim()
        await _settle(other, Settlement(errand_id=errand.id, attempt=errand.attempt, retry_in=NOW))
        assert await scene.claim() == []

    async def test_companies_wait_while_something_of_theirs_is_due(self, scene: Scene) -> None:
        other = await Scene.set_in(scene.backend)
        await _written(scene)
        await _written(other, 2)
        assert await _waiting(scene, other) == [scene.company_id, other.company_id]
        await scene.claim(unsure_after=LATER)
        assert await _waiting(scene, other) == [other.company_id]

    async def test_the_account_knows_what_waits_and_what_is_being_sent(self, scene: Scene) -> None:
        await _written(scene)
        await scene.claim(unsure_after=LATER)
        await _written(scene)
        account = await scene.backend.outbox.account()
        assert account.waiting >= 1
        assert account.sending >= 1
        assert account.oldest is not None

    async def test_a_dispatcher_that_waits_is_woken_by_a_message(self, scene: Scene) -> None:
        waiting = asyncio.create_task(scene.backend.outbox.wait(at_most=LATER))
        await asyncio.sleep(0)
        await _written(scene)
        await asyncio.wait_for(waiting, timeout=5)

    async def test_a_dispatcher_waits_no_longer_than_it_said(self, scene: Scene) -> None:
        for _ in range(2):
            await scene.backend.outbox.wait(at_most=timedelta(milliseconds=5))


async def _written(scene: Scene, messages: int = 1) -> tuple[Chat, list[MessageId]]:
    chat = await scene.a_chat(attendant=scene.ana)
    ids = [chat.send(scene.ana, Text(body="Olá"), at=scene.now()).id for _ in range(messages)]
    await scene.keep(chat)
    return chat, ids


async def _postponed(scene: Scene, wait: timedelta) -> Sequence[Errand]:
    async with scene.uow() as uow:
        claimed = await uow.outbound.claim(errands=9, unsure_after=LATER)
        await uow.outbound.postpone(
            [Postponement(errand_id=e.id, attempt=e.attempt, wait=wait, unsure=e.unsure) for e in claimed]
        )
        await uow.commit()
    return claimed


async def _read_all(scene: Scene) -> None:
    async with scene.uow() as uow:
        entries = await uow.lanes.claim(lanes=9, entries=9)
        await uow.lanes.settle([Verdict(entry_id=entry.id, outcome=Outcome.APPLIED) for entry in entries])
        await uow.commit()


async def _under_way(scene: Scene, *pairs: Pair) -> Mapping[Pair, Sequence[MessageId]]:
    async with scene.uow() as uow:
        return await uow.outbound.under_way(pairs)


async def _settle(scene: Scene, settlement: Settlement) -> None:
    async with scene.uow() as uow:
        await uow.outbound.settle([settlement])
        await uow.commit()


async def _waiting(*scenes: Scene) -> list[CompanyId]:
    ours = {scene.company_id for scene in scenes}
    return [c for c in await scenes[0].backend.outbox.companies_waiting(limit=10_000) if c in ours]


def _messages(errands: Sequence[Errand]) -> list[MessageId]:
    return [errand.message_id for errand in errands]
