"""What a store promises about that which grows old."""

import json
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from jaboti_adapters.contracts.builders import a_call, a_charge, an_arrival, an_inbound
from jaboti_adapters.contracts.commands import a_key
from jaboti_adapters.contracts.dead_letters import died, replay, shown
from jaboti_adapters.contracts.media import PNG, an_upload, keep_media
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.chat.message import Message
from jaboti_domain.chat.model import Chat
from jaboti_domain.chat.ports import Errand, Settlement
from jaboti_domain.company.errors import CompanyNotFound
from jaboti_domain.company.retention import Held, Retention
from jaboti_domain.integration.content import Media as MediaContent
from jaboti_domain.integration.content import Text
from jaboti_domain.integration.letters import letter_id
from jaboti_domain.integration.ports.journal import Outcome
from jaboti_domain.integration.queries import CallFilter
from jaboti_domain.kernel.commands import under_way
from jaboti_domain.kernel.ids import CompanyId, MessageId, new_id
from jaboti_domain.media.model import Media
from jaboti_domain.privacy.model import RetentionRun

SOON = timedelta(minutes=1)
"""After everything that a test did: before then all of it is old."""
DAY = timedelta(days=1)
AT_ONCE = 3


class RetentionContract(BackendContract):
    """What is old goes in small steps, what is owed stays, and of two who are at it one gives way."""

    async def test_a_company_keeps_what_it_wants(self, scene: Scene) -> None:
        async with scene.uow() as uow:
            assert await uow.holdings.retention() == Retention()
            company = await uow.companies.get()
            company.change({"retention": {Held.MESSAGES: 730, Held.CALL_LOG: None}})
            await uow.companies.save(company)
            await uow.commit()
        async with scene.uow() as uow:
            kept = await uow.holdings.retention()
        assert (kept.days[Held.MESSAGES], kept.days[Held.CALL_LOG], kept.days[Held.JOURNAL]) == (730, None, 30)

    async def test_a_company_that_was_never_founded_is_refused(self, scene: Scene) -> None:
        async with scene.backend.uow(CompanyId(new_id())) as uow:
            with pytest.raises(CompanyNotFound):
                await uow.holdings.retention()

    async def test_words_of_chats_that_ended_go_and_the_messages_stay(self, scene: Scene) -> None:
        chat = await a_talk(scene, 4)
        assert await removed(scene, Held.MESSAGES) == 4
        said = await scene.backend.chat_reads.messages(scene.company_id, chat.id, before=None, after=None, limit=9)
        assert [(m["content"], m["metadata"]) for m in json.loads(said)] == [
            ("", {"expired": True, "kind": "text"})
        ] * 4
        page = await scene.backend.chat_reads.one(scene.company_id, chat.id)
        assert json.loads(page)["lastMessage"]["content"] == ""
        timeline = (await scene.backend.chat_reads.timeline(scene.company_id, chat.id, limit=99)).decode()
        assert "Tchau" not in timeline
        assert await removed(scene, Held.MESSAGES) == 0

    async def test_a_file_goes_with_the_last_message_that_carries_it(self, scene: Scene) -> None:
        shared, alone = an_upload(scene), an_upload(scene, content=PNG + b"1")
        await keep_media(scene, shared, alone)
        talk, other = await a_talk(scene, 1, ends=False), await a_talk(scene, 0, ends=False)
        for chat, files in ((talk, (shared, alone)), (other, (shared,))):
            await sent(scene, chat, *files)
        await ended(scene, talk)
        assert await removed(scene, Held.MESSAGES) == 3
        async with scene.uow() as uow:
            assert (await uow.media.find([shared.id, alone.id])).keys() == {shared.id}
        await ended(scene, other)
        assert await removed(scene, Held.MESSAGES) == 1
        async with scene.uow() as uow:
            assert await uow.media.find([shared.id, alone.id]) == {}

    async def test_what_is_told_of_a_message_later_still_finds_it(self, scene: Scene) -> None:
        await a_talk(scene, 1, provider_id="wamid.1")
        await removed(scene, Held.MESSAGES)
        async with scene.uow() as uow:
            assert await uow.messages.find_by_provider([(scene.integration.id, "wamid.1")])

    async def test_words_of_chats_that_are_open_or_have_just_ended_stay(self, scene: Scene) -> None:
        talk, other = await a_talk(scene, 2, ends=False), await a_talk(scene, 2)
        assert await removed(scene, Held.MESSAGES, before=scene.now() - DAY) == 0
        assert {said.content.text for chat in (talk, other) for said in await messages(scene, chat)} == {"Oi"}
        assert await removed(scene, Held.MESSAGES) == 2
        assert {said.content.text for said in await messages(scene, talk)} == {"Oi"}

    async def test_words_that_are_still_to_be_sent_stay(self, scene: Scene) -> None:
        chat = await a_talk(scene, 2, answers=1)
        assert await removed(scene, Held.MESSAGES) == 0
        (errand,) = await scene.claim()
        assert await removed(scene, Held.MESSAGES) == 0
        assert "Pois não" in {said.content.text for said in await messages(scene, chat)}
        await arrived(scene, errand)
        assert await removed(scene, Held.MESSAGES) == 3

    async def test_a_chat_that_was_opened_again_loses_its_new_words_too(self, scene: Scene) -> None:
        chat = await a_talk(scene, 1)
        await removed(scene, Held.MESSAGES)
        async with scene.change(chat.id) as changed:
            changed.reopen(at=scene.now())
            changed.receive(an_inbound("Mais uma coisa"), at=scene.now())
            changed.end(None, reason="de novo", at=scene.now() + SOON)
        assert await removed(scene, Held.MESSAGES, before=scene.now() + 2 * SOON) == 1
        assert {said.content.text for said in await messages(scene, chat)} == {""}

    async def test_long_chats_go_in_several_steps(self, scene: Scene) -> None:
        chats = [await a_talk(scene, count) for count in (7, 1, 3)]
        counts = await counted(scene, Held.MESSAGES)
        assert sum(counts) == 11
        assert max(counts) <= AT_ONCE
        assert {said.content.text for chat in chats for said in await messages(scene, chat)} == {""}

    async def test_a_run_that_broke_off_in_a_chat_goes_on_there(self, scene: Scene) -> None:
        chat = await a_talk(scene, 7)
        async with scene.uow() as uow:
            await uow.holdings.remove(Held.MESSAGES, before=scene.now() + SOON, after=None, at_most=AT_ONCE)
            await uow.commit()
        assert await removed(scene, Held.MESSAGES) == 4
        assert {said.content.text for said in await messages(scene, chat)} == {""}

    async def test_a_chat_that_somebody_works_on_waits_for_the_next_time(self, scene: Scene) -> None:
        chat = await a_talk(scene, 2)
        async with scene.uow() as uow:
            await uow.chats.get(chat.id)
            assert await removed(scene, Held.MESSAGES) == 0
        assert await removed(scene, Held.MESSAGES) == 2

    async def test_of_the_journal_the_key_stays_and_a_repetition_has_no_effect(self, scene: Scene) -> None:
        arrivals = [an_arrival(scene.company_id, scene.integration.id, outcome=Outcome.APPLIED) for _ in range(5)]
        await scene.backend.journal.append(arrivals)
        assert await removed(scene, Held.JOURNAL) == 5
        assert await removed(scene, Held.JOURNAL) == 0
        assert await scene.backend.journal.append(arrivals) == 0
        assert (await scene.backend.journal.account()).counts[Outcome.APPLIED] == 5
        assert await removed(scene, Held.JOURNAL_KEYS) == 5
        assert await scene.backend.journal.append(arrivals) == 5

    async def test_what_had_no_effect_yet_stays_in_the_journal(self, scene: Scene) -> None:
        arrivals = [
            an_arrival(scene.company_id, scene.integration.id, raw=b"{1}", outcome=outcome)
            for outcome in (Outcome.PENDING, Outcome.DEAD, Outcome.PENDING)
        ]
        await scene.backend.journal.append(arrivals)
        for held in (Held.JOURNAL, Held.JOURNAL_KEYS):
            assert await removed(scene, held) == 0
        async with scene.uow() as uow:
            assert [entry.raw for entry in await uow.lanes.claim(lanes=9, entries=9)] == [b"{1}"] * 2
        assert len(await shown(scene)) == 1

    async def test_keys_stay_as_long_as_what_they_are_the_keys_of(self, scene: Scene) -> None:
        await scene.backend.journal.append(
            [an_arrival(scene.company_id, scene.integration.id, outcome=Outcome.APPLIED)]
        )
        assert await removed(scene, Held.JOURNAL_KEYS) == 0

    async def test_dead_letters_go_and_are_not_taken_again(self, scene: Scene) -> None:
        entries = [await died(scene, b"1"), await died(scene, b"2")]
        await replay(scene, letter_id(scene.company_id, entries[1].id))
        assert await removed(scene, Held.DEAD_LETTERS) == 1
        assert await shown(scene) == []
        again = an_arrival(scene.company_id, scene.integration.id, key=entries[0].event_key)
        assert await scene.backend.journal.append([again]) == 0

    async def test_events_go_and_the_stream_says_so(self, scene: Scene) -> None:
        await a_talk(scene, 3)
        head = await scene.backend.stream.head(scene.company_id)
        assert await removed(scene, Held.EVENTS) == head.seq
        assert await scene.backend.stream.after(scene.company_id, 0, limit=9) is None
        assert await scene.backend.stream.after(scene.company_id, head.seq, limit=9) == []
        await a_talk(scene, 1)
        assert await scene.backend.stream.after(scene.company_id, head.seq, limit=99)

    async def test_answers_calls_and_charges_go(self, scene: Scene) -> None:
        await in_every_kind(scene)
        for held in (Held.COMMANDS, Held.CALL_LOG, Held.USAGE):
            assert await removed(scene, held, before=scene.now() - DAY) == 0
            assert await removed(scene, held) == 5
        calls = await scene.backend.call_reads.page(scene.company_id, where=CallFilter(), after=None, limit=9)
        assert json.loads(calls.items) == []
        assert await scene.backend.command_log.find(a_key(scene, "0.0")) is None

    async def test_what_would_go_is_counted_as_it_goes(self, scene: Scene) -> None:
        await in_every_kind(scene)
        for held in Held:
            would = sum(await counted(scene, held, only_look=True))
            assert would == sum(await counted(scene, held, only_look=True))
            assert would == await removed(scene, held)

    async def test_what_another_company_keeps_stays(self, scene: Scene) -> None:
        other = await Scene.set_in(scene.backend)
        for one in (scene, other):
            await in_every_kind(one)
        for held in Held:
            await removed(scene, held)
        left = {held: sum(await counted(other, held, only_look=True)) for held in Held if held is not Held.JOURNAL_KEYS}
        assert min(left.values()) > 0

    async def test_a_step_that_is_undone_leaves_everything(self, scene: Scene) -> None:
        await in_every_kind(scene)
        for held in Held:
            before = await counted(scene, held, only_look=True)
            async with scene.uow() as uow:
                await uow.holdings.remove(held, before=scene.now() + SOON, after=None, at_most=99)
            assert await counted(scene, held, only_look=True) == before

    async def test_a_run_that_broke_off_is_gone_on_with(self, scene: Scene) -> None:
        begun = scene.now() - DAY
        await kept(scene, RetentionRun(company_id=scene.company_id, began_at=begun, removed={Held.EVENTS: 2}))
        async with scene.uow() as uow:
            run = await uow.holdings.run(at=scene.now())
        assert run == RetentionRun(company_id=scene.company_id, began_at=begun, removed={Held.EVENTS: 2})

    async def test_after_one_that_ended_another_begins(self, scene: Scene) -> None:
        at, first = scene.now(), RetentionRun(company_id=scene.company_id, began_at=scene.now() - DAY)
        first.end(at=at)
        await kept(scene, first)
        async with scene.uow() as uow:
            assert await uow.holdings.run(at=at) == RetentionRun(company_id=scene.company_id, began_at=at)

    async def test_one_at_a_time_is_at_it(self, scene: Scene) -> None:
        await kept(scene, RetentionRun(company_id=scene.company_id, began_at=scene.now()))
        async with scene.uow() as mine:
            assert await mine.holdings.run(at=scene.now())
            async with scene.uow() as another:
                assert await another.holdings.run(at=scene.now()) is None

    async def test_whose_turn_it_is(self, scene: Scene) -> None:
        others = [await Scene.set_in(scene.backend) for _ in range(3)]
        at = scene.now()
        for one, ended in ((scene, at - 2 * DAY), (others[0], at), (others[1], None)):
            run = RetentionRun(company_id=one.company_id, began_at=at - 3 * DAY, ended_at=ended)
            await kept(one, run)
        due = await scene.backend.retention_reads.due(before=at - DAY, limit=9)
        assert set(due[:2]) == {others[1].company_id, others[2].company_id}
        assert list(due[2:]) == [scene.company_id]


async def a_talk(
    scene: Scene, said: int, *, answers: int = 0, ends: bool = True, provider_id: str | None = None
) -> Chat:
    """A chat in which a client wrote so many messages, and was perhaps answered."""
    chat = await scene.a_chat(attendant=scene.ana)
    async with scene.change(chat.id) as changed:
        for number in range(said):
            changed.receive(an_inbound(provider_id=None if number else provider_id), at=scene.now())
        for _ in range(answers):
            changed.send(scene.ana, Text(body="Pois não"), at=scene.now())
        if ends:
            changed.end(scene.ana, reason="Tchau", at=scene.now())
    return chat


async def sent(scene: Scene, chat: Chat, *files: Media) -> None:
    """Files went out."""
    async with scene.change(chat.id) as changed:
        for each in files:
            changed.send(scene.ana, MediaContent(media=each.attached(None)), at=scene.now())
    while errands := await scene.claim():
        for errand in errands:
            await arrived(scene, errand)


async def arrived(scene: Scene, errand: Errand) -> None:
    """The platform took what was to be sent."""
    async with scene.change_message(errand.message_id) as said:
        said.sending(again=False, at=scene.now())
        said.accepted(f"wamid.{errand.message_id}", at=scene.now())
    async with scene.uow() as uow:
        await uow.outbound.settle([Settlement(errand_id=errand.id, attempt=errand.attempt)])
        await uow.commit()


async def ended(scene: Scene, chat: Chat) -> None:
    """It is over."""
    async with scene.change(chat.id) as changed:
        changed.end(scene.ana, reason="Tchau", at=scene.now())


async def in_every_kind(scene: Scene, turn: int = 0) -> None:
    """Five old things of each kind, at least."""
    chat = await a_talk(scene, 5)
    outcomes = [Outcome.APPLIED, Outcome.DEAD]
    await scene.backend.journal.append(
        [an_arrival(scene.company_id, scene.integration.id, outcome=each) for each in outcomes for _ in range(5)]
    )
    for number in range(5):
        with under_way(a_key(scene, f"{turn}.{number}")):
            async with scene.uow() as uow:
                await uow.usage.add(a_charge(chat))
                await uow.commit()
        scene.backend.call_log.note(a_call(scene.integration))
    await scene.backend.call_log.flush()


async def messages(scene: Scene, chat: Chat) -> list[Message]:
    """What was said, as it is now."""
    ids = json.loads(
        await scene.backend.chat_reads.messages(scene.company_id, chat.id, before=None, after=None, limit=99)
    )
    return [await scene.message(MessageId(UUID(each["id"]))) for each in ids]


async def counted(scene: Scene, held: Held, *, before: datetime | None = None, only_look: bool = False) -> list[int]:
    """How many go in each step."""
    counts, after = [], None
    while True:
        async with scene.uow() as uow:
            step = uow.holdings.look if only_look else uow.holdings.remove
            batch = await step(held, before=before or scene.now() + SOON, after=after, at_most=AT_ONCE)
            await uow.commit()
        counts.append(batch.count)
        if batch.last is None:
            return counts
        after = batch.last


async def removed(scene: Scene, held: Held, *, before: datetime | None = None) -> int:
    """How many go."""
    return sum(await counted(scene, held, before=before))


async def kept(scene: Scene, run: RetentionRun) -> None:
    """Begin a run, and leave it so."""
    async with scene.uow() as uow:
        await uow.holdings.run(at=run.began_at)
        await uow.holdings.keep(run)
        await uow.commit()
