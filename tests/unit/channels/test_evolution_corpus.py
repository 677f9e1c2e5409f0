"""Bodies recorded from EvolutionAPI, derived from its code, or from other people's tests: not everywhere."""

from collections import Counter
from pathlib import Path
from typing import get_args

from jaboti_adapters.channels.evolutionapi.inbound import read, split
from jaboti_domain.integration.messaging import Update
from tests.unit.channels.evolution import CORPUS
from tests.unit.channels.telling import shape

RECORDED = CORPUS / "evolution"


def read_file(path: Path) -> list[Update]:
    """What the items of a recorded body mean."""
    return [read(item.raw) for item in split(path.read_bytes())]


EXPECTED: dict[str, list[str]] = {
    "derived/call_offer": ["Notice | call | offer"],
    "derived/chats_upsert_after_status": ["Ignored | the phone's list of chats"],
    "derived/connection_update_close_401": ["Notice | connection.update | the session is close (401) | closed"],
    "derived/connection_update_connecting": [
        "Notice | connection.update | the session is connecting (200) | connecting"
    ],
    "derived/connection_update_refused_428": ["Notice | connection.update | the session is refused (428) | closed"],
    "derived/messages_delete_by_api": ["Revoke phone"],
    "derived/messages_delete_inbound": ["Revoke phone"],
    "derived/messages_edited_is_really_a_revoke": ["Revoke phone"],
    "derived/messages_edited_text": ["Edit text phone"],
    "derived/messages_set_history": ["Ignored | history"],
    "derived/messages_update_DELIVERY_ACK": ["Receipt delivered phone"],
    "derived/messages_update_ERROR": ["Receipt failed phone"],
    "derived/messages_update_READ": ["Receipt read phone"],
    "derived/presence_update_lid": ["Ignored | somebody is typing, or is there"],
    "derived/qrcode_updated_limit_reached": [
        "Notice | qrcode.updated | QR code limit reached, please login again | closed"
    ],
    "derived/send_message": ["Inbound text phone by us"],
    "derived/status_instance_closed": ["Notice | status.instance | the session is closed (401) | closed"],
    "derived/upsert_contact": ["Inbound contacts phone"],
    "derived/upsert_contacts_array": ["Inbound contacts phone"],
    "derived/upsert_document_with_caption_flattened": ["Inbound media document phone"],
    "derived/upsert_group_lid_with_participantAlt": ["Ignored | it is of a group"],
    "derived/upsert_lid_only_no_alt_no_pushname": ["Inbound text lid"],
    "derived/upsert_location": ["Inbound location phone"],
    "derived/upsert_reaction_removed": ["Inbound reaction phone"],
    "derived/upsert_status_broadcast": ["Ignored | it is of a status or a broadcast list"],
    "derived/upsert_video": ["Inbound media video phone"],
    "derived/upsert_view_once_not_unwrapped": ["Inbound media image phone"],
    "doc51766299937__list_response_listType_int": ["Inbound reply phone"],
    "doc9477284856__buttons_response_with_context": ["Inbound reply phone"],
    "forkdoc__chats_upsert": ["Ignored | the phone's list of chats"],
    "forkdoc__group_participants_update_participantsData": ["Ignored | groups"],
    "forkdoc__groups_upsert": ["Ignored | groups"],
    "forkdoc__instance_create": ["Notice | instance.create"],
    "forkdoc__messages_delete_key": ["Revoke phone"],
    "forkdoc__messages_update_WRONG_SHAPE": ["Receipt read phone"],
    "forkdoc__qrcode_updated_sender_null": ["Notice | qrcode.updated | a phone has to scan the QR code | pairing"],
    "forkdoc__remove_instance_data_null": ["Notice | remove.instance | the instance was removed | closed"],
    "forkdoc__send_message": ["Inbound text phone by us"],
    "issue1177__contacts_update_old_shape": ["Ignored | the phone's address book"],
    "issue1380__messages_update_without_status": ["Ignored | it says nothing of a status"],
    "issue2010__messages_update_DELETED_on_edit": ["Ignored | a status of the client's own message"],
    "issue2010__messages_update_READ": ["Ignored | a status of the client's own message"],
    "issue59533749405__buttons_response_excerpt": ["Unreadable | it has no usable id"],
    "issue631__from_me_auto_reply_multiline": ["Unreadable | nobody is named at the other end"],
    "malformed/lynkbyte__connection_update_UPPERCASE_EVENT": [
        "Notice | connection.update | the session is open (200) | open"
    ],
    "malformed/lynkbyte__group_participants_update_UPPERCASE_EVENT": ["Ignored | groups"],
    "malformed/lynkbyte__messages_update_UPPERCASE_EVENT": ["Receipt delivered phone"],
    "malformed/lynkbyte__messages_upsert_UPPERCASE_EVENT": ["Inbound text phone"],
    "malformed/lynkbyte__qrcode_updated_UPPERCASE_EVENT": [
        "Notice | qrcode.updated | a phone has to scan the QR code | pairing"
    ],
    "malformed/pingo__data_as_array_batch": ["Inbound text phone", "Inbound text phone"],
    "malformed/test20310061773__array_wrapped_body": ["Unreadable | it names no event"],
    "malformed/test53165551136__empty_data": ["Unreadable | it has no usable id"],
    "test61933511760__extended_text_not_rewritten": ["Inbound text phone"],
    "v1dump__connection_update_close_405": ["Notice | connection.update | the session is close (405) | closed"],
    "v1dump__connection_update_connecting_200": [
        "Notice | connection.update | the session is connecting (200) | connecting"
    ],
    "v1dump__conversation": ["Inbound text phone"],
    "v1dump__image": ["Inbound media image phone"],
    "v1dump__sticker": ["Inbound media sticker phone"],
    "v2_2__audio_ptt_with_base64": ["Inbound media audio phone"],
    "v2_2__conversation_web": ["Inbound text phone"],
    "v2_2__image_with_base64": ["Inbound media image phone"],
    "v2_2__list_response": ["Inbound reply phone"],
    "v2_3_0__group_mention_lid": ["Ignored | it is of a group"],
    "v2_3_0__group_participant_lid_no_phone": ["Ignored | it is of a group"],
    "v2_3_0__group_participants_update_strings": ["Ignored | groups"],
    "v2_3_0__groups_upsert_list": ["Ignored | groups"],
    "v2_3_0__individual_lid_with_senderPn": ["Inbound text phone+lid"],
    "v2_3_0__individual_pn_with_senderLid": ["Inbound text phone+lid"],
    "v2_3_0__reaction": ["Inbound reaction lid"],
    "v2_3_0__reply_quoted_in_data_contextInfo": ["Inbound text lid"],
    "v2_3_6__conversation_lid_remoteJidAlt_bytes_as_objects": ["Inbound text phone+lid"],
    "v2_3_6__group_participants_update_objects": ["Ignored | groups"],
    "v2_3_7__connection_update_open": ["Notice | connection.update | the session is open (200) | open"],
    "v2_3_7__messages_upsert_lid_swapped": ["Inbound text phone"],
    "v2_3_7__qrcode_updated": ["Notice | qrcode.updated | a phone has to scan the QR code | pairing"],
    "v2_3_7__quoted_reply_data_fragment": ["Unreadable | it names no event"],
    "v2_3__contacts_update_array_group": ["Ignored | the phone's address book"],
    "v2_3__contacts_update_object": ["Ignored | the phone's address book"],
    "v2_3__contacts_upsert_array": ["Ignored | the phone's address book"],
    "v2_3__conversation_from_me_server_ack": ["Inbound text phone by us"],
    "woofed_v1__extended_text": ["Inbound text phone"],
}


def test_every_recorded_body_is_read_without_trouble() -> None:
    if not RECORDED.exists():
        print("no recorded payloads beside the repository: none was read")
        return
    paths = sorted(RECORDED.rglob("*.json"))
    found = [update for path in paths for update in read_file(path)]
    assert len(found) >= len(paths) > 0
    assert all(isinstance(update, get_args(Update)) for update in found)
    print(Counter(type(update).__name__ for update in found))


def test_recorded_bodies_mean_what_they_say() -> None:
    if not RECORDED.exists():
        print("no recorded payloads beside the repository: none was compared")
        return
    found = {name: [shape(u) for u in read_file(RECORDED / f"{name}.json")] for name in EXPECTED}
    assert found == EXPECTED


def test_recorded_bodies_are_all_expected() -> None:
    kept = {str(path.relative_to(RECORDED).with_suffix("")) for path in RECORDED.rglob("*.json")}
    assert kept <= EXPECTED.keys()
