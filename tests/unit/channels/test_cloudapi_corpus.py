"""Bodies recorded from Meta and from other people's tests: beside the repository, not everywhere."""

from pathlib import Path
from typing import get_args

import pytest

from jaboti_adapters.channels.cloudapi.inbound import read, split
from jaboti_domain.integration.errors import UnreadableWebhook
from jaboti_domain.integration.messaging import Update
from tests.unit.channels.payloads import CORPUS
from tests.unit.channels.telling import summary

RECORDED = CORPUS / "cloudapi"


def read_file(path: Path) -> list[Update]:
    """What the items of a recorded body mean."""
    return [read(item.raw) for item in split(path.read_bytes())]


EXPECTED: dict[str, list[str]] = {
    "chatwoot__brazil_wa_id_with_ninth_digit": ["Inbound | sdafasdfa | 5541988887777 Sojan Jose | text Test"],
    "chatwoot__brazil_wa_id_without_ninth_digit": ["Inbound | sdafasdfa | 554188887777 Sojan Jose | text Test"],
    "chatwoot__button_without_payload": ["Inbound | sdafasdfa | 2423423243 Sojan Jose | reply Yes this is a button"],
    "chatwoot__contacts_two_cards_no_wa_id": ["Inbound | sdafasdfa | 910000000002 | contacts Apple Inc., Chatwoot"],
    "chatwoot__status_read_without_timestamp": ["Receipt | 423423243 | 2423423243 | read"],
    "chatwoot__type_ephemeral": ["Inbound | sdafasdfa | 2423423243 Sojan Jose | unknown [ephemeral]"],
    "courier__duplicate": [
        "Inbound | ternal_id | 5678 Kerry Fisher | text Hello World",
        "Inbound | ternal_id | 5678 Kerry Fisher | text Hello World",
    ],
    "courier__error_errors": ["Notice"],
    "courier__error_msg": ["Inbound | ternal_id | 5678 Kerry Fisher | unknown [unsupported]"],
    "courier__group_message": ["Ignored"],
    "courier__hello_bsuid_in_from": ["Inbound | ternal_id | US.1234 Kerry Fisher | text Hello World"],
    "courier__hello_from_bsuid": ["Inbound | ternal_id | US.1234 Kerry Fisher | text Hello World"],
    "courier__hello_invalid_user_id": ["Inbound | ternal_id | 5678 Kerry Fisher | text Hello World"],
    "courier__ignore_status": ["Ignored"],
    "courier__invalid_from": ["Unreadable"],
    "courier__invalid_status": ["Ignored"],
    "courier__nfm_reply_non_object": ["Inbound | ternal_id | 5678 Kerry Fisher | reply Sent"],
    "courier__no_from": ["Unreadable"],
    "courier__voice": ["Inbound | ternal_id | 5678 Kerry Fisher | media audio id_voice"],
    "find60678737453__status_failed_opaque_callback": ["Receipt | wamid.out | 51999 | failed | 131026"],
    "find70377146833__statuses_batch_unknown_field_bogus_ts": [
        "Receipt | wamid.A | 15551112233 | delivered",
        "Receipt | wamid.B | 15551112233 | failed | 131026",
        "Receipt | wamid.C | nobody | read",
        "Ignored",
        "Receipt | d.UNKNOWN | nobody | sent",
    ],
    "gokapso__all_fields_one_entry": [
        "Notice",
        "Notice",
        "Notice",
        "Notice",
        "Ignored",
        "Notice",
        "Notice",
        "Notice",
        "Inbound | wamid.msg | 111 | text hi",
        "Inbound | amid.echo | 222 | text hello",
        "Receipt | wamid.msg | nobody | delivered",
        "Notice",
        "Notice",
        "Notice",
        "Notice",
        "Notice",
        "Notice",
        "Ignored",
        "Inbound | mid.echo2 | 444 | text echo2",
        "Notice",
        "Notice",
    ],
    "gokapso__mixed_messages_statuses_calls_one_value": [
        "Inbound | mid.order | 15551234567 Jane Doe | order Thanks for your order!",
        "Inbound | d.sticker | 15551234567 Jane Doe | media sticker STICKER_ID",
        "Inbound | amid.flow | 15551234567 Jane Doe | reply feedback_flow",
        "Receipt | mid.order | 15551234567 Jane Doe | sent",
        "Notice",
    ],
    "meta-docs__business_scoped_user_ids_23": ["Receipt | 3MUMxMAA= | US.13491208655302741918 Pablo M. | delivered"],
    "meta-docs__business_scoped_user_ids_25": [
        "Inbound | wMTQ0RgA= | US.13491208655302741918 | text Does it come in another color?"
    ],
    "meta-docs__edit": ["Edit | EM0VBRAA= | 16505551234 Sheena Nelson | media image 1234567890 Updated image caption"],
    "meta-docs__history": ["Ignored"],
    "meta-docs__history_2": ["Ignored"],
    "meta-docs__image": ["Inbound | wMTQ0RgA= | 16505551234 Sheena Nelson | media image 1003383421387256 Taj Mahal"],
    "meta-docs__location": [
        "Inbound | 3MUMxMAA= | 16505551234 Sheena Nelson | location Philz Coffee, 101 Forest Ave, Palo Alto, CA 94301"
    ],
    "meta-docs__order": ["Inbound | 3MUMxMAA= | 16505551234 Sheena Nelson | order Love these!"],
    "meta-docs__reaction": ["Inbound | 3MUMxMAA= | 16505551234 Sheena Nelson | reaction 👍"],
    "meta-docs__revoke": ["Revoke | EM0VBRAA= | 16505551234 Sheena Nelson"],
    "meta-docs__smb_app_state_sync": ["Ignored"],
    "meta-docs__sticker": ["Inbound | wMTQ0RgA= | 16505551234 Sheena Nelson | media sticker 1908647269898587"],
    "meta-docs__system": ["NumberChange | 16505551234 | 12195555358"],
    "meta-docs__unsupported": ["Inbound | 3MUMxMAA= | 16505551234 Sheena Nelson | unknown [edit]"],
    "netflie__forwarded_int_timestamp": ["Inbound | wamid.ID | 16315551234 | text MESSAGE_BODY"],
    "panel_test_button__calls": ["Ignored"],
    "piusalfred__batch_two_entries_or_messages": [
        "Inbound | EXTXYZ123 | 1234567890 Alex Tester | text Hello from a text message",
        "Preference",
    ],
    "piusalfred__group_status_update": ["Notice"],
    "piusalfred__system": ["NumberChange | 15550002222 | 15550003333"],
    "pywa__call_terminate__call_terminate": [
        "Notice",
        "Notice",
    ],
    "pywa__message__interactive_message_with_err": [
        "Inbound | ytvwcggt= | 972987654321 US.13491208655302741918 Test Name | unknown [interactive]",
        "Notice",
    ],
    "pywa__message__unreaction_no_emoji": [
        "Inbound | id.xyzxyz | 972987654321 US.13491208655302741918 Test Name | reaction"
    ],
    "pywa__message_status__group": ["Ignored"],
    "pywa__message_status__played": ["Receipt | id.xyzxyz | 972987654321 US.13491208655302741918 Test Name | played"],
    "pywa__outgoing_message__edit": ["Edit | id.zzzzzz | 972123456789 | text Text was edited"],
    "pywa__outgoing_message__text": ["Unreadable"],
    "pywa__system__identity_change": ["Notice"],
    "zapgw__audio_nota_de_voz": ["Inbound | .TESTE004 | 5511999990000 | media audio MEDIA_TESTE"],
    "zapgw__documento_com_legenda": ["Inbound | .TESTE009 | 5511999990000 | media document MEDIA_TESTE2 PDF teste"],
    "zapgw__mensagem_texto": ["Inbound | .TESTE001 | 551199990000 BR.10000000000000000 Fulana de Teste | text Teste"],
    "zapgw__status_sent_sem_pricing": ["Receipt | .TESTE041 | 553288888888 BR.20000000000000000 | sent"],
    "zapgw__template_button": ["Inbound | .TESTE002 | 5511999990000 Fulana de Teste | reply Falar com a gente"],
}


def test_every_recorded_body_is_read_without_trouble() -> None:
    if not RECORDED.exists():
        print("no recorded payloads beside the repository: none was read")
        return
    paths = sorted(RECORDED.glob("*.json"))
    found = [update for path in paths for update in read_file(path)]
    assert len(found) >= len(paths) > 0
    assert all(isinstance(update, get_args(Update)) for update in found)


def test_recorded_bodies_mean_what_they_say() -> None:
    if not RECORDED.exists():
        print("no recorded payloads beside the repository: none was compared")
        return
    assert {name: list(map(summary, read_file(RECORDED / f"{name}.json"))) for name in EXPECTED} == EXPECTED


def test_recorded_bodies_that_are_no_json_are_refused() -> None:
    for path in sorted((RECORDED / "malformed").glob("*.txt")):
        with pytest.raises(UnreadableWebhook):
            split(path.read_bytes())
