"""Every kind of item that Meta sends becomes the right update."""

from hashlib import sha256

import pytest

from jaboti_adapters.channels import HttpPool
from jaboti_adapters.channels.cloudapi import CloudApiChannel
from jaboti_adapters.channels.cloudapi.inbound import read
from jaboti_domain.integration.content import (
    ContactCard,
    Contacts,
    Content,
    Location,
    Media,
    MediaFile,
    Order,
    Reaction,
    Reply,
    Text,
    Unknown,
)
from jaboti_domain.integration.messaging import (
    Edit,
    Ignored,
    Inbound,
    Notice,
    NumberChange,
    Peer,
    Platform,
    Preference,
    Pricing,
    Receipt,
    ReceiptStatus,
    Revoke,
    Unreadable,
    Update,
)
from tests.unit.channels.payloads import (
    AT,
    MARINA,
    NEW_USER_ID,
    USER_ID,
    message,
    update_of,
    updates,
    webhook,
    wire,
)

PHOTO = MediaFile(type="image", provider_id="MID1", mime_type="image/jpeg", sha256=sha256(b"foto").hexdigest())
VOICE = MediaFile(
    type="audio",
    provider_id="MID2",
    mime_type="audio/ogg; codecs=opus",
    sha256=sha256(b"voz").hexdigest(),
    voice=True,
)
PAPER = MediaFile(type="document", provider_id="MID3", mime_type="application/pdf", filename="nota.pdf")
STICKER = MediaFile(type="sticker", provider_id="MID4", mime_type="image/webp")
RUI = ContactCard(
    name="Rui Sales",
    phones=("+55 41 98888-0000", "554188881111"),
    emails=("rui@loja.example",),
    organization="Loja do Rui",
)
BASKET = {"product_retailer_id": "portao-3m", "quantity": "1", "item_price": 1890.5, "currency": "BRL"}

SAID: dict[str, Content] = {
    "text": Text(body="Bom dia! O portão não abre 😀"),
    "image": Media(media=PHOTO, caption="O portão"),
    "voice_note": Media(media=VOICE),
    "document": Media(media=PAPER, caption="Nota"),
    "sticker": Media(media=STICKER),
    "location_pin": Location(latitude=-25.4284, longitude=-49.2733),
    "contact_cards": Contacts(cards=(RUI, ContactCard(name="Bia Reis"))),
    "button_reply": Reply(title="Vendas", choice="sales"),
    "list_reply": Reply(title="Portão", choice="gate", description="Conserto"),
    "form_reply": Reply(title="Enviado", choice="flow", values='{"cep":"80000-000","nome":"Jos\\u00e9"}'),
    "call_permission": Reply(title="accept", choice="call_permission_reply", values='{"response":"accept"}'),
    "template_button": Reply(title="Falar com a loja", choice="Falar com a loja"),
    "reaction": Reaction(target="wamid.OURS", emoji="👍"),
    "reaction_removed": Reaction(target="wamid.OURS", emoji=""),
    "order": Order(note="Para sábado", items=(BASKET,)),
}


@pytest.mark.parametrize("name", SAID)
def test_what_a_client_said_is_read_by_its_type(name: str) -> None:
    [inbound] = updates(name)
    assert isinstance(inbound, Inbound)
    assert (inbound.peer, inbound.at, inbound.content) == (MARINA, AT, SAID[name])
    assert (inbound.from_phone, inbound.forwarded, inbound.entry_point) == (False, False, False)


def test_a_reply_names_the_message_that_it_quotes_and_never_an_author() -> None:
    [inbound] = updates("text_quoting")
    assert isinstance(inbound, Inbound)
    assert (inbound.reply_to, inbound.peer) == ("wamid.OURS", MARINA)


def test_a_forwarded_text_says_so() -> None:
    [inbound] = updates("text_forwarded")
    assert isinstance(inbound, Inbound)
    assert (inbound.forwarded, inbound.reply_to) == (True, None)


def test_a_click_on_an_ad_is_an_entry_point_and_keeps_the_ad() -> None:
    [inbound] = updates("text_from_ad")
    assert isinstance(inbound, Inbound)
    assert inbound.entry_point
    assert inbound.metadata["referral"] == {
        "source_url": "https://ads.example/1",
        "source_id": "120",
        "source_type": "ad",
        "headline": "Portões",
        "ctwa_clid": "Aff-1",
    }


def test_a_question_about_a_product_keeps_the_product() -> None:
    [inbound] = updates("text_about_product")
    assert isinstance(inbound, Inbound)
    assert inbound.metadata == {"referred_product": {"catalog_id": "c-1", "product_retailer_id": "portao-3m"}}
    assert not inbound.entry_point


PEERS: dict[str, Peer] = {
    "text_by_user_id": Peer(cloud_user_id=USER_ID, name="@marina"),
    "text_user_id_in_from": Peer(cloud_user_id=USER_ID, name="Marina Prado"),
    "text_odd_user_id": Peer(phone=MARINA.phone),
}


@pytest.mark.parametrize("name", PEERS)
def test_a_client_is_known_by_whatever_good_name_there_is(name: str) -> None:
    [inbound] = updates(name)
    assert isinstance(inbound, Inbound)
    assert inbound.peer == PEERS[name]


UNKNOWN = {
    "unsupported": ("poll", "131051 Message type unknown: Message type is currently not supported."),
    "interactive_missing": ("interactive", "131000 Something went wrong: Unsupported webhook payload"),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_we_cannot_read_yet_is_kept_whole_with_the_reason(name: str) -> None:
    inbound = updates(name)[0]
    assert isinstance(inbound, Inbound)
    assert isinstance(inbound.content, Unknown)
    assert (inbound.content.type, inbound.content.reason) == UNKNOWN[name]
    assert f'"id":"{inbound.provider_id}"' in inbound.content.raw


MARINA_BY_NAMES = Peer(phone=MARINA.phone, cloud_user_id=USER_ID)
OTHERS: dict[str, list[Update]] = {
    "text_by_nobody": [Unreadable(reason="nobody is named as its author")],
    "number_change": [
        NumberChange(
            provider_id="wamid.SYSTEM1",
            old=MARINA_BY_NAMES,
            new=Peer(phone="554190044556", cloud_user_id=NEW_USER_ID),
            at=AT,
        )
    ],
    "identity_change": [Notice(topic="system", summary="customer_identity_changed", at=AT)],
    "edit": [
        Edit(
            provider_id="wamid.EDIT1",
            target="wamid.TEXT1",
            peer=MARINA,
            content=Text(body="O portão da frente"),
            at=AT,
        )
    ],
    "revoke": [Revoke(provider_id="wamid.REVOKE1", target="wamid.TEXT1", peer=MARINA, at=AT)],
    "welcome": [Ignored(reason="the client opened the chat and said nothing yet")],
    "group_message": [Ignored(reason="a message in a group")],
    "echoes": [
        Inbound(provider_id="wamid.ECHO1", peer=MARINA, content=Text(body="Já vou aí"), at=AT, from_phone=True),
        Revoke(provider_id="wamid.ECHO2", target="wamid.ECHO1", peer=MARINA, at=AT),
    ],
    "history": [Ignored(reason="history"), Ignored(reason="history")],
    "address_book": [Ignored(reason="the phone's address book")],
    "calls": [
        Notice(topic="calls", summary="status: RINGING", at=AT),
        Notice(topic="calls", summary="event: connect, direction: USER_INITIATED", at=AT),
        Notice(topic="errors", summary="138000 Calling not enabled", at=None),
    ],
    "template_status": [
        Notice(
            topic="message_template_status_update",
            summary="event: REJECTED, message_template_name: retomar, message_template_language: pt_BR, "
            "reason: ABUSIVE_CONTENT",
            at=AT,
            about_account=True,
        )
    ],
    "account_update": [Notice(topic="account_update", summary="event: ACCOUNT_RESTRICTION", at=AT, about_account=True)],
    "user_preference": [Preference(peer=Peer(phone="554190011223"), wants_marketing=False, at=AT)],
    "unheard_of_field": [Notice(topic="field_of_2031", summary="event: SOMETHING_NEW", at=None, about_account=True)],
    "dashboard_test": [Ignored(reason="a test of the dashboard")],
}


@pytest.mark.parametrize("name", OTHERS)
def test_everything_else_becomes_what_it_means(name: str) -> None:
    assert updates(name) == OTHERS[name]


def test_a_replaced_user_id_moves_the_client() -> None:
    [change] = updates("user_id_update")
    assert isinstance(change, NumberChange)
    assert change.old == Peer(cloud_user_id=USER_ID)
    assert change.new == Peer(phone="554190044556", cloud_user_id=NEW_USER_ID)


def test_statuses_become_receipts_or_are_left_alone_with_a_reason() -> None:
    read_as = updates("statuses")
    receipts = [update for update in read_as if isinstance(update, Receipt)]
    assert [receipt.status for receipt in receipts] == list(ReceiptStatus)
    assert read_as[5:] == [
        Ignored(reason="status deleted"),
        Ignored(reason="unknown status"),
        Ignored(reason="a status in a group"),
        Unreadable(reason="it doesn't say which message it is about"),
    ]


def test_a_receipt_carries_callback_price_and_error() -> None:
    sent, *_, failed = [update for update in updates("statuses") if isinstance(update, Receipt)]
    assert sent == Receipt(
        provider_id="wamid.OURS",
        status=ReceiptStatus.SENT,
        peer=MARINA_BY_NAMES,
        at=AT,
        callback="0198f0c2-0000-7000-8000-000000000001",
        pricing=Pricing(category="service", type="free_customer_service", model="PMP", billable=False),
    )
    assert (failed.error_code, failed.error_title) == ("131026", "Message undeliverable")
    assert failed.error_info == "Message Undeliverable."


def test_characters_that_no_database_keeps_are_shown_as_replacements() -> None:
    [inbound] = updates("unkeepable_characters")
    assert isinstance(inbound, Inbound)
    assert inbound.content == Text(body="nulo \ufffd e metade \ufffd aqui")
    assert inbound.peer.name == "Mari\ufffdna"


@pytest.mark.parametrize(
    "stamp", ["0", "-1", "", "now", 0, -1, 1.5, True, None, "9" * 30, "4102444800", [], {}, "١٧٨١٠٠٠٠٠٠"]
)
def test_a_time_that_makes_no_sense_is_no_time(stamp: object) -> None:
    inbound = update_of(webhook(message(timestamp=stamp)))
    assert isinstance(inbound, Inbound)
    assert inbound.at is None


def test_a_time_may_be_an_integer() -> None:
    inbound = update_of(webhook(message(timestamp=1781000000)))
    assert isinstance(inbound, Inbound)
    assert inbound.at == AT


BROKEN_CONTENTS: list[dict[str, object]] = [
    {"type": "text", "text": None},
    {"type": "text", "text": {"body": 7}},
    {"type": "image", "image": {"caption": "sem arquivo"}},
    {"type": "location", "location": {"latitude": 91, "longitude": 0}},
    {"type": "location", "location": {"latitude": "nan", "longitude": 0}},
    {"type": "location", "location": {"latitude": True, "longitude": 10**400}},
    {"type": "contacts", "contacts": "Rui"},
    {"type": "interactive", "interactive": {"type": "nfm_reply"}},
    {"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {}}},
    {"type": "interactive", "interactive": {"type": "telepathy"}},
    {"type": "button", "button": []},
    {"type": "reaction", "reaction": {"emoji": "👍"}},
    {"type": "order", "order": {"product_items": {}}},
    {"type": "hologram"},
    {"type": None},
    {"type": ["text"]},
]


@pytest.mark.parametrize("fields", BROKEN_CONTENTS, ids=str)
def test_a_message_whose_content_is_broken_is_kept_as_unknown(fields: dict[str, object]) -> None:
    inbound = update_of(webhook(message(**{"text": None, **fields})))
    assert isinstance(inbound, Inbound)
    assert isinstance(inbound.content, Unknown)


@pytest.mark.parametrize(
    ("given", "values"),
    [('{"a": 1', '"{\\"a\\": 1"'), ("", ""), (None, ""), ('"\\u0000"', '"\\ufffd"'), ("[1, 2]", "[1,2]")],
)
def test_the_answers_of_a_form_are_always_json(given: object, values: str) -> None:
    form = {"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Enviado", "response_json": given}}
    inbound = update_of(webhook(message(type="interactive", interactive=form)))
    assert isinstance(inbound, Inbound)
    assert inbound.content == Reply(title="Enviado", choice="flow", values=values)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"id": None}, "it has no usable id"),
        ({"id": "w" * 201}, "it has no usable id"),
        ({"from": "bla"}, "nobody is named as its author"),
        ({"from": "٥٥٤١"}, "nobody is named as its author"),
        ({"type": "edit", "edit": {"message": {}}}, "it doesn't say which message was edited"),
        ({"type": "revoke"}, "it doesn't say which message was taken back"),
        ({"type": "system", "system": {"type": "user_changed_number"}}, "it doesn't say what the client changed to"),
    ],
    ids=str,
)
def test_a_message_that_lacks_the_essential_is_a_dead_letter_with_the_reason(
    fields: dict[str, object], reason: str
) -> None:
    assert update_of(webhook(message(**fields))) == Unreadable(reason=reason)


@pytest.mark.parametrize(
    "raw", [b"", b"null", b"{}", b"[]", b"\xff", b'{"kind":"spell","item":{"a":1}}', b"[" * 100000]
)
def test_bytes_that_we_never_wrote_are_a_dead_letter_too(raw: bytes) -> None:
    assert isinstance(read(raw), Unreadable)


def test_a_value_without_anything_in_it_is_left_alone() -> None:
    assert update_of(webhook()) == Ignored(reason="nothing is in it")


@pytest.mark.parametrize("entry", [{"id": "1"}, {"id": "1", "changes": {}}, 5, {"changes": None}])
def test_an_entry_without_changes_is_a_dead_letter(entry: object) -> None:
    assert isinstance(update_of({"entry": [entry]}), Unreadable)


def test_a_news_item_about_user_ids_that_names_only_one_is_a_dead_letter() -> None:
    told = {"wa_id": MARINA.phone, "user_id": {"current": NEW_USER_ID}}
    assert isinstance(update_of(webhook(user_id_update=[told])), Unreadable)


def test_an_item_reads_the_same_however_often() -> None:
    raw = wire({"kind": "message", "field": "messages", "owner": "1", "account": "2", "item": message()})
    assert read(raw) == read(raw)


async def test_the_channel_goes_from_a_body_to_its_updates() -> None:
    async with HttpPool() as http:
        channel = CloudApiChannel(http)
        said = [channel.read(item.raw) for item in channel.split(wire(webhook(message())))]
    assert channel.platform is Platform.CLOUD_API
    assert [update.content for update in said if isinstance(update, Inbound)] == [Text(body="Oi")]
