"""What is asked of the server for each kind of content."""

from typing import Any
from uuid import UUID

import pytest

from jaboti_adapters.channels.evolutionapi.jids import numbers_of
from jaboti_adapters.channels.evolutionapi.outbound import read_receipt, request
from jaboti_domain.integration.content import (
    Choice,
    ContactCard,
    Contacts,
    Content,
    Interactive,
    Location,
    Media,
    MediaFile,
    Order,
    Reaction,
    Reply,
    Template,
    Text,
    Unknown,
)
from jaboti_domain.integration.errors import GiveUp
from jaboti_domain.integration.messaging import Outbound, Peer
from jaboti_domain.kernel.ids import MessageId
from tests.unit.channels.evolution import JID, LID, MARINA, PHONE

ID = MessageId(UUID("0198f0c2-0000-7000-8000-000000000001"))
LINK = "https://shelf.example/x"


def asked(content: Content, *, reply_to: str | None = None) -> tuple[str, dict[str, Any]]:
    """The verb and the body, without the number that every message has."""
    found = request(Outbound(message_id=ID, to=MARINA, content=content, reply_to=reply_to), PHONE)
    return found.verb, {name: value for name, value in found.body.items() if name != "number"}


def media(kind: str, *, caption: str = "", **facts: Any) -> Media:
    return Media(media=MediaFile(type=kind, link=LINK, **facts), caption=caption)


CHOICES = Interactive(
    header="Loja",
    body="Qual horário?",
    choices=(Choice(id="a", title="Manhã"), Choice(id="b", title="Tarde", description="até as 18h")),
    footer="Responda com o número",
)
SPELLED_OUT = "Loja\n\nQual horário?\n\n1. Manhã\n2. Tarde - até as 18h\n\nResponda com o número"

KINDS: list[tuple[Content, str, dict[str, Any]]] = [
    (Text(body="Olá"), "sendText", {"text": "Olá", "linkPreview": False}),
    (CHOICES, "sendText", {"text": SPELLED_OUT, "linkPreview": False}),
    (
        media("image", caption="o portão", mime_type="image/png"),
        "sendMedia",
        {"mediatype": "image", "mimetype": "image/png", "media": LINK, "caption": "o portão"},
    ),
    (media("video"), "sendMedia", {"mediatype": "video", "mimetype": "video/mp4", "media": LINK}),
    (media("audio"), "sendMedia", {"mediatype": "audio", "mimetype": "audio/mpeg", "media": LINK}),
    (media("audio", voice=True), "sendWhatsAppAudio", {"audio": LINK}),
    (media("sticker"), "sendSticker", {"sticker": LINK}),
    (
        media("document", filename="boleto.pdf", caption="segue"),
        "sendMedia",
        {
            "mediatype": "document",
            "mimetype": "application/pdf",
            "media": LINK,
            "caption": "segue",
            "fileName": "boleto.pdf",
        },
    ),
    (
        Media(media=MediaFile(type="document", link="data:text/csv;base64,YSxi", mime_type="text/csv")),
        "sendMedia",
        {"mediatype": "document", "mimetype": "text/csv", "media": "YSxi", "fileName": "document.csv"},
    ),
    (
        Location(latitude=-25.4, longitude=-49.2, label="Loja", address="Centro"),
        "sendLocation",
        {"latitude": -25.4, "longitude": -49.2, "name": "Loja", "address": "Centro"},
    ),
    (
        Location(latitude=-25.4, longitude=-49.2),
        "sendLocation",
        {"latitude": -25.4, "longitude": -49.2, "name": "-25.4, -49.2", "address": "-25.4, -49.2"},
    ),
    (
        Contacts(cards=(ContactCard(name="Rui", phones=("+55 62 95550-0108",), emails=("rui@x.example",)),)),
        "sendContact",
        {
            "contact": [
                {
                    "fullName": "Rui",
                    "wuid": "5562955500108",
                    "phoneNumber": "+55 62 95550-0108",
                    "email": "rui@x.example",
                }
            ]
        },
    ),
    (
        Reaction(target="3A01", emoji="👍"),
        "sendReaction",
        {"key": {"remoteJid": JID, "fromMe": False, "id": "3A01"}, "reaction": "👍"},
    ),
]


@pytest.mark.parametrize(("content", "verb", "body"), KINDS, ids=[f"{k[1]} {k[0].kind}" for k in KINDS])
def test_each_kind_has_its_own_request(content: Content, verb: str, body: dict[str, Any]) -> None:
    assert asked(content) == (verb, body)


def test_a_reply_names_what_it_quotes_and_a_reaction_needs_no_quotation() -> None:
    assert asked(Text(body="sim"), reply_to="3A01")[1]["quoted"] == {"key": {"id": "3A01"}}
    assert "quoted" not in asked(Reaction(target="3A01", emoji=""), reply_to="3A02")[1]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (Template(name="retomar", language="pt_BR"), "unsupported_content"),
        (Reply(title="?"), "unsupported_content"),
        (Order(note="", items=({},)), "unsupported_content"),
        (Unknown(type="?"), "unsupported_content"),
        (Media(media=MediaFile(type="image", provider_id="3A01")), "media_unreachable"),
        (media("hologram"), "unsupported_content"),
        (media("sticker", caption="?"), "caption_unsupported"),
        (media("audio", caption="?"), "caption_unsupported"),
        (Contacts(cards=(ContactCard(name="Rui"),)), "contact_without_phone"),
    ],
)
def test_what_cannot_be_sent_is_given_up(content: Content, code: str) -> None:
    with pytest.raises(GiveUp) as refused:
        asked(content)
    assert refused.value.error_code == code


@pytest.mark.parametrize(
    ("peer", "numbers"),
    [
        (Peer(phone="554190011223"), ["554190011223", "5541990011223"]),
        (Peer(phone="5541990011223"), ["5541990011223", "554190011223"]),
        (Peer(phone="554133334444"), ["554133334444"]),
        (Peer(phone="5215512345678"), ["5215512345678", "525512345678"]),
        (Peer(phone="351912345678"), ["351912345678"]),
        (Peer(lid=LID), [f"{LID}@lid"]),
        (Peer(phone="554190011223", lid=LID), ["554190011223", "5541990011223", f"{LID}@lid"]),
    ],
)
def test_a_client_is_tried_at_each_of_their_numbers(peer: Peer, numbers: list[str]) -> None:
    assert list(numbers_of(peer)) == numbers


def test_who_has_no_number_cannot_be_written_to() -> None:
    with pytest.raises(GiveUp):
        numbers_of(Peer(cloud_user_id="BR.1"))


@pytest.mark.parametrize(("number", "jid"), [(PHONE, JID), (f"{LID}@lid", f"{LID}@lid")])
def test_a_read_receipt_names_the_chat(number: str, jid: str) -> None:
    assert read_receipt("3A01", number) == {"readMessages": [{"remoteJid": jid, "fromMe": False, "id": "3A01"}]}
