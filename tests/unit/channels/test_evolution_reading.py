"""Our own bodies, in each version's shapes, made up: what each of them means."""

import json
from typing import Any, get_args

import pytest
from attrs import asdict

from jaboti_adapters.channels.evolutionapi.inbound import read
from jaboti_domain.integration.content import Contacts, Content, Location, Media, Reply, Text, Unknown
from jaboti_domain.integration.messaging import Edit, Ignored, Inbound, Peer, Unreadable, Update
from tests.unit.channels.evolution import (
    AT,
    JID,
    LID,
    MARINA,
    PAYLOADS,
    PHONE,
    event,
    message,
    said,
    update_of,
    updates,
)
from tests.unit.channels.telling import whole_summary

EXPECTED: dict[str, list[str]] = {
    "malformed/by_a_masked_phone": ["Unreadable | nobody is named at the other end"],
    "malformed/by_nobody": ["Unreadable | nobody is named at the other end"],
    "malformed/nothing_at_all": ["Unreadable | it has no usable id"],
    "malformed/nothing_inside": ["Unreadable | it has no usable id"],
    "malformed/odd_place": ["Inbound | 000000006 | 554190011223 Marina Prado | unknown [locationMessage]"],
    "malformed/odd_types": ["Inbound | 12345 | 554190011223 7 | unknown [conversation]"],
    "malformed/one_poisoned_of_three": [
        "Inbound | 000000007 | 554190011223 Marina Prado | text antes",
        "Unreadable | it has no usable id",
        "Unreadable | it has no usable id",
        "Inbound | 000000008 | 554190011223 Marina Prado | text depois",
    ],
    "malformed/shouted_event": ["Inbound | 000000001 | 554190011223 Marina Prado | text OI"],
    "malformed/two_events": [
        "Receipt | 000000005 | 554190011223 | read",
        "Unreadable | it names no event",
        "Inbound | 000000009 | 554190011223 Marina Prado | text e eu",
    ],
    "malformed/unkeepable_characters": ["Inbound | 000000010 | 554190011223 Marina Prado | text nulo� e meio�"],
    "malformed/update_in_another_shape": ["Receipt | 000000004 | 554190011223 | read"],
    "malformed/with_an_endless_id": ["Unreadable | it has no usable id"],
    "malformed/without_an_event": ["Unreadable | it names no event"],
    "malformed/without_an_id": ["Unreadable | it has no usable id"],
    "malformed/wrapped_by_somebody": ["Unreadable | it names no event"],
    "v1__upsert_of_the_first_version": ["Inbound | 000000001 | 554190011223 Marina Prado | text do tempo da versão 1"],
    "v2_2_3__button_reply": ["Inbound | 000000008 | 554190011223 Marina Prado | reply Sim, pode vir"],
    "v2_2_3__connection_close": ["Notice | connection.update | the session is close (401) | closed"],
    "v2_2_3__extended_text": ["Inbound | 000000004 | 554190011223 Marina Prado | text Vejam https://loja.example"],
    "v2_2_3__image_with_base64": [
        "Inbound | 000000005 | 554190011223 Marina Prado | media image 3AUP0000000000000005 o portão"
    ],
    "v2_2_3__list_reply": ["Inbound | 000000007 | 554190011223 Marina Prado | reply Conserto"],
    "v2_2_3__status_that_is_an_edit": ["Edit | 000000001 | 554190011223 | text Bom dia! O portão da garagem"],
    "v2_2_3__status_without_status": ["Ignored | it says nothing of a status"],
    "v2_2_3__sticker": ["Inbound | 000000009 | 554190011223 Marina Prado | media sticker 3AUP0000000000000009"],
    "v2_2_3__text": ["Inbound | 000000001 | 554190011223 Marina Prado | text Bom dia! O portão não abre 😀"],
    "v2_2_3__text_by_hidden_id": ["Inbound | 000000003 | 90000000000001 Marina Prado | text oi"],
    "v2_2_3__text_ninth_digit": ["Inbound | 000000002 | 5541990011223 Marina Prado | text Sou eu de novo"],
    "v2_2_3__voice_note": ["Inbound | 000000006 | 554190011223 Marina Prado | media audio 3AUP0000000000000006"],
    "v2_3_0__contacts_update": ["Ignored | the phone's address book"],
    "v2_3_0__deletion": ["Revoke | 000000001 | 554190011223 90000000000001"],
    "v2_3_0__group_message": ["Ignored | it is of a group"],
    "v2_3_0__reaction": ["Inbound | 000000003 | 554190011223 90000000000001 Marina Prado | reaction 👍"],
    "v2_3_0__reaction_removed": ["Inbound | 000000004 | 554190011223 90000000000001 Marina Prado | reaction"],
    "v2_3_0__reply": ["Inbound | 000000005 | 554190011223 90000000000001 Marina Prado | text Essa mesma"],
    "v2_3_0__text_by_hidden_id_and_phone": [
        "Inbound | 000000001 | 554190011223 90000000000001 Marina Prado | text Bom dia"
    ],
    "v2_3_0__text_by_phone_and_hidden_id": [
        "Inbound | 000000002 | 554190011223 90000000000001 Marina Prado | text Tudo bem?"
    ],
    "v2_3_0__typed_on_the_phone": ["Inbound | 000000006 | 554190011223 | text Já estamos indo | by us"],
    "v2_3_0__typed_on_the_phone_to_a_hidden_id": ["Inbound | 000000007 | 90000000000001 | text Oi! | by us"],
    "v2_3_6__contact": ["Inbound | 000000006 | 554190011223 90000000000001 Marina Prado | contacts Otávio Pacheco"],
    "v2_3_6__contacts": [
        "Inbound | 000000007 | 554190011223 90000000000001 Marina Prado | contacts Ivete Camargo, Rui"
    ],
    "v2_3_6__deleted_status_of_an_edit": ["Ignored | a status of the client's own message"],
    "v2_3_6__deleted_status_of_our_edit": [
        "Ignored | 2.3.5 and 2.3.6 say so of edits, too: what is gone is told of by itself"
    ],
    "v2_3_6__document": [
        "Inbound | 000000002 | 554190011223 90000000000001 Marina Prado | media document 3AUR0000000000000002 boleto"
    ],
    "v2_3_6__edit": ["Edit | 000000001 | 554190011223 90000000000001 | text Olá, pessoal"],
    "v2_3_6__edit_of_a_caption": [
        "Edit | 000000003 | 554190011223 90000000000001 | media video 3AUR0000000000000003 Olha só o barulho"
    ],
    "v2_3_6__edit_that_is_a_revocation": ["Revoke | 000000004 | 554190011223 90000000000001"],
    "v2_3_6__edit_that_is_a_setting": ["Ignored | a protocol message that changes no message"],
    "v2_3_6__ephemeral": ["Inbound | 000000011 | 554190011223 90000000000001 Marina Prado | text isto some amanhã"],
    "v2_3_6__form_reply": ["Inbound | 000000014 | 554190011223 90000000000001 Marina Prado | reply Enviado"],
    "v2_3_6__live_location": ["Inbound | 000000005 | 554190011223 90000000000001 Marina Prado | location chegando"],
    "v2_3_6__location": [
        "Inbound | 000000004 | 554190011223 90000000000001 Marina Prado | location Praça, Centro, Curitiba"
    ],
    "v2_3_6__poll": ["Inbound | 000000008 | 554190011223 90000000000001 Marina Prado | interactive Qual dia?"],
    "v2_3_6__poll_vote": [
        "Inbound | 000000009 | 554190011223 90000000000001 Marina Prado | unknown [pollUpdateMessage]"
    ],
    "v2_3_6__poll_vote_read": ["Inbound | 000000010 | 554190011223 90000000000001 Marina Prado | reply Terça"],
    "v2_3_6__template_button": [
        "Inbound | 000000013 | 554190011223 90000000000001 Marina Prado | reply Falar com alguém"
    ],
    "v2_3_6__text_by_hidden_id_and_phone": [
        "Inbound | 000000001 | 554190011223 90000000000001 Marina Prado | text Olá"
    ],
    "v2_3_6__video_on_a_shelf": [
        "Inbound | 000000003 | 554190011223 90000000000001 Marina Prado | media video 3AUR0000000000000003 barulho"
    ],
    "v2_3_6__view_once": [
        "Inbound | 000000012 | 554190011223 90000000000001 Marina Prado | media image 3AUR0000000000000012"
    ],
    "v2_3_7__album": ["Ignored | an album's cover: its pictures come by themselves"],
    "v2_3_7__broadcast_list": ["Ignored | it is of a status or a broadcast list"],
    "v2_3_7__call": ["Notice | call | offer"],
    "v2_3_7__channel_post": ["Ignored | it is of a channel that people follow"],
    "v2_3_7__connection_connecting": ["Notice | connection.update | the session is connecting (200) | connecting"],
    "v2_3_7__connection_open": ["Notice | connection.update | the session is open (200) | open"],
    "v2_3_7__connection_refused": ["Notice | connection.update | the session is refused (428) | closed"],
    "v2_3_7__deletion_by_the_client": ["Revoke | 000000001 | 554190011223"],
    "v2_3_7__deletion_by_us": ["Revoke | 000000001 | 554190011223"],
    "v2_3_7__edit": ["Edit | 000000001 | 554190011223 | text Olá, de novo"],
    "v2_3_7__edit_on_our_phone": ["Edit | 000000006 | 554190011223 | text Já estamos a caminho | by us"],
    "v2_3_7__event_of_tomorrow": ["Notice | payments.update"],
    "v2_3_7__group_participants": ["Ignored | groups"],
    "v2_3_7__history": ["Ignored | history"],
    "v2_3_7__instance_created": ["Notice | instance.create"],
    "v2_3_7__keys_of_a_group": ["Ignored | keys of a group"],
    "v2_3_7__labels": ["Ignored | the phone's labels"],
    "v2_3_7__logged_out": ["Notice | logout.instance | the phone was logged out | closed"],
    "v2_3_7__machine": ["Ignored | it is of a chat with a machine"],
    "v2_3_7__message_without_content": ["Inbound | 000000010 | 554190011223 Marina Prado | unknown [unknown]"],
    "v2_3_7__note_to_self": ["Ignored | a note of ours to ourselves"],
    "v2_3_7__order": ["Inbound | 000000011 | 554190011223 Marina Prado | order Quero estes"],
    "v2_3_7__presence": ["Ignored | somebody is typing, or is there"],
    "v2_3_7__qr_code": ["Notice | qrcode.updated | a phone has to scan the QR code | pairing"],
    "v2_3_7__qr_code_limit": ["Notice | qrcode.updated | QR code limit reached, please login again | closed"],
    "v2_3_7__removed": ["Notice | remove.instance | the instance was removed | closed"],
    "v2_3_7__revocation_without_a_type": ["Revoke | 000000003 | 554190011223"],
    "v2_3_7__sent_by_the_server": ["Inbound | 000000001 | 554190011223 | text A porta azul? | by us"],
    "v2_3_7__sent_by_the_server_and_seen": ["Inbound | 000000001 | 554190011223 | text A porta azul? | by us"],
    "v2_3_7__status_delivered": ["Receipt | 000000001 | 554190011223 | delivered"],
    "v2_3_7__status_delivered_by_number": ["Receipt | 000000001 | 554190011223 | delivered"],
    "v2_3_7__status_error": ["Receipt | 000000002 | 554190011223 | failed | ERROR"],
    "v2_3_7__status_error_by_number": ["Receipt | 000000002 | 554190011223 | failed | ERROR"],
    "v2_3_7__status_instance": ["Notice | status.instance | the session is closed (401) | closed"],
    "v2_3_7__status_naming_our_device": ["Receipt | 000000003 | 554198800000 | read"],
    "v2_3_7__status_of_a_client_message": ["Ignored | a status of the client's own message"],
    "v2_3_7__status_of_a_contact": ["Ignored | it is of a status or a broadcast list"],
    "v2_3_7__status_of_another_kind": ["Ignored | unknown status"],
    "v2_3_7__status_pending": ["Ignored | it is yet to go out"],
    "v2_3_7__status_played": ["Receipt | 000000001 | 554190011223 | played"],
    "v2_3_7__status_read": ["Receipt | 000000001 | 554190011223 | read"],
    "v2_3_7__status_sent": ["Receipt | 000000001 | 554190011223 | sent"],
    "v2_3_7__text_forwarded": ["Inbound | 000000003 | 554190011223 Marina Prado | text Promoção!!!"],
    "v2_3_7__text_from_ad_by_hidden_id": ["Inbound | 000000002 | 90000000000001 | text Vim pelo anúncio"],
    "v2_3_7__text_hidden_id_lost": ["Inbound | 000000001 | 554190011223 Marina Prado | text Olá de novo"],
    "v2_3_7__time_in_halves": ["Inbound | 000000016 | 554190011223 Marina Prado | text que horas são?"],
    "v2_3_7__two_at_once": [
        "Inbound | 000000014 | 554190011223 Marina Prado | text um",
        "Inbound | 000000015 | 554190011223 Marina Prado | text dois",
        "Inbound | 000000014 | 554190011223 Marina Prado | text um",
    ],
    "v2_3_7__type_of_tomorrow": ["Inbound | 000000009 | 554190011223 Marina Prado | unknown [hologramMessage]"],
    "v2_3_7__written_by_whatsapp": ["Ignored | it is of WhatsApp itself"],
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_body_means_what_it_says(name: str) -> None:
    assert [whole_summary(update) for update in updates(name)] == EXPECTED[name]


def test_every_body_of_ours_is_expected() -> None:
    kept = {str(path.relative_to(PAYLOADS).with_suffix("")) for path in PAYLOADS.rglob("*.json")}
    assert kept == EXPECTED.keys()


@pytest.mark.parametrize(
    ("name", "peer"),
    [
        ("v2_2_3__text", Peer(phone=PHONE, name=MARINA.name)),
        ("v2_2_3__text_by_hidden_id", Peer(lid=LID, name=MARINA.name)),
        ("v2_3_0__text_by_hidden_id_and_phone", MARINA),
        ("v2_3_0__text_by_phone_and_hidden_id", MARINA),
        ("v2_3_6__text_by_hidden_id_and_phone", MARINA),
        ("v2_3_7__text_hidden_id_lost", Peer(phone=PHONE, name=MARINA.name)),
        ("v2_3_7__text_from_ad_by_hidden_id", Peer(lid=LID)),
    ],
)
def test_each_versions_names_for_a_client_are_found(name: str, peer: Peer) -> None:
    assert [update.peer for update in updates(name) if isinstance(update, Inbound)] == [peer]


def test_what_our_side_wrote_is_never_taken_for_the_senders_own_number() -> None:
    (typed,) = updates("v2_3_0__typed_on_the_phone_to_a_hidden_id")
    assert isinstance(typed, Inbound)
    assert (typed.from_phone, typed.peer) == (True, Peer(lid=LID))


@pytest.mark.parametrize("name", ["v2_2_3__image_with_base64", "v2_3_6__document", "v2_3_6__video_on_a_shelf"])
def test_bytes_and_long_numbers_are_read_in_each_shape(name: str) -> None:
    (media,) = [u.content for u in updates(name) if isinstance(u, Inbound) and isinstance(u.content, Media)]
    assert media.media.sha256 is not None
    assert len(media.media.sha256) == 64
    assert media.media.size in (226806, 94213, 2847193)


def test_a_file_is_known_by_its_message_and_by_the_shelf_that_the_server_put_it_on() -> None:
    (video,) = updates("v2_3_6__video_on_a_shelf")
    assert isinstance(video, Inbound)
    assert video.content.file is not None
    assert video.content.file.provider_id == video.provider_id
    assert video.content.file.link == "https://shelf.example/evolution/barulho.mp4"


def test_a_voice_note_is_one() -> None:
    (note,) = updates("v2_2_3__voice_note")
    assert isinstance(note, Inbound)
    assert note.content.file is not None
    assert note.content.file.voice


def test_a_reply_says_to_what_and_a_forwarded_message_that_it_is_one() -> None:
    (reply,), (old,), (forwarded,) = map(updates, ("v2_3_0__reply", "v2_2_3__list_reply", "v2_3_7__text_forwarded"))
    assert isinstance(reply, Inbound)
    assert isinstance(old, Inbound)
    assert isinstance(forwarded, Inbound)
    assert (reply.reply_to, old.reply_to) == ("3EB0OUT0000000000001", "3EB0LIST000000000001")
    assert (reply.forwarded, forwarded.forwarded) == (False, True)


def test_an_advertisement_is_kept_with_the_message_that_came_through_it() -> None:
    (lead,) = updates("v2_3_7__text_from_ad_by_hidden_id")
    assert isinstance(lead, Inbound)
    assert lead.entry_point
    assert lead.metadata["referral"] == {
        "title": "Portões",
        "body": "Chame no WhatsApp",
        "sourceUrl": "https://fb.example/ad",
        "sourceId": "120000000000000001",
        "sourceType": "ad",
        "ctwaClid": "made-up-click",
    }


def test_shared_contacts_are_read_from_their_cards() -> None:
    (one,), (two,) = updates("v2_3_6__contact"), updates("v2_3_6__contacts")
    assert isinstance(one, Inbound)
    assert isinstance(two, Inbound)
    assert isinstance(one.content, Contacts)
    assert isinstance(two.content, Contacts)
    assert asdict(one.content.cards[0]) == {
        "name": "Otávio Pacheco",
        "phones": ("+55 41 8880-0102",),
        "emails": ("otavio@serralheria.example",),
        "organization": "Serralheria, Filhos",
    }
    assert [card.phones for card in two.content.cards] == [("+55 85 95550-0107",), ()]


@pytest.mark.parametrize(
    "written", [1781000000, "1781000000", 1781000000.0, 1781000000000, {"low": 1781000000, "high": 0, "unsigned": True}]
)
def test_a_time_is_read_in_each_shape(written: object) -> None:
    update = update_of(event(message(messageTimestamp=written)))
    assert isinstance(update, Inbound)
    assert update.at == AT


@pytest.mark.parametrize("written", ["ontem", -1, 0, 1.5, 10**30, {"low": "x"}, {}, [], True, "1e400", {"low": 1}])
def test_a_time_that_makes_no_sense_is_none(written: object) -> None:
    update = update_of(event(message(messageTimestamp=written)))
    assert isinstance(update, Inbound)
    assert update.at is None


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"extendedTextMessage": {"text": "Oi"}}, Text(body="Oi")),
        ({"messageContextInfo": {}, "conversation": "Oi"}, Text(body="Oi")),
        ({"viewOnceMessage": {"message": {"conversation": "Oi"}}}, Text(body="Oi")),
        ({"deviceSentMessage": {"message": {"ephemeralMessage": {"message": {"conversation": "a"}}}}}, Text(body="a")),
        ({"locationMessage": {"degreesLatitude": -25, "degreesLongitude": -49}}, Location(latitude=-25, longitude=-49)),
        (
            {"interactiveResponseMessage": {"nativeFlowResponseMessage": {"name": "flow", "paramsJson": "{}"}}},
            Reply(title="", choice="flow", values="{}"),
        ),
    ],
)
def test_what_a_message_says_is_found_under_its_wrappers(content: dict[str, object], expected: Content) -> None:
    update = said(content)
    assert isinstance(update, Inbound)
    assert update.content == expected


@pytest.mark.parametrize(
    "content",
    [
        {"conversation": None},
        {"conversation": {"text": "?"}},
        {"imageMessage": "x"},
        {"imageMessage": []},
        {"locationMessage": {"degreesLatitude": 91, "degreesLongitude": 0}},
        {"contactMessage": "x"},
        {"contactsArrayMessage": {"contacts": "x"}},
        {"reactionMessage": {"text": "👍"}},
        {"listResponseMessage": {}},
        {"buttonsResponseMessage": []},
        {"pollCreationMessage": {"options": [1]}},
        {"orderMessage": 1},
        {"eventMessage": {"name": "festa"}},
        {"groupInviteMessage": {"groupJid": "1@g.us"}},
    ],
    ids=lambda content: next(iter(content)),
)
def test_what_cannot_be_read_is_kept_as_it_came(content: dict[str, object]) -> None:
    update = said(content)
    assert isinstance(update, Inbound)
    assert isinstance(update.content, Unknown)


def test_what_is_kept_of_the_unknown_is_light() -> None:
    heavy = {"hologramMessage": {"jpegThumbnail": {str(n): n % 256 for n in range(10_000)}, "depth": 3}}
    update = said(heavy)
    assert isinstance(update, Inbound)
    assert isinstance(update.content, Unknown)
    assert json.loads(update.content.raw) == {"hologramMessage": {"depth": 3}}


@pytest.mark.parametrize("words", [{"sticker": {}}, {}, {"imageMessage": "x"}])
def test_new_words_that_cannot_be_read_do_not_take_the_old_ones_away(words: dict[str, object]) -> None:
    protocol = {"key": {"remoteJid": JID, "fromMe": False, "id": "3A01"}, "type": 14, "editedMessage": words}
    assert isinstance(update_of(event(protocol, "messages.edited")), Unreadable)


def test_an_edit_among_messages_is_an_edit() -> None:
    protocol = {"key": {"id": "3A01"}, "type": "MESSAGE_EDIT", "editedMessage": {"conversation": "Olá"}}
    update = said({"editedMessage": {"message": {"protocolMessage": protocol}}})
    assert isinstance(update, Edit)
    assert (update.target, update.content) == ("3A01", Text(body="Olá"))


STRANGE: list[Any] = [None, True, 0, -1, 1e300, "", "x", [], [[]], {}, {"a": {}}, {"low": 1, "high": []}, "\ud83d"]
PLACES = ["key", "pushName", "message", "messageType", "messageTimestamp", "contextInfo"]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("value", STRANGE, ids=repr)
def test_whatever_stands_in_any_place_nothing_is_raised(place: str, value: object) -> None:
    update = update_of(event({**message(), place: value}))
    assert isinstance(update, get_args(Update))


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"42", b"null", b"\xff", b"[" * 100_000])
def test_bytes_that_are_no_item_are_unreadable(raw: bytes) -> None:
    assert isinstance(read(raw), Unreadable)


@pytest.mark.parametrize("server", ["g.us", "broadcast", "newsletter", "bot"])
@pytest.mark.parametrize("name", ["messages.upsert", "messages.update", "messages.edited", "messages.delete"])
def test_what_is_of_no_single_client_is_ignored_whatever_it_tells(server: str, name: str) -> None:
    key = {"remoteJid": f"1203630@{server}", "fromMe": False, "id": "3A01"}
    data = {**key, "key": key, "status": "READ", "message": {"conversation": "oi"}}
    assert isinstance(update_of(event(data, name)), Ignored)
