"""Each content in Meta's words."""

from typing import Any
from uuid import UUID

import pytest

from jaboti_adapters.channels._http import Answer
from jaboti_adapters.channels.cloudapi.outbound import accepted, payload, read_receipt
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
from jaboti_domain.integration.errors import GiveUp, OutcomeUnknown
from jaboti_domain.integration.messaging import Accepted, Outbound, Peer
from jaboti_domain.kernel.ids import MessageId

ID = MessageId(UUID("0198f0c2-0000-7000-8000-000000000001"))
MARINA = Peer(phone="554190011223", cloud_user_id="BR.1")
TWO = (Choice(id="1", title="Vendas"), Choice(id="2", title="Conserto", description="de portões"))
FOUR = (*TWO, Choice(id="3", title="Notas"), Choice(id="4", title="Outros"))
BODY = {"type": "body", "parameters": [{"type": "text", "text": "Marina"}]}


def sent(content: Content, *, to: Peer = MARINA, reply_to: str | None = None) -> dict[str, Any]:
    """What goes over the wire."""
    return payload(Outbound(message_id=ID, to=to, content=content, reply_to=reply_to))


def buttons_of(*choices: Choice) -> list[dict[str, Any]]:
    return [{"type": "reply", "reply": {"id": choice.id, "title": choice.title}} for choice in choices]


def file(kind: str, **fields: Any) -> MediaFile:
    return MediaFile(type=kind, **fields)


CONTENTS: list[tuple[Content, str, object]] = [
    (Text(body="Olá"), "text", {"body": "Olá"}),
    (
        Media(media=file("image", provider_id="M1", link="https://x.example/1"), caption="!"),
        "image",
        {"id": "M1", "caption": "!"},
    ),
    (Media(media=file("video", link="https://x.example/1")), "video", {"link": "https://x.example/1"}),
    (Media(media=file("audio", provider_id="M1", voice=True)), "audio", {"id": "M1", "voice": True}),
    (Media(media=file("audio", provider_id="M1")), "audio", {"id": "M1"}),
    (Media(media=file("sticker", provider_id="M1", filename="x.webp")), "sticker", {"id": "M1"}),
    (
        Media(media=file("document", provider_id="M1", filename="nota.pdf"), caption="Nota"),
        "document",
        {"id": "M1", "caption": "Nota", "filename": "nota.pdf"},
    ),
    (Location(latitude=0.0, longitude=-49.27), "location", {"latitude": 0.0, "longitude": -49.27}),
    (
        Location(latitude=-25.4, longitude=-49.2, label="Loja", address="Rua 1"),
        "location",
        {"latitude": -25.4, "longitude": -49.2, "name": "Loja", "address": "Rua 1"},
    ),
    (
        Contacts(cards=(ContactCard(name="Rui", phones=("+554188",), emails=("r@x.example",), organization="Loja"),)),
        "contacts",
        [
            {
                "name": {"formatted_name": "Rui", "first_name": "Rui"},
                "phones": [{"phone": "+554188"}],
                "emails": [{"email": "r@x.example"}],
                "org": {"company": "Loja"},
            }
        ],
    ),
    (Reaction(target="wamid.1", emoji=""), "reaction", {"message_id": "wamid.1", "emoji": ""}),
    (Template(name="oi", language="pt_BR"), "template", {"name": "oi", "language": {"code": "pt_BR"}}),
    (
        Template(name="oi", language="pt_BR", components=(BODY,)),
        "template",
        {"name": "oi", "language": {"code": "pt_BR"}, "components": [BODY]},
    ),
    (
        Interactive(body="Qual?", choices=TWO, header="Loja", footer="obrigado"),
        "interactive",
        {
            "type": "button",
            "body": {"text": "Qual?"},
            "action": {"buttons": buttons_of(*TWO)},
            "header": {"type": "text", "text": "Loja"},
            "footer": {"text": "obrigado"},
        },
    ),
    (
        Interactive(body="Qual?", choices=FOUR, button="Ver"),
        "interactive",
        {
            "type": "list",
            "body": {"text": "Qual?"},
            "action": {
                "button": "Ver",
                "sections": [
                    {
                        "rows": [
                            {"id": "1", "title": "Vendas"},
                            {"id": "2", "title": "Conserto", "description": "de portões"},
                            {"id": "3", "title": "Notas"},
                            {"id": "4", "title": "Outros"},
                        ]
                    }
                ],
            },
        },
    ),
]


@pytest.mark.parametrize(("content", "kind", "said"), CONTENTS, ids=lambda each: each if isinstance(each, str) else "")
def test_a_content_is_sent_in_metas_words(content: Content, kind: str, said: object) -> None:
    assert sent(content) == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "554190011223",
        "biz_opaque_callback_data": str(ID),
        "type": kind,
        kind: said,
    }


def test_a_list_without_a_button_gets_one() -> None:
    action = sent(Interactive(body="Qual?", choices=FOUR))["interactive"]["action"]
    assert action["button"] == "Menu"


def test_a_client_without_a_phone_is_reached_by_the_user_id() -> None:
    message = sent(Text(body="Oi"), to=Peer(cloud_user_id="BR.1"))
    assert message["recipient"] == "BR.1"
    assert "to" not in message


def test_a_quoted_message_is_the_context_but_never_of_a_reaction() -> None:
    assert sent(Text(body="Oi"), reply_to="wamid.9")["context"] == {"message_id": "wamid.9"}
    assert "context" not in sent(Reaction(target="wamid.1", emoji="👍"), reply_to="wamid.9")


@pytest.mark.parametrize(
    "content",
    [
        Reply(title="x"),
        Order(note="", items=()),
        Unknown(type="poll"),
        Media(media=MediaFile(type="image", media_id="ours")),
        Media(media=MediaFile(type="audio", provider_id="M1"), caption="ouça"),
    ],
    ids=lambda content: content.kind,
)
def test_what_the_platform_cannot_take_is_given_up(content: Content) -> None:
    with pytest.raises(GiveUp):
        sent(content)


def test_nobody_can_be_reached_without_a_name() -> None:
    with pytest.raises(GiveUp) as refused:
        sent(Text(body="Oi"), to=Peer(lid="123"))
    assert refused.value.error_code == "no_address"


def test_a_read_receipt_names_the_message() -> None:
    assert read_receipt("wamid.1") == {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.1"}


ANSWERS = [
    (b'{"messages":[{"id":"wamid.1"}]}', Accepted(provider_id="wamid.1")),
    (
        b'{"contacts":[{"input":"5541990011223","wa_id":"554190011223 "}],"messages":[{"id":"wamid.1"}]}',
        Accepted(provider_id="wamid.1", peer=Peer(phone="554190011223")),
    ),
    (
        b'{"contacts":[{"input":"BR.1","user_id":"BR.1"}],"messages":[{"id":"wamid.1","message_status":"accepted"}]}',
        Accepted(provider_id="wamid.1", peer=Peer(cloud_user_id="BR.1")),
    ),
    (b'{"contacts":[{"wa_id":"48XXX"}],"messages":[{"id":"wamid.1"}]}', Accepted(provider_id="wamid.1")),
]


@pytest.mark.parametrize(("body", "understood"), ANSWERS)
@pytest.mark.parametrize("status", [200, 201])
def test_an_acceptance_names_the_message_and_perhaps_the_receiver(
    status: int, body: bytes, understood: Accepted
) -> None:
    assert accepted(Answer(status=status, body=body)) == understood


@pytest.mark.parametrize("body", [b"", b"{}", b'{"messages":[]}', b'{"messages":[{}]}', b'{"messages":"x"}'])
def test_an_acceptance_of_nothing_leaves_the_outcome_unknown(body: bytes) -> None:
    with pytest.raises(OutcomeUnknown):
        accepted(Answer(status=200, body=body))
