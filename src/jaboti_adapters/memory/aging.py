"""What of each kind is too old, and how it goes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import evolve, frozen

from jaboti_adapters.memory.entries import EntryRow
from jaboti_adapters.memory.erasing import UNSENT, explained, media_of, silent, unexplain
from jaboti_adapters.memory.store import MemoryStore, MessageRow
from jaboti_domain.chat.model import Chat
from jaboti_domain.company.retention import Held
from jaboti_domain.integration.content import Text
from jaboti_domain.integration.ports.journal import Outcome
from jaboti_domain.kernel.forgetting import FORGOTTEN
from jaboti_domain.kernel.ids import ChatId, CompanyId
from jaboti_domain.privacy.model import Mark

SILENT = ({"expired": True}, {"anonymized": True})


@frozen
class Place:
    """A company in a store."""

    store: MemoryStore
    company_id: CompanyId

    @property
    def entries(self) -> Sequence[EntryRow]:
        """The journal, in the order of arrival."""
        return sorted(self.store.entries.of_company(self.company_id), key=lambda row: row.entry.id)


@frozen
class Aging:
    """The things that are too old, with marks in their order; and how some of them go."""

    old: Callable[[Place, datetime], Sequence[tuple[Mark, Any]]]
    remove: Callable[[Place, Sequence[Any]], None]


def _old_events(where: Place, before: datetime) -> Sequence[tuple[Mark, Any]]:
    return [((event.seq,), event) for event in where.store.history_of(where.company_id).kept if event.at < before]


def _old_commands(where: Place, before: datetime) -> Sequence[tuple[Mark, Any]]:
    commands = where.store.commands.items()
    return [((at, *name), name) for name, (at, _) in commands if name[0] == where.company_id and at < before]


def _old_words(where: Place, before: datetime) -> Sequence[tuple[Mark, Any]]:
    chats = [
        chat for chat in where.store.chats.where("company", where.company_id) if _is_over(where.store, chat, before)
    ]
    said = [(chat, row) for chat in chats for row in where.store.messages.where("chat", chat.id)]
    return [((chat.ended_at, chat.id, row.message.seq), row) for chat, row in said if not _is_silent(row)]


def _is_over(store: MemoryStore, chat: Chat, before: datetime) -> bool:
    if chat.ended_at is None or chat.ended_at >= before:
        return False
    is_waiting = any(row.message.status in UNSENT for row in store.messages.where("chat", chat.id))
    is_owed = is_waiting or any(row.chat_id == chat.id for row in store.errands.of_company(chat.company_id))
    return not is_owed and store.locks.is_free(("chat", chat.company_id, chat.id))


def _is_silent(row: MessageRow) -> bool:
    said = row.message
    return said.content == Text(body="") and not said.reactions and dict(said.metadata) in SILENT


def _silence(where: Place, rows: Sequence[MessageRow]) -> None:
    messages = where.store.messages
    files = media_of([row.message for row in rows])
    for row in rows:
        messages.replace(row.id, evolve(row, message=silent(row.message, "expired")))
    for media_id in files - media_of([row.message for row in messages.rows.values()]):
        where.store.media.drop(media_id)
    for chat_id in {row.message.chat_id for row in rows}:
        if all(_is_silent(row) for row in messages.where("chat", chat_id)):
            _close(where.store, chat_id)


def _close(store: MemoryStore, chat_id: ChatId) -> None:
    chat = store.chats.rows[chat_id]
    last = chat.last_message
    store.chats.replace(chat_id, evolve(chat, last_message=last and evolve(last, text="", media_type=None)))
    for place in explained(store, chat_id):
        unexplain(store, chat_id, place)


def _entries(is_meant: Callable[[EntryRow], bool]) -> Callable[[Place, datetime], Sequence[tuple[Mark, Any]]]:
    def old(where: Place, before: datetime) -> Sequence[tuple[Mark, Any]]:
        rows = [row for row in where.entries if row.entry.received_at < before and is_meant(row)]
        return [((row.entry.id,), row) for row in rows]

    return old


def _is_settled(row: EntryRow) -> bool:
    return row.outcome not in (Outcome.PENDING, Outcome.DEAD)


def _keep_keys(where: Place, rows: Sequence[EntryRow]) -> None:
    where.store.entries.forget(where.company_id, rows)


def _old_calls(where: Place, before: datetime) -> Sequence[tuple[Mark, Any]]:
    return [((call.at, call.id), call) for call in where.store.calls.get(where.company_id, ()) if call.at < before]


def _hang_up(where: Place, calls: Sequence[Any]) -> None:
    gone = {call.id for call in calls}
    where.store.calls[where.company_id] = [c for c in where.store.calls[where.company_id] if c.id not in gone]


def _old_charges(where: Place, before: datetime) -> Sequence[tuple[Mark, Any]]:
    charges = where.store.usage.get(where.company_id, {}).items()
    return [((each.charge.at, *key), key) for key, each in charges if each.charge.at < before]


def _drop(kept: Callable[[Place], dict[Any, Any]]) -> Callable[[Place, Sequence[Any]], None]:
    def remove(where: Place, keys: Sequence[Any]) -> None:
        for key in keys:
            del kept(where)[key]

    return remove


AGING: Mapping[Held, Aging] = {
    Held.EVENTS: Aging(
        _old_events, lambda where, events: where.store.history_of(where.company_id).forget(events[-1].seq)
    ),
    Held.COMMANDS: Aging(_old_commands, _drop(lambda where: where.store.commands)),
    Held.MESSAGES: Aging(_old_words, _silence),
    Held.JOURNAL: Aging(_entries(lambda row: _is_settled(row) and row.entry.lane != FORGOTTEN), _keep_keys),
    Held.DEAD_LETTERS: Aging(_entries(lambda row: row.outcome is Outcome.DEAD), _keep_keys),
    Held.JOURNAL_KEYS: Aging(
        _entries(lambda row: _is_settled(row) and row.entry.lane == FORGOTTEN),
        lambda where, rows: where.store.entries.drop(rows),
    ),
    Held.CALL_LOG: Aging(_old_calls, _hang_up),
    Held.USAGE: Aging(_old_charges, _drop(lambda where: where.store.usage[where.company_id])),
}
