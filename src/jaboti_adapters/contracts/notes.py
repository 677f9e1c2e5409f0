"""What a store of notes promises."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from jaboti_adapters.contracts.chat_documents import wire
from jaboti_adapters.contracts.merges import keep_merge
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.contracts.suite import BackendContract
from jaboti_domain.chat.routing import audience_of
from jaboti_domain.kernel.actor import Actor
from jaboti_domain.kernel.errors import InvalidCursor
from jaboti_domain.kernel.events import Audience
from jaboti_domain.kernel.ids import ChatId, ClientId, NoteId, new_id
from jaboti_domain.kernel.paging import Cursor
from jaboti_domain.note.errors import NoSuchChat, NoteNotFound
from jaboti_domain.note.model import Note
from jaboti_domain.note.queries import NoteFilter


class NoteContract(BackendContract):
    """Notes are kept whole, listed newest first, and seen no more when they were removed."""

    async def test_a_note_comes_back_equal(self, scene: Scene) -> None:
        note = await write_note(scene, scene.maria.id, text="Prefere\nà tarde 😀")
        assert await _get(scene, note.id) == note

    async def test_a_note_is_shown_with_author_and_times(self, scene: Scene) -> None:
        note = await write_note(scene, scene.maria.id, text="Prefere à tarde")
        assert json.loads(await scene.backend.note_reads.one(scene.company_id, note.id)) == {
            "id": str(note.id),
            "clientId": str(scene.maria.id),
            "chatId": None,
            "author": {"id": str(scene.ana.user_id), "name": "Ana"},
            "text": "Prefere à tarde",
            "createdAt": wire(note.created_at),
            "updatedAt": wire(note.updated_at),
            "version": 1,
        }

    async def test_what_is_absent_removed_or_another_companys_is_not_there(self, scene: Scene) -> None:
        elsewhere = await Scene.set_in(scene.backend)
        removed = await write_note(scene, scene.maria.id)
        removed.remove(scene.ana, at=scene.now())
        await _keep(scene, removed)
        foreign = await write_note(elsewhere, elsewhere.maria.id)
        for note_id in (removed.id, foreign.id, NoteId(new_id())):
            with pytest.raises(NoteNotFound):
                await _get(scene, note_id)
            with pytest.raises(NoteNotFound):
                await scene.backend.note_reads.one(scene.company_id, note_id)
        assert await listed(scene, NoteFilter(client_id=scene.maria.id)) == []

    async def test_who_sees_a_chat_is_told(self, scene: Scene) -> None:
        chat, elsewhere = await scene.a_chat(attendant=scene.ana), await Scene.set_in(scene.backend)
        async with scene.uow() as uow:
            assert await uow.notes.audience_of(chat.id) == audience_of(scene.ana.user_id, None)
        async with elsewhere.uow() as uow:
            with pytest.raises(NoSuchChat):
                await uow.notes.audience_of(chat.id)

    async def test_a_note_is_told_of_when_it_is_written(self, scene: Scene) -> None:
        note = await write_note(scene, scene.maria.id, text="Oi")
        (event,) = await scene.recorded(after=2)
        assert (event.name, event.audience) == ("note.created", Audience(everyone=True))
        assert json.loads(event.data)["note_id"] == str(note.id)

    async def test_pages_follow_one_another(self, scene: Scene) -> None:
        notes = [await write_note(scene, scene.maria.id, minutes_ago=n // 2) for n in range(5)]
        expected = [note.id for note in sorted(notes, key=lambda note: (note.created_at, note.id), reverse=True)]
        seen, after = list[str](), None
        while True:
            page = await scene.backend.note_reads.page(
                scene.company_id, where=NoteFilter(client_id=scene.maria.id), after=after, limit=2
            )
            seen += [note["id"] for note in json.loads(page.items)]
            after = page.next
            if after is None:
                break
        assert seen == list(map(str, expected))

    @pytest.mark.parametrize("key", [[], ["x", "y"], ["2026-01-01T00:00:00", str(new_id())]])
    async def test_a_cursor_of_another_list_is_refused(self, scene: Scene, key: list[str]) -> None:
        where = NoteFilter(client_id=scene.maria.id)
        with pytest.raises(InvalidCursor):
            await scene.backend.note_reads.page(scene.company_id, where=where, after=Cursor(key), limit=2)

    async def test_lists_are_of_a_client_of_a_chat_or_of_a_client_with_all_chats(self, scene: Scene) -> None:
        chat = await scene.a_chat(scene.maria)
        on_client = await write_note(scene, scene.maria.id)
        on_chat = await write_note(scene, chat.id, on_chat=True)
        await write_note(scene, (await scene.a_client()).id)
        assert await listed(scene, NoteFilter(client_id=scene.maria.id)) == [on_client.id]
        assert await listed(scene, NoteFilter(chat_id=chat.id)) == [on_chat.id]
        both = NoteFilter(client_id=scene.maria.id, with_chats=True)
        assert set(await listed(scene, both)) == {on_chat.id, on_client.id}

    async def test_notes_about_who_was_merged_are_the_clients(self, scene: Scene) -> None:
        first, second = await scene.a_client(), await scene.a_client()
        note = await write_note(scene, first.id)
        await keep_merge(scene, second, first)
        await keep_merge(scene, scene.maria, second)
        assert await listed(scene, NoteFilter(client_id=scene.maria.id)) == [note.id]

    async def test_a_timeline_tells_notes_after_the_rest_of_their_moment(self, scene: Scene) -> None:
        chat = await scene.a_chat(scene.maria)
        note = await write_note(scene, chat.id, on_chat=True, text="Liga depois")
        removed = await write_note(scene, chat.id, on_chat=True)
        removed.remove(scene.ana, at=scene.now())
        await _keep(scene, removed)
        entries = json.loads(await scene.backend.chat_reads.timeline(scene.company_id, chat.id, limit=9))
        assert [entry["type"] for entry in entries] == ["chat.opened", "note"]
        assert entries[1]["at"] == wire(note.created_at)
        assert entries[1]["note"] == json.loads(await scene.backend.note_reads.one(scene.company_id, note.id))


async def write_note(
    scene: Scene,
    about: ClientId | ChatId,
    *,
    on_chat: bool = False,
    text: str = "Nota",
    author: Actor | None = None,
    minutes_ago: int = 0,
) -> Note:
    """A note about a client, or a chat."""
    at, author = scene.now() - timedelta(minutes=minutes_ago), author or scene.ana
    if on_chat:
        note = Note.on_chat(ChatId(about), author, audience=Audience(everyone=True), text=text, at=at)
    else:
        note = Note.on_client(ClientId(about), author, text=text, at=at)
    await _keep(scene, note)
    return note


async def listed(scene: Scene, where: NoteFilter) -> list[NoteId]:
    """Which notes are shown."""
    page = await scene.backend.note_reads.page(scene.company_id, where=where, after=None, limit=50)
    notes: list[dict[str, Any]] = json.loads(page.items)
    return [NoteId(UUID(note["id"])) for note in notes]


async def _keep(scene: Scene, note: Note) -> None:
    async with scene.uow() as uow:
        await uow.notes.save(note)
        await uow.commit()


async def _get(scene: Scene, note_id: NoteId) -> Note:
    async with scene.uow() as uow:
        return await uow.notes.get(note_id)
