"""A machine that drives two storages with the same operations: nobody may be able to tell them apart.

class MemoryAndMine(Lockstep):
    async def open_backends(self) -> tuple[Backend, Backend]:
        return memory_backend(MemoryStore()), my_backend()

TestLockstep = MemoryAndMine.TestCase
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, initialize, multiple, rule

from jaboti_adapters.backend import Unit
from jaboti_adapters.contracts.builders import a_chat, a_client, a_receipt, an_arrival, an_inbound
from jaboti_adapters.contracts.observation import clients_seen, errand_seen
from jaboti_adapters.contracts.scene import Kept
from jaboti_adapters.contracts.tandem_machine import TandemMachine
from jaboti_domain.chat.delivery import DeliveryError
from jaboti_domain.chat.message import Message
from jaboti_domain.chat.model import Chat
from jaboti_domain.chat.ports import Errand, Settlement
from jaboti_domain.client.identity import ChannelIdentity
from jaboti_domain.client.model import Client, survivor
from jaboti_domain.company.model import Company
from jaboti_domain.integration.content import Text
from jaboti_domain.integration.messaging import ReceiptStatus
from jaboti_domain.integration.ports.journal import Outcome, Verdict
from jaboti_domain.kernel.events import Named
from jaboti_domain.kernel.ids import ChatId, ClientId, MessageId

Claimed = tuple[Errand, Errand]

PHONES = st.sampled_from([f"5541988{n:06}" for n in range(4)])
PROVIDER_IDS = st.sampled_from([f"wamid.{n}" for n in range(4)])
NAMES = st.lists(PROVIDER_IDS, min_size=1, max_size=3)
WAITS = st.sampled_from([timedelta(0), timedelta(0), timedelta(hours=1)])
PAUSES = st.sampled_from([timedelta(seconds=61), timedelta(minutes=58), timedelta(hours=7)])
WORDS = st.sampled_from(["Oi", "Bom dia 😀", "1", "%", "ação"])
PEOPLE = st.sampled_from(["sofia", "ana", "sofia", "caio"])
DEEDS: Mapping[str, Callable[[Message, datetime], object]] = {
    "refused": lambda m, at: m.refused(DeliveryError(code="131026", title="Undeliverable"), at=at),
    "reacted": lambda m, at: m.react("CLIENT", "👍", at=at),
    "unreacted": lambda m, at: m.react("CLIENT", "", at=at),
    "edited": lambda m, at: m.edit(Text(body="Corrigido"), at=at),
    "revoked": lambda m, at: m.revoke(at=at),
    "sending": lambda m, at: m.sending(again=True, at=at),
}


class Lockstep(TandemMachine):
    """What one side loads the other loads too; what one refuses the other refuses; what one shows the other shows."""

    clients: "Bundle[ClientId]" = Bundle("clients")
    chats: "Bundle[ChatId]" = Bundle("chats")
    messages: "Bundle[MessageId]" = Bundle("messages")
    claims: "Bundle[Claimed]" = Bundle("claims")

    @initialize(target=clients)
    def one_client(self) -> ClientId:
        return self.scene.maria.id

    @initialize(target=chats)
    def two_chats(self) -> Any:
        rui, integration, at = a_client(self.scene.company_id, "Rui"), self.scene.integration, self.now()
        waiting = a_chat(rui, integration, at=at)
        taken = a_chat(self.scene.maria, integration, attendant=self.scene.ana, at=at)
        assert self.change(_nothing, lambda _: [rui, waiting, taken])
        return multiple(waiting.id, taken.id)

    @rule(pause=PAUSES)
    def pause(self, pause: timedelta) -> None:
        self.wait(pause)

    @rule(zone=st.sampled_from(["America/Sao_Paulo", "Asia/Tokyo"]))
    def relocate(self, zone: str) -> None:
        def act(found: Company) -> Sequence[Kept]:
            found.time_zone = zone
            return [found]

        self.change(lambda uow: uow.companies.get(), act)

    @rule(target=clients, phone=PHONES, name=st.sampled_from([None, "Rui"]))
    def register(self, phone: str, name: str | None) -> Any:
        client = a_client(self.scene.company_id, name, phone=phone)
        return client.id if self.change(_nothing, lambda _: [client]) else multiple()

    @rule(client=clients, phone=PHONES)
    def move(self, client: ClientId, phone: str) -> None:
        def act(found: Client) -> Sequence[Kept]:
            found.move(old=found.identities, new=[ChannelIdentity.of_phone(phone)], at=self.now())
            return [found]

        self.change(lambda uow: uow.clients.get(client), act)

    @rule(one=clients, other=clients, orderly=st.booleans())
    def merge(self, one: ClientId, other: ClientId, orderly: bool) -> None:
        async def load(uow: Unit) -> tuple[list[Client], list[Chat]]:
            found = await uow.clients.find([one, other])
            return [found[one], found[other]], list(await uow.chats.find_of_client([one, other]))

        if one != other:
            self.change(load, lambda found: self._as_one(*found, orderly=orderly))
            self.run(self.tandem.see(lambda scene: clients_seen(scene, [one, other])))

    @rule(target=chats, client=clients, who=st.none() | PEOPLE, with_bot=st.booleans())
    def open(self, client: ClientId, who: str | None, with_bot: bool) -> Any:
        opened: list[Chat] = []

        def act(found: Client) -> Sequence[Kept]:
            attendant = self.actor(who) if who else None
            opened.append(a_chat(found, self.scene.integration, attendant=attendant, with_bot=with_bot, at=self.now()))
            return opened

        return opened[0].id if self.change(lambda uow: uow.clients.get(client), act) else multiple()

    @rule(target=messages, chat=chats, words=WORDS, names=NAMES, phone=st.booleans(), ad=st.booleans())
    def receive(self, chat: ChatId, words: str, names: list[str], phone: bool, ad: bool) -> Any:
        inbounds = [an_inbound(words, provider_id=name, from_phone=phone, entry_point=ad) for name in names]
        return self.write(chat, lambda found: [found.receive(inbound, at=self.now()) for inbound in inbounds])

    @rule(target=messages, chat=chats, words=WORDS)
    def say(self, chat: ChatId, words: str) -> Any:
        return self.write(chat, lambda found: [found.say(Text(body=words), at=self.now())])

    @rule(target=messages, chat=chats, who=PEOPLE, words=WORDS)
    def send(self, chat: ChatId, who: str, words: str) -> Any:
        return self.write(chat, lambda found: [found.send(self.actor(who), Text(body=words), at=self.now())])

    @rule(chat=chats, to_sales=st.booleans())
    def queue(self, chat: ChatId, to_sales: bool) -> None:
        department = Named(self.scene.sales.id, "Vendas") if to_sales else None
        self.turn(chat, lambda found: found.queue(department, at=self.now()))

    @rule(chat=chats, who=PEOPLE, keep=st.sampled_from([True, True, False]))
    def start(self, chat: ChatId, who: str, keep: bool) -> None:
        self.turn(chat, lambda found: found.start(self.actor(who), at=self.now()), keep=keep)

    @rule(chat=chats, who=PEOPLE, to=st.none() | PEOPLE)
    def transfer(self, chat: ChatId, who: str, to: str | None) -> None:
        def act(found: Chat) -> None:
            if to is None:
                support = Named(self.scene.support.id, "Suporte")
                found.transfer_to_department(self.actor(who), support, reason="", at=self.now())
            else:
                colleague = Named(self.actor(to).user_id, self.actor(to).name)
                found.transfer_to_attendant(self.actor(who), colleague, reason="almoço", at=self.now())

        self.turn(chat, act)

    @rule(chat=chats, who=st.none() | PEOPLE)
    def end(self, chat: ChatId, who: str | None) -> None:
        actor = self.actor(who) if who else None
        self.turn(chat, lambda found: found.end(actor, reason="fim", at=self.now()))

    @rule(chat=chats)
    def release(self, chat: ChatId) -> None:
        self.turn(chat, lambda found: found.release(self.scene.alda, at=self.now()))

    @rule(chat=chats)
    def reopen(self, chat: ChatId) -> None:
        self.turn(chat, lambda found: found.reopen(at=self.now()))

    @rule(chat=chats, who=PEOPLE, up_to=st.integers(0, 5))
    def read(self, chat: ChatId, who: str, up_to: int) -> None:
        async def newest(uow: Unit) -> tuple[int, Message | None]:
            message = await uow.messages.newest_of_client(chat, up_to=up_to)
            return await uow.chats.count_unread(chat, after=up_to), message

        one, other = self.run(self.tandem.each(newest))
        assert one == other
        self.turn(chat, lambda found: found.read(self.actor(who), up_to=up_to, unread=one[0], at=self.now()))

    @rule(chat=chats, message=messages)
    def add_read(self, chat: ChatId, message: MessageId) -> None:
        async def add(uow: Unit) -> None:
            await uow.outbound.add_read(await uow.chats.get(chat), message)

        self.run(self.tandem.each(add))

    @rule(message=messages, name=PROVIDER_IDS)
    def accept(self, message: MessageId, name: str) -> None:
        self.touch(message, lambda found: found.accepted(f"out.{name}", at=self.now()))

    @rule(message=messages, status=st.sampled_from(ReceiptStatus), name=PROVIDER_IDS)
    def deliver(self, message: MessageId, status: ReceiptStatus, name: str) -> None:
        receipt = a_receipt(status, provider_id=f"out.{name}")
        self.touch(message, lambda found: found.receive(receipt, at=self.now()))

    @rule(message=messages, deed=st.sampled_from(sorted(DEEDS)))
    def suffer(self, message: MessageId, deed: str) -> None:
        self.touch(message, lambda found: DEEDS[deed](found, self.now()))

    @rule(message=messages)
    def drop(self, message: MessageId) -> None:
        self.run(self.tandem.each(lambda uow: uow.outbound.drop([message])))

    @rule(target=claims, unsure_after=WAITS)
    def claim(self, unsure_after: timedelta) -> Any:
        async def claim(uow: Unit) -> list[Errand]:
            claimed = await uow.outbound.claim(errands=1000, unsure_after=unsure_after)
            return sorted(claimed, key=lambda errand: errand.chat_id)

        one, other = self.run(self.tandem.each(claim))
        assert list(map(errand_seen, one)) == list(map(errand_seen, other))
        return multiple(*zip(one, other, strict=True))

    @rule(claim=claims, retry_in=st.none() | WAITS, unsure=st.booleans())
    def settle(self, claim: Claimed, retry_in: timedelta | None, unsure: bool) -> None:
        one, other = (
            Settlement(errand_id=errand.id, attempt=errand.attempt, retry_in=retry_in, unsure=unsure)
            for errand in claim
        )
        self.settle_both(one, other)

    @rule(lane=st.sampled_from("ab"), numbers=st.lists(st.integers(0, 9), max_size=3))
    def arrive(self, lane: str, numbers: list[int]) -> None:
        company_id, integration_id = self.scene.company_id, self.scene.integration.id
        arrivals = [an_arrival(company_id, integration_id, key=f"m:{number}", lane=lane) for number in numbers]
        self.run(self.tandem.see(lambda scene: scene.backend.journal.append(arrivals)))

    @rule(
        outcome=st.sampled_from([Outcome.PENDING, *Outcome]),
        wait=WAITS,
        lanes=st.integers(1, 2),
        entries=st.integers(1, 3),
    )
    def work_off(self, outcome: Outcome, wait: timedelta, lanes: int, entries: int) -> None:
        async def work(uow: Unit) -> list[tuple[str, str, int]]:
            claimed = await uow.lanes.claim(lanes=lanes, entries=entries)
            await uow.lanes.settle([Verdict(entry_id=entry.id, outcome=outcome, wait=wait) for entry in claimed])
            return [(entry.event_key, entry.lane, entry.attempts) for entry in claimed]

        one, other = self.run(self.tandem.each(work))
        assert one == other

    def _as_one(self, clients: Sequence[Client], chats: Sequence[Chat], *, orderly: bool) -> Sequence[Kept]:
        stays = survivor(clients)
        others = [client for client in clients if client is not stays]
        if any(client.merged_into for client in clients):
            return []
        stays.absorb(others, at=self.now())
        for chat in chats:
            if chat.is_open and orderly:
                chat.end(None, reason="merged", at=self.now())
            if chat.client_id != stays.id:
                chat.reassign(stays.id, at=self.now())
        return [stays, *others, *chats]


async def _nothing(unit: Unit) -> None:
    pass
