"""What a client writes is taken once, whatever is delivered how often, and whoever dies meanwhile."""

from collections import Counter

from tests.integration.faults.flood import Flood, Recovery, survived
from tests.integration.faults.letters import IMAGE, Letter, letter, phone
from tests.integration.faults.postmen import Postmen
from tests.integration.faults.site import Site
from tests.integration.faults.sizes import FULL, scaled
from tests.integration.faults.verdicts import Verdict, compared, on_messages


async def test_a_webhook_that_was_answered_survives_the_death_of_the_server(site: Site, seed: int) -> None:
    recovery = Recovery()
    flood = Flood(seed=seed, messages=scaled(2_000), kills=9 if FULL else 3)

    verdict = await survived(site, flood, recovery)

    assert not verdict, verdict
    print(f"answered again after {recovery.seconds} s")


async def test_two_hundred_copies_of_a_webhook_at_once_have_the_effect_of_one(site: Site, seed: int) -> None:
    copies = [letter(site.houses[0], name="wamid.copied", author=phone(1))] * 200
    async with site.serving() as (server,):
        postmen = Postmen([server.url], at_once=len(copies))
        await postmen.bring(copies)
        await site.drained()

    assert Counter(action.answer for action in postmen.history.actions) == {200: 200}
    verdict = Verdict(seed, on_messages(await site.books(), ["wamid.copied"], postmen.history))
    assert not verdict, verdict


async def test_twenty_images_at_once_from_a_stranger_open_one_chat(site: Site, seed: int) -> None:
    rounds = [_images(site, stranger) for stranger in range(scaled(100))]
    async with site.serving(nodes=2) as nodes:
        postmen = Postmen([node.url for node in nodes], at_once=20)
        for images in rounds:
            await postmen.bring(images)
        await site.drained()

    books = await site.books()
    names = [image.name for images in rounds for image in images]
    faults = on_messages(books, names, postmen.history)
    faults |= compared(range(len(rounds)), range(len(books.clients)), what="clients")
    faults |= compared(range(len(rounds)), range(len(books.chats)), what="chats")
    faults["chats without 20"] = [chat["id"] for chat in books.chats if chat["last_seq"] != 20]
    verdict = Verdict(seed, faults)
    assert not verdict, verdict


def _images(site: Site, stranger: int) -> list[Letter]:
    house = site.houses[stranger % len(site.houses)]
    names = [f"wamid.{stranger}.{n}" for n in range(20)]
    return [letter(house, name=name, author=phone(stranger), content=IMAGE) for name in names]
