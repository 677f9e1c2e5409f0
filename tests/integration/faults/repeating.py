"""An attendant on a bad line: each command is sent again and again, and cut off at a random byte."""

import asyncio
import json
from collections import defaultdict
from contextlib import AsyncExitStack
from random import Random

from attrs import define, field, frozen

from tests.integration.faults.desks import at_desk
from tests.integration.faults.letters import letter, phone
from tests.integration.faults.patience import until
from tests.integration.faults.postmen import Postmen
from tests.integration.faults.processes import Process
from tests.integration.faults.site import ANA, Site
from tests.integration.faults.verdicts import Verdict, compared, on_numbers

AT_ONCE, PAUSE = 8, 0.05
ONE_AT_A_TIME = b"command.in_progress"
"""What a repetition is told while the first is under way."""


@frozen(kw_only=True)
class Repetition:
    """So many commands in so many chats, each sent so often, with so many kills of the server."""

    seed: int
    commands: int
    times: int = 5
    chats: int = 10
    kills: int = 0


@define(eq=False)
class BadLine:
    """Sends requests, of which most break off; `answers` holds the bodies that came back whole, by command."""

    port: int
    token: str
    chance: Random
    answers: dict[str, list[str]] = field(factory=lambda: defaultdict(list), init=False)
    odd: list[object] = field(factory=list, init=False)

    async def repeat(self, chat_id: str, name: str, times: int) -> None:
        """So often, and then until an answer has come."""
        tries = 0
        while (tries < times or not self.answers[name]) and not self.odd:
            tries += 1
            await self._try(chat_id, name, whole=tries > times or self.chance.random() < 0.4)

    async def _try(self, chat_id: str, name: str, *, whole: bool) -> None:
        request = self._request(chat_id, name)
        sent = len(request) if whole else self.chance.randrange(len(request) + 1)
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            try:
                writer.write(request[:sent])
                await writer.drain()
                if not whole:
                    await asyncio.sleep(self.chance.uniform(0, 0.03))
                    writer.transport.abort()
                    return
                self._answered(name, await asyncio.wait_for(reader.read(), 15))
            finally:
                writer.close()
        except (OSError, TimeoutError):
            await asyncio.sleep(PAUSE)

    def _request(self, chat_id: str, name: str) -> bytes:
        body = json.dumps({"content": name}).encode()
        head = (
            f"POST /chats/{chat_id}/messages HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            f"Authorization: Bearer {self.token}\r\nIdempotency-Key: {name}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def _answered(self, name: str, answer: bytes) -> None:
        head, _, body = answer.partition(b"\r\n\r\n")
        status = int(head[9:12] or b"0")
        if status == 201:
            self.answers[name].append(body.decode())
        elif status not in (0, 503) and ONE_AT_A_TIME not in body:
            self.odd.append((name, status, body))


async def repeated(site: Site, plan: Repetition) -> Verdict:
    """Play it; what is wrong in the end."""
    chance, server = Random(plan.seed), site.server("--no-workers")
    names = [f"comando-{n}" for n in range(plan.commands)]
    async with AsyncExitStack() as stack:
        stack.push_async_callback(server.end)
        worker = site.worker()
        stack.push_async_callback(worker.end)
        await asyncio.gather(server.start(), worker.start())
        chats = await _own_chats(site, server, plan.chats)
        async with at_desk(server.url, ANA) as ana:
            line = BadLine(server.port or 0, ana.token, chance)
        await asyncio.gather(_all(line, names, chats, plan.times), _killing(server, plan, line))
        books = await site.books()
    said = [row["content"] for row in books.messages if row["sender_type"] == "ATTENDANT"]
    faults = compared(names, (json.loads(content)["body"] for content in said), what="messages") | on_numbers(books)
    faults["different answers"] = [name for name in names if len(set(line.answers[name])) > 1]
    faults["odd answers"] = line.odd
    return Verdict(plan.seed, faults)


async def _own_chats(site: Site, server: Process, chats: int) -> list[str]:
    strangers = [letter(site.houses[0], name=f"wamid.{n}", author=phone(n)) for n in range(chats)]
    await Postmen([server.url]).bring(strangers)
    await site.drained()
    await site.execute("UPDATE chat SET window_closes_at = now() + interval '1 day'")
    ids = [str(chat["id"]) for chat in (await site.books()).chats]
    async with at_desk(server.url, ANA) as ana:
        for chat_id in ids:
            (await ana.post(f"/chats/{chat_id}/start")).raise_for_status()
    return ids


async def _all(line: BadLine, names: list[str], chats: list[str], times: int) -> None:
    waiting = list(enumerate(names))

    async def work() -> None:
        while waiting:
            turn, name = waiting.pop()
            await line.repeat(chats[turn % len(chats)], name, times)

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))


async def _killing(server: Process, plan: Repetition, line: BadLine) -> None:
    """Evenly over the work that is to be done."""
    for kill in range(plan.kills):
        await _begun(line, plan.commands * (kill + 1) // (plan.kills + 1))
        await server.kill()
        await server.start()


async def _begun(line: BadLine, commands: int) -> None:
    def enough() -> bool:
        return len(line.answers) >= commands or bool(line.odd)

    await until(enough, within=60, what=f"{commands} commands")
