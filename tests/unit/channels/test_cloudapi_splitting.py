"""A body becomes items that can be journalled: named, laned, and each with all that it needs."""

import json
from collections.abc import Callable
from time import process_time_ns

import msgspec
import pytest

from jaboti_adapters.channels.cloudapi.inbound import read, split
from jaboti_domain.integration.content import Text
from jaboti_domain.integration.errors import UnreadableWebhook
from jaboti_domain.integration.messaging import Inbound, Unreadable
from tests.unit.channels.payloads import (
    MARINA,
    NUMBER,
    USER_ID,
    WABA,
    body,
    items,
    message,
    only,
    updates,
    webhook,
    wire,
)

DECODINGS = 24
"""What splitting one message may cost, in decodings of the same body: 40 microseconds of a quiet machine."""


def test_an_item_says_whose_it_is_and_keeps_what_reading_needs() -> None:
    [item] = items("text")
    kept = json.loads(item.raw)
    assert (item.account, item.owner) == (NUMBER, WABA)
    assert (kept["kind"], kept["field"], kept["owner"], kept["account"]) == ("message", "messages", WABA, NUMBER)
    assert (kept["contact"]["profile"]["name"], kept["item"]["id"]) == ("Marina Prado", "wamid.TEXT1")
    assert item.raw.isascii()


def test_several_accounts_and_people_in_one_body_stay_apart() -> None:
    assert [(item.owner, item.account, item.lane) for item in items("two_tenants")] == [
        (WABA, NUMBER, "p:554190011223"),
        (WABA, NUMBER, "p:5511955554444"),
        ("800000000000002", "700000000000002", "p:5511955554444"),
    ]
    authors = [update.peer.name for update in updates("two_tenants") if isinstance(update, Inbound)]
    assert authors == ["Marina Prado", "Rui Sales", None]


KEYS = {
    "text": ["m:wamid.TEXT1"],
    "echoes": ["m:wamid.ECHO1", "m:wamid.ECHO2"],
    "statuses": [f"s:wamid.OURS:{status}" for status in ("sent", "delivered", "read", "played", "failed")],
    "calls": ["c:wacid.2:RINGING", "c:wacid.1:connect"],
}


@pytest.mark.parametrize("name", KEYS)
def test_a_key_is_made_of_the_ids_that_the_platform_gave(name: str) -> None:
    assert [item.event_key for item in items(name)][: len(KEYS[name])] == KEYS[name]


def test_news_about_an_account_is_told_apart_by_its_time() -> None:
    def told(time: int) -> str:
        return only(
            {"entry": [{"id": WABA, "time": time, "changes": [{"field": "security", "value": {"e": 1}}]}]}
        ).event_key

    assert told(1781000000) == told(1781000000) != told(1781000001)
    assert told(1781000000).startswith("e:security:1781000000:")


def test_an_item_without_an_id_is_named_by_what_it_says_whatever_the_order_of_its_keys() -> None:
    one, same = message(id=None), dict(reversed(message(id=None).items()))
    keys = {only(webhook(each)).event_key for each in (one, same)}
    assert len(keys) == 1
    assert keys.pop().startswith("x:")
    assert only(webhook(one)).event_key != only(webhook(one | {"text": {"body": "Outra"}})).event_key


def test_the_history_does_not_take_the_keys_of_live_messages() -> None:
    live, old = only(webhook(message())), only(webhook(message(), field="history"))
    assert live.event_key == "m:wamid.1"
    assert old.event_key.startswith("x:")


@pytest.mark.parametrize("odd", ["w" * 300, "wamid.\x00", "wamid.\ud83d", "wamid.é", "wamid.\n"])
def test_a_key_that_no_index_should_hold_is_hashed(odd: str) -> None:
    item = only(webhook(message(id=odd)))
    assert item.event_key.startswith("m:")
    assert len(item.event_key) == 66
    assert item.event_key == only(webhook(message(id=odd))).event_key


LANES = {
    "p:554190011223": {"from": "5541990011223"},
    "p:541123456789": {"from": "5491123456789"},
    f"u:{USER_ID}": {"from": USER_ID},
    f"a:{NUMBER}": {"from": "bla"},
}


@pytest.mark.parametrize("lane", LANES)
def test_the_lane_is_the_peer_however_the_phone_is_spelled(lane: str) -> None:
    assert only(webhook(message(**LANES[lane]))).lane == lane


def test_a_status_shares_the_lane_of_its_client() -> None:
    assert {item.lane for item in items("statuses") if b"wamid.G" not in item.raw} == {items("text")[0].lane}


def test_a_status_for_a_client_without_a_phone_goes_by_the_user_id() -> None:
    status = {"id": "wamid.2", "status": "read", "recipient_user_id": USER_ID}
    assert only(webhook(statuses=[status])).lane == f"u:{USER_ID}"


def test_what_concerns_no_client_shares_the_lane_of_its_account() -> None:
    assert items("template_status")[0].lane == f"a:{WABA}"
    assert items("template_status")[0].account is None


def test_a_name_that_only_the_contact_has_counts() -> None:
    contact = {"wa_id": MARINA.phone, "user_id": USER_ID, "profile": {"name": "Marina Prado"}}
    item = only(webhook(message() | {"from": USER_ID}, contacts=[contact]))
    update = read(item.raw)
    assert isinstance(update, Inbound)
    assert (update.peer, item.lane) == (MARINA, "p:554190011223")


def test_contacts_are_joined_by_name_and_not_by_place() -> None:
    strangers = [{"wa_id": "5511900000000", "profile": {"name": "Outro"}}, "x", None]
    update = read(only(webhook(message(), contacts=strangers)).raw)
    assert isinstance(update, Inbound)
    assert update.peer.name is None


NOT_OURS = [
    b"",
    b"null",
    b"[]",
    b'"x"',
    b"{}",
    b'{"entry":{}}',
    b'{"entry":null}',
    b'{"entry":[]} x',
    b'{"entry":[NaN]}',
    b'{"entry":[Infinity]}',
    b"\xff\xfe{\x00}\x00",
    b'{"entry":["\xff"]}',
    b'{"entry":["\xc0\xaf"]}',
    b'{"entry":["a\x00b"]}',
    b'{"entry":' + b"[" * 100_000,
    b'{"entry":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"entry":["\\ud83d",' + b"[" * 100_000 + b"]" * 100_000 + b"]}",
]


@pytest.mark.parametrize("bad", NOT_OURS, ids=lambda bad: repr(bad[:24]))
def test_a_body_that_is_no_webhook_is_refused_whole(bad: bytes) -> None:
    with pytest.raises(UnreadableWebhook):
        split(bad)


@pytest.mark.parametrize("depth", range(900, 1010, 5))
def test_a_body_just_too_deep_is_refused_whole_or_read_to_the_end(depth: int) -> None:
    deep = wire(webhook(message(text={"body": "fundo"}))).replace(b'"fundo"', b"[" * depth + b"]" * depth)
    try:
        [item] = split(deep)
    except UnreadableWebhook:
        return
    assert isinstance(read(item.raw), Inbound | Unreadable)


STILL_JSON = {
    "a byte order mark": b"\xef\xbb\xbf" + body("text"),
    "a lone surrogate": body("text").replace(b"\\ud83d\\ude00", b"\\ud83d"),
    "a duplicate key": body("text").replace(b'"type":"text"', b'"type":"image","type":"text"'),
    "a number too large": body("text").replace(b'"type":"text"', b'"n":1e400,"type":"text"'),
    "an integer of 5,000 digits": body("text").replace(b'"type":"text"', b'"n":' + b"9" * 5000 + b',"type":"text"'),
    "an integer of 4,300 digits": body("text").replace(b'"type":"text"', b'"n":' + b"9" * 4300 + b',"type":"text"'),
    "spaces around": b" \r\n" + body("text") + b"\n",
}


@pytest.mark.parametrize("oddity", STILL_JSON)
def test_odd_json_is_still_json(oddity: str) -> None:
    [item] = split(STILL_JSON[oddity])
    update = read(item.raw)
    assert isinstance(update, Inbound)
    assert isinstance(update.content, Text)
    assert update.content.body.startswith("Bom dia! O portão não abre")


def test_the_raw_item_keeps_as_escapes_what_reading_replaces() -> None:
    [item] = items("unkeepable_characters")
    assert b"nulo \\u0000 e metade \\ud83d aqui" in item.raw


def test_names_of_accounts_can_be_looked_up_whatever_they_hold() -> None:
    item = only(webhook(message(), owner=5, metadata={"phone_number_id": "1\x00\ud83d"}))
    assert (item.account, item.owner) == ("1\ufffd\ufffd", "5")


@pytest.mark.parametrize("wrong", [5, "x", True, None, [], {}, [[]], {"messages": 1}, [None]])
@pytest.mark.parametrize("place", ["messages", "contacts", "metadata", "statuses", "errors", "calls"])
def test_a_wrong_type_in_one_place_drops_no_sibling(place: str, wrong: object) -> None:
    changes = [webhook(message())["entry"][0]["changes"][0], {"field": "messages", "value": {place: wrong}}, wrong]
    found = [read(item.raw) for item in split(wire({"entry": [wrong, {"id": WABA, "changes": changes}]}))]
    assert [update.provider_id for update in found if isinstance(update, Inbound)] == ["wamid.1"]


def test_each_wrong_thing_is_an_item_of_its_own() -> None:
    found = [read(item.raw) for item in split(wire(webhook("x", 5, message(), [], {})))]
    assert [type(update) for update in found] == [Unreadable, Unreadable, Inbound, Unreadable, Unreadable]


def test_a_thousand_messages_of_a_thousand_people_come_in_order() -> None:
    people = [str(5511900000000 + n) for n in range(1000)]
    many = [message(id=f"wamid.{n}") | {"from": phone} for n, phone in enumerate(people)]
    contacts = [{"wa_id": phone, "profile": {"name": phone}} for phone in reversed(people)]
    found = split(wire(webhook(*many, contacts=contacts)))
    assert [item.event_key for item in found] == [f"m:wamid.{n}" for n in range(1000)]
    assert json.loads(found[7].raw)["contact"]["wa_id"] == people[7]


def test_splitting_one_message_costs_little_more_than_decoding_it() -> None:
    one = body("text")

    def cost(act: Callable[[bytes], object]) -> int:
        before = process_time_ns()
        for _ in range(100):
            act(one)
        return process_time_ns() - before

    decoded, done = zip(*((cost(msgspec.json.decode), cost(split)) for _ in range(50)), strict=True)
    assert min(done) < DECODINGS * min(decoded)
