"""Each version of EvolutionAPI, from what a client does to what we understand of it."""

import json
from typing import Any

import pytest

from jaboti_adapters.channels.evolutionapi.inbound import read, split
from jaboti_domain.integration.messaging import Edit, Ignored, Inbound, Receipt, ReceiptStatus, Revoke, Update
from jaboti_entrypoints.sandbox.evolutionapi import Version, contents
from tests.integration.sandbox.evolution_shop import MARINA, NAME, EvolutionShop

pytestmark = pytest.mark.asyncio(loop_scope="module")
SAID: dict[str, Any] = {
    "text": "Oi",
    "image": contents.file("image", b"\x89PNG", caption="veja"),
    "video": contents.file("video", b"mp4"),
    "voice": contents.file("audio", b"OggS", ptt=True),
    "document": contents.file("document", b"%PDF", fileName="nota.pdf"),
    "sticker": contents.file("sticker", b"RIFF"),
    "once": contents.once(contents.file("image", b"\x89PNG")),
    "location": contents.location(-23.5, -46.6, name="Loja"),
    "contact": contents.contact("Ana", "+55 41 98888-7777"),
    "reaction": contents.reaction("3EB0", "👍"),
    "row": contents.row_reply("1", "Vendas", "falar com vendas"),
    "button": contents.button_reply("1", "Sim"),
    "poll": contents.poll("Qual?", "A", "B"),
}


async def understood(shop: EvolutionShop) -> list[Update]:
    """What we make of everything that was told, but for the chatter about contacts and chats."""
    assert await shop.settled()
    bodies = [json.dumps(body).encode() for body, _, _ in shop.posts]
    updates = [read(item.raw) for body in bodies for item in split(body)]
    return [update for update in updates if not isinstance(update, Ignored)]


async def content(shop: EvolutionShop, version: Version, said: Any, **dials: Any) -> Inbound:
    await shop.begin()
    shop.knobs.turn(version=version, **dials)
    shop.hears(said, id="3A01", at=1781000000)
    (update,) = await understood(shop)
    assert isinstance(update, Inbound)
    return update


@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
async def test_what_a_client_says_is_the_same_in_each_version(evolution: EvolutionShop, said: Any) -> None:
    heard = [await content(evolution, version, said) for version in Version]
    assert all(each == heard[0] for each in heard)
    assert heard[0].content.kind != "unknown"


@pytest.mark.parametrize(
    ("version", "alone", "phone", "lid"),
    [
        (Version.V2_2_3, False, True, False),
        (Version.V2_3_0, False, True, True),
        (Version.V2_3_6, False, True, True),
        (Version.V2_3_7, False, True, False),
        *((version, True, False, True) for version in Version),
    ],
)
async def test_a_client_is_known_by_what_the_version_shows(
    evolution: EvolutionShop, version: Version, alone: bool, phone: bool, lid: bool
) -> None:
    peer = (await content(evolution, version, "Oi", lids=True, lid_only=alone)).peer
    assert (peer.phone == MARINA.phone, bool(peer.lid)) == (phone, lid)


@pytest.mark.parametrize("version", list(Version))
async def test_an_edit_is_no_deletion_in_any_version(evolution: EvolutionShop, version: Version) -> None:
    evolution.knobs.turn(version=version)
    name = evolution.hears("Oii")
    evolution.sandbox.client_edits(NAME, name, "Oi")
    edits = [update for update in await understood(evolution) if not isinstance(update, Inbound)]
    assert {type(update) for update in edits} == {Edit}
    assert {(update.target, update.content.text) for update in edits if isinstance(update, Edit)} == {(name, "Oi")}


@pytest.mark.parametrize("version", list(Version))
async def test_a_deletion_is_one_in_each_version(evolution: EvolutionShop, version: Version) -> None:
    evolution.knobs.turn(version=version)
    name = evolution.hears("Oii")
    evolution.sandbox.client_revokes(NAME, name)
    told = [update for update in await understood(evolution) if not isinstance(update, Inbound)]
    assert {update.target for update in told if isinstance(update, Revoke)} == {name}
    assert {type(update) for update in told} == {Revoke}


@pytest.mark.parametrize("version", list(Version))
async def test_what_became_of_our_message_is_the_same_in_each_version(
    evolution: EvolutionShop, version: Version
) -> None:
    evolution.knobs.turn(version=version)
    name = (await evolution.send()).json()["key"]["id"]
    told = {(each.provider_id, each.status) for each in await understood(evolution) if isinstance(each, Receipt)}
    assert told == {(name, status) for status in (ReceiptStatus.SENT, ReceiptStatus.DELIVERED, ReceiptStatus.READ)}
