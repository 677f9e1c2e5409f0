"""How each kind of trace is erased: counted now, changed at the commit."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from attrs import evolve, field, frozen

from jaboti_adapters.memory.entries import EntryRow
from jaboti_adapters.memory.store import CommandName, MemoryStore
from jaboti_domain.chat.delivery import DeliveryState
from jaboti_domain.chat.message import Message
from jaboti_domain.chat.model import Chat
from jaboti_domain.integration.calls import peer_hint
from jaboti_domain.integration.content import Text
from jaboti_domain.integration.messaging import Peer
from jaboti_domain.integration.ports.journal import Outcome
from jaboti_domain.kernel.commands import CommandNote
from jaboti_domain.kernel.forgetting import FORGOTTEN, forgotten
from jaboti_domain.kernel.ids import ChatId, ClientId, CompanyId, IntegrationId, MediaId, MessageId
from jaboti_domain.privacy.model import Person, Trace

T = TypeVar("T")

UNSENT = (DeliveryState.QUEUED, DeliveryState.SENDING)


@frozen
class Plan:
    """How many things are going to change, and what changes them."""

    count: int
    effect: Callable[[], None] = lambda: None


def each_of(things: Collection[T], change: Callable[[T], None], *, count: int | None = None) -> Plan:
    """Change each of them."""

    def effect() -> None:
        for thing in things:
            change(thing)

    return Plan(len(things) if count is None else count, effect)


@frozen(kw_only=True)
class Whom:
    """A person in a store, and what tells of them; it is looked up before anything is erased."""

    store: MemoryStore
    company_id: CompanyId
    person: Person
    clients: frozenset[ClientId] = field(init=False)
    chats: frozenset[ChatId] = field(init=False)
    media: frozenset[UUID] = field(init=False)
    lanes: frozenset[str] = field(init=False)

    @clients.default
    def _clients(self) -> frozenset[ClientId]:
        return frozenset(client.id for client in self.person.clients)

    @chats.default
    def _chats(self) -> frozenset[ChatId]:
        return frozenset(chat.id for chat in self.person.chats)

    @media.default
    def _media(self) -> frozenset[UUID]:
        return frozenset(media_of(self.messages))

    @lanes.default
    def _lanes(self) -> frozenset[str]:
        names = self.person.names
        keys = {f"m:{message.provider_id}" for message in self.messages if message.provider_id}
        entries = [row.entry for row in self.entries]
        told = {entry.lane for entry in entries if entry.event_key in keys and not entry.lane.startswith("a:")}
        named = {entry.lane for entry in entries if any(name in entry.lane for name in names)}
        return frozenset((told | named) - {FORGOTTEN})

    @property
    def entries(self) -> Sequence[EntryRow]:
        """All of the company's journal."""
        return self.store.entries.of_company(self.company_id)

    @property
    def messages(self) -> list[Message]:
        """All of their chats."""
        return [row.message for chat_id in self.chats for row in self.store.messages.where("chat", chat_id)]

    def is_told_by(self, row: EntryRow) -> bool:
        """Whether a journal's entry is about them."""
        if row.entry.lane in self.lanes:
            return True
        said = row.entry.raw + row.entry.event_key.encode()
        return row.outcome is not Outcome.PENDING and any(name.encode() in said for name in self.person.names)

    def is_named_by(self, key: CommandName, note: CommandNote) -> bool:
        """Whether a command was about them, or its answer tells of them."""
        if key[0] != self.company_id:
            return False
        is_answered = note.answer is not None and (note.subject in self.clients | self.media or self.is_in(note.answer))
        return is_answered or any(name in key[2] for name in self.person.names)

    def is_in(self, said: bytes) -> bool:
        """Whether they, their clients or their chats are named there."""
        words = (*self.person.names, *map(str, self.clients), *map(str, self.chats))
        return any(word.encode() in said for word in words)


def _journal(whom: Whom) -> Plan:
    rows = [row for row in whom.entries if whom.is_told_by(row)]
    return Plan(len(rows), partial(whom.store.entries.forget, whom.company_id, rows))


def _lanes(whom: Whom) -> Plan:
    """A lane is the entries that are in it."""
    return Plan(len(whom.lanes))


def _errands(whom: Whom) -> Plan:
    errands = whom.store.errands
    mine = [row for row in errands.of_company(whom.company_id) if row.chat_id in whom.chats]
    return each_of(whom.chats, partial(errands.drop_lane, whom.company_id), count=len(mine))


def _merges(whom: Whom) -> Plan:
    merges = whom.store.merges
    mine = [each.id for each in merges.rows.values() if {each.client_id, each.absorbed_id} & whom.clients]
    return each_of(mine, merges.drop)


def _notes(whom: Whom) -> Plan:
    notes = whom.store.notes
    mine = [each.id for each in notes.rows.values() if each.client_id in whom.clients or each.chat_id in whom.chats]
    return each_of(mine, notes.drop)


def _commands(whom: Whom) -> Plan:
    commands, names = whom.store.commands, whom.person.names

    def silence(key: CommandName) -> None:
        at, note = commands.pop(key)
        if not any(name in key[2] for name in names):
            commands[key] = (at, evolve(note, answer=None))

    return each_of([key for key, (_, note) in commands.items() if whom.is_named_by(key, note)], silence)


def _media(whom: Whom) -> Plan:
    media, theirs = whom.store.media, set(map(MediaId, whom.media))
    others = [row.message for row in whom.store.messages.rows.values() if row.message.chat_id not in whom.chats]
    return each_of([each for each in theirs - media_of(others) if each in media.rows], media.drop)


def media_of(messages: Collection[Message]) -> set[MediaId]:
    """The files that they carry."""
    files = (message.content.file for message in messages)
    return {MediaId(UUID(file.media_id)) for file in files if file is not None and file.media_id is not None}


def _messages(whom: Whom) -> Plan:
    messages = whom.store.messages

    def silence(message_id: MessageId) -> None:
        row = messages.rows[message_id]
        messages.replace(message_id, evolve(row, message=nameless(row.message)))

    return each_of([message.id for message in whom.messages], silence)


def nameless(message: Message) -> Message:
    """Nobody can tell any more whose it was."""
    status = DeliveryState.FAILED if message.status in UNSENT else message.status
    name = forgotten(message.provider_id) if message.provider_id else None
    return evolve(silent(message, "anonymized"), provider_id=name, status=status)


def silent(message: Message, flag: str) -> Message:
    """The message without its words."""
    return evolve(
        message,
        content=Text(body=""),
        client_key=None,
        metadata={flag: True},
        reactions={},
        error=message.error and evolve(message.error, title="", info=""),
        version=message.version + 1,
    )


def _chats(whom: Whom) -> Plan:
    chats = whom.store.chats

    def silence(chat: Chat) -> None:
        last = chat.last_message
        chats.replace(chat.id, evolve(chat, last_message=last and evolve(last, text="", media_type=None)))

    return each_of([chat for chat in whom.person.chats if chat.last_message], silence)


def _milestones(whom: Whom) -> Plan:
    told = [(chat_id, place) for chat_id in whom.chats for place in explained(whom.store, chat_id)]
    return each_of(told, lambda where: unexplain(whom.store, *where))


def explained(store: MemoryStore, chat_id: ChatId) -> Sequence[int]:
    """Where in a chat's life a person gave a reason."""
    return [place for place, event in enumerate(store.milestones.get(chat_id, ())) if getattr(event, "reason", None)]


def unexplain(store: MemoryStore, chat_id: ChatId, place: int) -> None:
    """The reason is gone."""
    unexplained: Any = {"reason": None}
    life = store.milestones[chat_id]
    life[place] = evolve(life[place], **unexplained)


def _usage(whom: Whom) -> Plan:
    kept = whom.store.usage.get(whom.company_id, {})

    def rename(key: tuple[IntegrationId, str]) -> None:
        counted, unnamed = kept.pop(key), forgotten(key[1])
        kept[(key[0], unnamed)] = evolve(counted, charge=evolve(counted.charge, provider_id=unnamed))

    return each_of([key for key, counted in kept.items() if counted.charge.chat_id in whom.chats], rename)


def _calls(whom: Whom) -> Plan:
    hints = {peer_hint(Peer(phone=name)) for name in whom.person.names} - {None}
    calls = whom.store.calls.get(whom.company_id, [])

    def silence(place: int) -> None:
        calls[place] = evolve(calls[place], peer=None, request_id=None, error_title=None)

    return each_of([place for place, call in enumerate(calls) if call.peer in hints], silence)


def _events(whom: Whom) -> Plan:
    history = whom.store.history_of(whom.company_id)
    newest = history.newest(lambda event: whom.is_in(event.data))
    return Plan(history.count(up_to=newest), partial(history.forget, newest))


ERASERS: Mapping[Trace, Callable[[Whom], Plan]] = {
    Trace.JOURNAL: _journal,
    Trace.LANES: _lanes,
    Trace.ERRANDS: _errands,
    Trace.MERGES: _merges,
    Trace.NOTES: _notes,
    Trace.COMMANDS: _commands,
    Trace.MEDIA: _media,
    Trace.MESSAGES: _messages,
    Trace.CHATS: _chats,
    Trace.MILESTONES: _milestones,
    Trace.USAGE: _usage,
    Trace.CALLS: _calls,
    Trace.EVENTS: _events,
}
