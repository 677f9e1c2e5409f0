"""Two attendants reach for the same chat."""

import asyncio
from collections import Counter

import httpx

from tests.integration.faults.desks import Desk, at_desk
from tests.integration.faults.letters import letter, phone
from tests.integration.faults.postmen import Postmen
from tests.integration.faults.site import ANA, BRUNO, Site
from tests.integration.faults.sizes import scaled
from tests.integration.faults.verdicts import Verdict, compared, on_numbers

WON, LOST = (200, None), (409, "chat.already_assigned")


async def test_of_two_who_start_a_chat_at_once_one_gets_it(site: Site, seed: int) -> None:
    rounds = scaled(100)
    strangers = [letter(site.houses[0], name=f"wamid.{n}", author=phone(n)) for n in range(rounds)]
    async with site.serving(nodes=2) as nodes:
        one, other = (node.url for node in nodes)
        await Postmen([one, other]).bring(strangers)
        await site.drained()
        async with at_desk(one, ANA) as ana, at_desk(other, BRUNO) as bruno:
            chats = [str(chat["id"]) for chat in (await site.books()).chats]
            answers = [await _both_start(chat_id, ana, bruno) for chat_id in chats]

    books = await site.books()
    faults = on_numbers(books) | compared(chats, (e["chat_id"] for e in books.told("chat.started")), what="starts")
    faults["odd answers"] = [each for each in answers if Counter(each) != {WON: 1, LOST: 1}]
    faults["idle chats"] = [chat["id"] for chat in books.chats if chat["status"] != "ACTIVE"]
    verdict = Verdict(seed, faults)
    assert len(chats) == rounds
    assert not verdict, verdict


async def _both_start(chat_id: str, *desks: Desk) -> list[tuple[int, str | None]]:
    return [_told(a) for a in await asyncio.gather(*(desk.post(f"/chats/{chat_id}/start") for desk in desks))]


def _told(answer: httpx.Response) -> tuple[int, str | None]:
    return answer.status_code, answer.json().get("code")
