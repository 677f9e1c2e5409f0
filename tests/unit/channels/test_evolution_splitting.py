"""Bodies into items: their keys, their lanes, and what becomes of odd ones."""

import json
from typing import Any

import pytest

from jaboti_adapters.channels._json import Node
from jaboti_adapters.channels.evolutionapi.inbound import items_of, read, split
from jaboti_domain.integration.errors import UnreadableWebhook
from jaboti_domain.integration.messaging import Inbound
from tests.unit.channels.evolution import INSTANCE, JID, LID, PAYLOADS, PHONE, body, event, items, message, only


def keys(*names: str) -> set[str]:
    """The keys of all items of these bodies."""
    return {item.event_key for name in names for item in items(name)}


@pytest.mark.parametrize(
    ("names", "key"),
    [
        (["v2_3_7__sent_by_the_server", "v2_3_7__sent_by_the_server_and_seen"], "m:3EB0OUT0000000000001"),
        (["v2_3_7__status_delivered", "v2_3_7__status_delivered_by_number"], "s:3EB0OUT0000000000001:delivered"),
        (["v2_3_7__status_error", "v2_3_7__status_error_by_number"], "s:3EB0OUT0000000000002:failed"),
        (["v2_3_6__edit_that_is_a_revocation"], "r:3AUR0000000000000004"),
        (["v2_3_7__deletion_by_us"], "r:3EB0OUT0000000000001"),
        (["v2_3_7__edit"], "e:3AUS0000000000000001:1781000123456"),
        (["v2_3_6__edit"], "e:3AUR0000000000000001:1781013612384"),
    ],
)
def test_the_same_thing_has_the_same_key_in_whichever_shape_it_comes(names: list[str], key: str) -> None:
    assert keys(*names) == {key}


def test_a_message_has_the_same_key_and_lane_by_each_versions_names_of_its_author() -> None:
    phone, hidden = JID, f"{LID}@lid"
    shapes = [
        {"remoteJid": phone},
        {"remoteJid": hidden, "senderPn": phone},
        {"remoteJid": phone, "senderLid": hidden},
        {"remoteJid": hidden, "remoteJidAlt": phone, "addressingMode": "lid", "participant": ""},
        {"remoteJid": phone, "remoteJidAlt": phone, "addressingMode": "lid", "participant": ""},
        {"remoteJid": f"{PHONE}:12@s.whatsapp.net"},
        {"remoteJid": "5541990011223@s.whatsapp.net"},
    ]
    found = {
        (item.event_key, item.lane)
        for item in (only(event(message(key={**shape, "fromMe": False, "id": "3A01"}))) for shape in shapes)
    }
    assert found == {("m:3A01", f"p:{PHONE}")}


def test_a_revocation_has_one_key_by_either_of_its_events() -> None:
    key = {"remoteJid": JID, "fromMe": False, "id": "3A01"}
    told = [event({"key": key, "type": 0}, "messages.edited"), event({**key, "status": "DELETED"}, "messages.delete")]
    assert {only(each).event_key for each in told} == {"r:3A01"}


def test_two_edits_of_one_message_are_two_things() -> None:
    key = {"remoteJid": JID, "fromMe": False, "id": "3A01"}
    edits: list[dict[str, Any]] = [{"key": key, "type": 14, "editedMessage": {"conversation": w}} for w in ("a", "b")]
    assert len({only(event(edit, "messages.edited")).event_key for edit in edits}) == 2


def test_what_has_no_name_is_known_by_all_of_it_and_by_when_it_was_told() -> None:
    state = {"instance": INSTANCE, "state": "open"}
    told = [event(state, "connection.update", date_time=f"2026-06-09T04:53:2{n}.000Z") for n in (0, 0, 1)]
    first, again, later = (only(each).event_key for each in told)
    assert first == again != later
    assert first.startswith("x:")


def test_history_does_not_take_the_keys_of_what_is_live() -> None:
    assert not keys("v2_3_7__history") & keys("v2_3_7__text_hidden_id_lost")


def test_several_messages_in_one_event_are_items_of_their_own() -> None:
    assert [item.event_key[-2:] for item in items("v2_3_7__two_at_once")] == ["14", "15", "14"]


def test_lists_that_are_about_no_message_stay_in_one_piece() -> None:
    assert len(items("v2_3_0__contacts_update")) == 1


def test_a_poisoned_part_leaves_the_others_alone() -> None:
    found = [read(item.raw) for item in items("malformed/one_poisoned_of_three")]
    assert [isinstance(update, Inbound) for update in found] == [True, False, False, True]


@pytest.mark.parametrize("name", ["bottomless", "cut_off", "a_number", "words"])
def test_a_body_that_is_no_event_and_no_list_of_them_is_refused(name: str) -> None:
    with pytest.raises(UnreadableWebhook):
        split((PAYLOADS / "malformed" / f"{name}.txt").read_bytes())


def test_what_names_no_event_is_kept_whole() -> None:
    wrapped = json.loads(body("malformed/wrapped_by_somebody"))
    (item,) = items("malformed/wrapped_by_somebody")
    assert json.loads(item.raw)["data"] == wrapped[0]


@pytest.mark.parametrize("path", sorted(PAYLOADS.rglob("*.json")), ids=lambda path: path.stem)
def test_an_item_can_be_kept_and_read_alone(path: Any) -> None:
    for item in split(path.read_bytes()):
        assert item.raw.isascii()
        assert item.event_key.isascii()
        assert 0 < len(item.event_key) <= 200
        assert item.account in (INSTANCE, None)
        if item.account:
            assert read(item.raw) == read(split(item.raw)[0].raw)


def test_a_record_of_the_servers_own_database_has_the_keys_of_webhooks() -> None:
    record = {"id": "cm1", **message(), "MessageUpdate": []}
    (item,) = items_of(Node(event(record)))
    assert (item.event_key, item.lane) == ("m:3A01", f"p:{PHONE}")
