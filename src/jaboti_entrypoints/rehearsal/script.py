"""The main job, played from end to end: clients write, attendants take, answer, hand over and end."""

import asyncio
from base64 import b64decode
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

from attrs import define, field

from jaboti_domain.integration.ports.journal import Outcome
from jaboti_entrypoints.rehearsal.desk import PATIENCE, CommandRefused, Desk, Frame, at_desk
from jaboti_entrypoints.rehearsal.people import House
from jaboti_entrypoints.rehearsal.report import Report
from jaboti_entrypoints.rehearsal.sides import Side
from jaboti_entrypoints.rehearsal.stage import Stage

WORDS = ("Bom dia! Vocês têm pão de queijo?", "São vinte unidades.", "É para hoje à tarde 🙏")
PICTURE = (
    b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")
    + bytes(range(256)) * 1000
)
"""A PNG of 250 kB: what follows its end is read by nobody."""
ANSWERS = ("Bom dia! Temos, sim.", "Separo vinte para você.", "Pode buscar a partir das 15h.")


@define
class Script:
    """One performance in one company, on one platform."""

    stage: Stage
    house: House
    report: Report
    side: Side
    chats: dict[str, str] = field(factory=dict, init=False)
    """Chat ids by the client's phone, as WhatsApp writes it."""
    people: dict[str, str] = field(factory=dict, init=False)
    """Client ids, likewise."""

    async def play(self) -> None:
        """From the first greeting to the last comparison of the books."""
        company_id = str(self.house.company.id)
        async with (
            at_desk(self.stage.base_url, "ana@aurora.example") as ana,
            at_desk(self.stage.base_url, "bruno@aurora.example", company_id=company_id) as bruno,
        ):
            self.side.knobs.turn(**self.side.mischief)
            await self._clients_write(ana)
            await self._race(ana, bruno)
            await self._answer(ana)
            await self._pictures(ana)
            await self._hand_over(ana, bruno)
            await self._end(ana, bruno)
            await self._settle()
            await self._compare(bruno)
            await self._resume(bruno)

    async def _clients_write(self, ana: Desk) -> None:
        await asyncio.gather(*(self._client_writes(phone) for phone in self.side.clients))
        arrived = await eventually(lambda: self._all_waiting(ana))
        greeted = f"clients greeted by the bot on {self.side.name}, who wait in the queue that they chose"
        self.report.check(greeted, len(self.chats), len(self.side.clients))
        self.report.check("their messages were shown live", arrived)

    async def _client_writes(self, phone: str) -> None:
        side = self.side
        side.write(phone, "Oi")
        await eventually(lambda: _true(len(side.sent_to(phone)) >= 1))
        side.write(phone, "1")
        await eventually(lambda: _true(len(side.sent_to(phone)) >= 2))
        for words in WORDS:
            side.write(phone, words)

    async def _all_waiting(self, ana: Desk) -> bool:
        waiting = (await ana.get("/chats", category="pending", limit="200"))["items"]
        items = [chat for chat in waiting if chat["integrationId"] == str(self.side.integration_id)]
        phones = {name: phone for phone, name in self.side.clients.items()}
        self.chats = {phones[chat["client"]["name"]]: chat["id"] for chat in items}
        self.people = {phones[chat["client"]["name"]]: chat["client"]["id"] for chat in items}
        unread = {chat["id"]: chat["unreadCount"] for chat in items}
        told = Counter(e["data"]["chatId"] for e in ana.events if e["event"] == "message.created")
        everybody = len(items) == len(self.side.clients)
        return everybody and set(unread.values()) == {len(WORDS) + 2} and told.keys() >= unread.keys()

    async def _race(self, ana: Desk, bruno: Desk) -> None:
        outcomes: Counter[tuple[int, ...]] = Counter()
        for chat_id in list(self.chats.values())[:4]:
            answers = await asyncio.gather(*(d.post(f"/chats/{chat_id}/start") for d in (ana, bruno)))
            outcomes[tuple(sorted(a.status_code for a in answers))] += 1
            if answers[1].status_code == 200:
                await bruno.post(f"/chats/{chat_id}/transfer", {"toAttendantId": ana.user_id})
        self.report.check("two press start at once: one gets it, one is told", dict(outcomes), {(200, 409): 4})
        for chat_id in list(self.chats.values())[4:]:
            await ana.command("chat.start", chatId=chat_id)

    async def _answer(self, ana: Desk) -> None:
        self.side.knobs.reset_next(self.side.answers_lost)
        for chat_id in self.chats.values():
            await ana.command("message.send", chatId=chat_id, content=ANSWERS[0])
            sent = await ana.post(f"/chats/{chat_id}/messages", {"content": ANSWERS[1]})
            sent.raise_for_status()
            await ana.command("message.send", chatId=chat_id, content=ANSWERS[2])
            await ana.command("chat.read", chatId=chat_id, seq=100)
        wanted = len(self.chats) * len(ANSWERS)
        read = await ana.told(lambda events: len(_read(events)) >= wanted)
        self.report.check("answers that the clients have read, as told live", read)

    async def _pictures(self, ana: Desk) -> None:
        phone, chat_id = next(iter(self.chats.items()))
        self.side.show(phone, PICTURE)
        arrived = await ana.told(lambda events: any(_has_picture(e, chat_id) for e in events))
        paths = [e["data"]["media"]["url"] for e in ana.events if _has_picture(e, chat_id)]
        had = [await ana.take(path) for path in paths[:1]]
        self.report.check("a client's picture is told, and had as it was sent", arrived and had == [PICTURE])
        media_id = await ana.bring("bolo.png", PICTURE)
        await ana.command("message.send", chatId=chat_id, mediaId=media_id)
        await eventually(lambda: _true(bool(self.side.shown(phone))))
        self.report.check("and one of ours gets to the client", list(self.side.shown(phone)) == [PICTURE])

    async def _hand_over(self, ana: Desk, bruno: Desk) -> None:
        first, second, *_ = self.chats.values()
        await ana.command("chat.transfer", chatId=first, toAttendantId=bruno.user_id, reason="fala com o Bruno")
        finance = str(self.house.departments["Financeiro"].id)
        await ana.command("chat.transfer", chatId=second, toDepartmentId=finance, reason="boleto")
        noticed = await bruno.told(lambda events: any(_is_notice(e, first) for e in events))
        self.report.check("the colleague is notified of what was handed to them", noticed)
        refused = await ana.post(f"/chats/{first}/messages", {"content": "ainda sou eu?"})
        self.report.check("who handed it over can no longer answer", refused.status_code, 403)
        await bruno.command("chat.start", chatId=second)

    async def _end(self, ana: Desk, bruno: Desk) -> None:
        first, second, *rest = self.chats.values()
        for desk, chat_id in [(bruno, first), (bruno, second), *((ana, chat_id) for chat_id in rest)]:
            ended = await desk.post(f"/chats/{chat_id}/end", {"reason": "resolvido", "farewell": "Até logo!"})
            ended.raise_for_status()
        again = await ana.post(f"/chats/{rest[0]}/end")
        self.report.check("what has ended can't be ended again", again.status_code, 409)
        try:
            await ana.command("message.send", chatId=rest[0], content="esqueci!")
        except CommandRefused as refused:
            self.report.check("nor answered", refused.problem["code"], "chat.already_closed")

    async def _settle(self) -> None:
        settled = await eventually(self.stage.settled)
        self.report.check("everything that came was dealt with, everything to send was sent", settled)
        counts = (await self.stage.application.accounts()).journal.counts
        self.report.check("dead letters", counts.get(Outcome.DEAD, 0), 0)

    async def _compare(self, bruno: Desk) -> None:
        lost = doubled = inverted = gaps = unread = 0
        for phone, chat_id in self.chats.items():
            messages = (await bruno.get(f"/chats/{chat_id}/messages", limit="200"))["items"]
            ours = [m["content"] for m in messages if m["senderType"] in ("ATTENDANT", "BOT")]
            theirs = list(self.side.sent_to(phone))
            written = Counter(m["content"] for m in messages if m["senderType"] == "CLIENT" and not m["media"])
            pictures = sum(m["senderType"] == "CLIENT" and m["media"] is not None for m in messages)
            said = Counter(["Oi", "1", *WORDS])
            lost += len((Counter(ours) - Counter(theirs)).keys() | (said - written).keys())
            doubled += sum((Counter(theirs) - Counter(ours)).values()) + sum((written - said).values())
            doubled += max(0, pictures - 1)
            inverted += ours != theirs
            gaps += [m["seq"] for m in messages] != list(range(1, len(messages) + 1))
            unread += sum(m["status"] != "READ" for m in messages if m["senderType"] in ("ATTENDANT", "BOT"))
        ledger = self.side.ledger
        self.report.check(f"of {len(ledger.sends)} sends and {len(ledger.inbound)} inbound messages, lost", lost, 0)
        self.report.check("doubled", doubled + len(ledger.doubled()), 0)
        self.report.check("chats whose messages went out in another order", inverted, 0)
        self.report.check("chats with a gap in their numbers", gaps, 0)
        self.report.check("messages that the client read and we don't know of it", unread, 0)

    async def _resume(self, bruno: Desk) -> None:
        live = [e["id"] for e in bruno.events if e["id"] == e["cursor"]]  # figures of the moment are not kept
        again = Desk(bruno.base_url, bruno.http, bruno.token, bruno.user_id)
        async with again.listening(resume=bruno.ready["cursor"]):
            await again.told(lambda events: {e["id"] for e in events} >= set(live))
        seen = list(dict.fromkeys(e["id"] for e in again.events))
        self.report.check(
            f"events that a socket resumed from its cursor missed, of {len(live)}", len(set(live) - set(seen)), 0
        )
        self.report.check(
            "and they came in the same order", [i for i in seen if i in set(live)] == list(dict.fromkeys(live))
        )


async def eventually(wanted: Callable[[], Awaitable[bool]], *, within: float = PATIENCE) -> bool:
    """Whether it came to be so in time; asked again and again."""
    deadline = asyncio.get_running_loop().time() + within
    while not await wanted():
        if asyncio.get_running_loop().time() > deadline:
            return False
        await asyncio.sleep(0.05)
    return True


async def _true(value: bool) -> bool:
    return value


def _read(events: Sequence[Frame]) -> set[str]:
    return {e["data"]["id"] for e in events if e["event"] == "message.updated" and e["data"].get("status") == "READ"}


def _has_picture(event: Frame, chat_id: str) -> bool:
    data = event["data"]
    told = event["event"] == "message.updated" and data["chatId"] == chat_id and data.get("media") is not None
    return told and data["metadata"] == {"mediaState": None}


def _is_notice(event: Frame, chat_id: str) -> bool:
    told = event["event"] == "chat.transferred" and event["data"]["chatId"] == chat_id
    return told and bool(event["data"].get("notification") or event.get("notification"))
