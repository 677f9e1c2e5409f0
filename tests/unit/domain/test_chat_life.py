"""The life of a chat, in every order in which its turns may come."""

from collections.abc import Callable
from datetime import timedelta

from attrs import evolve
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from jaboti_adapters.contracts.builders import (
    a_chat,
    a_client,
    a_membership,
    a_user,
    an_actor,
    an_inbound,
    an_integration,
    now,
)
from jaboti_domain.chat.events import (
    ChatEnded,
    ChatEvent,
    ChatQueued,
    ChatRead,
    ChatReassigned,
    ChatReleased,
    ChatReopened,
    ChatStarted,
    ChatTransferred,
    MessageAdded,
)
from jaboti_domain.chat.message import Message, SenderType
from jaboti_domain.chat.model import Chat
from jaboti_domain.chat.routing import ChatStatus
from jaboti_domain.integration.content import Template, Text
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.kernel.actor import Actor, Role
from jaboti_domain.kernel.errors import Refusal
from jaboti_domain.kernel.events import Named
from jaboti_domain.kernel.ids import ClientId, CompanyId, DepartmentId, new_id

BOT, PENDING, ACTIVE, CLOSED = ChatStatus
COMPANY = CompanyId(new_id())
SALES, SUPPORT = Named(DepartmentId(new_id()), "Vendas"), Named(DepartmentId(new_id()), "Suporte")
OPEN, ANY = {BOT, PENDING, ACTIVE}, set(ChatStatus)
LEGAL: dict[type[ChatEvent], tuple[set[ChatStatus], set[ChatStatus] | None]] = {
    ChatQueued: ({BOT, PENDING}, {PENDING}),
    ChatReleased: ({ACTIVE}, {PENDING}),
    ChatReopened: ({CLOSED}, {PENDING}),
    ChatStarted: ({BOT, PENDING}, {ACTIVE}),
    ChatTransferred: (OPEN, {PENDING, ACTIVE}),
    ChatEnded: (OPEN, {CLOSED}),
    MessageAdded: (OPEN, None),
    ChatRead: (ANY, None),
    ChatReassigned: (ANY, None),
}
"""What may happen in which states, and to which it leads; None: to the same."""


def _person(name: str, role: Role, *departments: Named) -> Actor:
    serves = [DepartmentId(department.id) for department in departments]
    return an_actor(a_membership(COMPANY, a_user(name), role=role, departments=serves))


ANA = _person("Ana", Role.OPERATOR, SALES)
CAIO = _person("Caio", Role.OPERATOR, SUPPORT)
SOFIA = _person("Sofia", Role.SUPERVISOR)
people = st.sampled_from([SOFIA, ANA, SOFIA, CAIO])
waits = st.sampled_from([timedelta(0), timedelta(minutes=1), timedelta(hours=25)])


class ChatLife(RuleBasedStateMachine):
    """What was refused changed nothing; what happened is told by the events, and by nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.at = now()
        client = a_client(COMPANY)
        self.chat = a_chat(client, an_integration(COMPANY, platform=Platform.CLOUD_API), with_bot=True, at=self.at)
        self.events: list[ChatEvent] = []
        self.news: list[ChatEvent] = []
        self.messages: list[Message] = []
        self.before = evolve(self.chat)
        self._collect()
        self.news.clear()

    def attempt(self, act: Callable[[], object]) -> None:
        self.before = evolve(self.chat)
        try:
            act()
        except Refusal:
            assert self.chat == self.before
            assert self.chat.collect() == []
            assert self.chat.collect_messages() == []
        self._collect()

    @rule(wait=waits)
    def time_passes(self, wait: timedelta) -> None:
        self.at += wait
        self.before, self.news = evolve(self.chat), []

    @rule(from_phone=st.booleans(), entry_point=st.booleans(), late=waits)
    def receive(self, from_phone: bool, entry_point: bool, late: timedelta) -> None:
        inbound = an_inbound(from_phone=from_phone, entry_point=entry_point, at=self.at - late)
        self.attempt(lambda: self.chat.receive(inbound, at=self.at))

    @rule()
    def say(self) -> None:
        self.attempt(lambda: self.chat.say(Text(body="Olá"), at=self.at))

    @rule(department=st.sampled_from([None, SALES, SUPPORT]))
    def queue(self, department: Named | None) -> None:
        self.attempt(lambda: self.chat.queue(department, at=self.at))

    @rule(who=people)
    def start(self, who: Actor) -> None:
        self.attempt(lambda: self.chat.start(who, at=self.at))

    @rule(who=people, template=st.booleans())
    def send(self, who: Actor, template: bool) -> None:
        content = Template(name="hello", language="pt_BR") if template else Text(body="Olá")
        self.attempt(lambda: self.chat.send(who, content, at=self.at))

    @rule(who=people, to=people)
    def transfer_to_attendant(self, who: Actor, to: Actor) -> None:
        colleague = Named(to.user_id, to.name)
        self.attempt(lambda: self.chat.transfer_to_attendant(who, colleague, reason="", at=self.at))

    @rule(who=people, to=st.sampled_from([SALES, SUPPORT]))
    def transfer_to_department(self, who: Actor, to: Named) -> None:
        self.attempt(lambda: self.chat.transfer_to_department(who, to, reason="", at=self.at))

    @rule(who=st.none() | people)
    def end(self, who: Actor | None) -> None:
        self.attempt(lambda: self.chat.end(who, reason="", at=self.at))

    @rule(who=people)
    def release(self, who: Actor) -> None:
        self.attempt(lambda: self.chat.release(who, at=self.at))

    @rule()
    def reopen(self) -> None:
        self.attempt(lambda: self.chat.reopen(at=self.at))

    @rule(who=people, up_to=st.integers(-1, 9))
    def read(self, who: Actor, up_to: int) -> None:
        self.attempt(lambda: self.chat.read(who, up_to=up_to, unread=self._unread_after(up_to), at=self.at))

    @rule()
    def reassign(self) -> None:
        self.attempt(lambda: self.chat.reassign(ClientId(new_id()), at=self.at))

    @invariant()
    def its_events_tell_its_life(self) -> None:
        assert Chat.of(self.events) == self.chat
        assert self.chat.version == len(self.events)

    @invariant()
    def only_legal_turns_are_taken(self) -> None:
        assert len(self.news) <= 1
        for event in self.news:
            before, after = LEGAL[type(event)]
            assert self.before.status in before
            assert self.chat.status in (after or {self.before.status})
        assert self.news or self.chat == self.before

    @invariant()
    def messages_are_numbered_without_a_gap(self) -> None:
        assert [message.seq for message in self.messages] == list(range(1, self.chat.last_seq + 1))
        added = [event.message_id for event in self.events if isinstance(event, MessageAdded)]
        assert added == [message.id for message in self.messages]

    @invariant()
    def what_was_gained_is_not_lost(self) -> None:
        assert self.chat.last_seq >= self.before.last_seq
        assert self.chat.read_seq >= self.before.read_seq
        assert self.before.first_human_at in (None, self.chat.first_human_at)
        closes_at = self.before.window.closes_at
        assert closes_at is None or (self.chat.window.closes_at is not None and self.chat.window.closes_at >= closes_at)

    @invariant()
    def its_fields_agree(self) -> None:
        chat = self.chat
        assert (chat.ended_at is not None) == (chat.status is CLOSED)
        assert chat.status is CLOSED or (chat.attendant_id is not None) == (chat.status is ACTIVE)
        assert chat.read_seq <= chat.last_seq
        assert chat.unread == self._unread_after(chat.read_seq)
        assert (chat.last_message.seq if chat.last_message else 0) == chat.last_seq

    def _unread_after(self, seq: int) -> int:
        return sum(message.sender_type is SenderType.CLIENT and message.seq > seq for message in self.messages)

    def _collect(self) -> None:
        self.messages += self.chat.collect_messages()
        self.news = [event for event in self.chat.collect() if isinstance(event, ChatEvent)]
        self.events.extend(self.news)


ChatLife.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
TestChatLife = ChatLife.TestCase
