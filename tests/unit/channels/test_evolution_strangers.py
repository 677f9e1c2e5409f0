"""Whatever JSON is put anywhere in a webhook: nothing raises, and nobody else's message is lost."""

import json
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from jaboti_adapters.channels.evolutionapi.inbound import read, split
from jaboti_domain.integration.messaging import Inbound, Update
from tests.unit.channels.evolution import JID, LID, PAYLOADS, body, event, message
from tests.unit.channels.strangers import places, values, with_stranger

UPDATES = get_args(Update)
SIBLING = message(key={"remoteJid": JID, "fromMe": False, "id": "SIBLING"})
VALUES = values(
    JID,
    f"{LID}@lid",
    "1@g.us",
    "messages.upsert",
    "conversation",
    "REVOKE",
    keys=[
        "key",
        "keyId",
        "remoteJid",
        "fromMe",
        "message",
        "messageType",
        "type",
        "low",
        "high",
        "editedMessage",
        "data",
    ],
)
BODIES = [json.loads(body(path.stem)) for path in sorted(PAYLOADS.glob("*.json"))]


def wire(value: object) -> bytes:
    return json.dumps(value).encode()


def siblings(raw: bytes) -> list[str]:
    """The siblings that were read, after everything else was, too."""
    found = [read(item.raw) for item in split(raw)]
    assert all(isinstance(update, UPDATES) for update in found)
    return [u.provider_id for u in found if isinstance(u, Inbound) and u.provider_id == "SIBLING"]


@settings(deadline=None)
@given(data=st.data(), document=st.sampled_from(BODIES), stranger=VALUES)
def test_a_stranger_anywhere_harms_only_its_own_event(data: st.DataObject, document: Any, stranger: object) -> None:
    changed = with_stranger(document, data.draw(st.sampled_from(sorted(places(document), key=str))), stranger)
    assert siblings(wire(data.draw(st.permutations([changed, event(SIBLING)])))) == ["SIBLING"]


@settings(deadline=None)
@given(strangers=st.lists(VALUES, max_size=4), data=st.data())
def test_a_stranger_among_messages_loses_none_of_them(strangers: list[object], data: st.DataObject) -> None:
    among = data.draw(st.permutations([SIBLING, *strangers]))
    assert "SIBLING" in siblings(wire(event(among, instance=data.draw(VALUES), sender=data.draw(VALUES))))


@settings(deadline=None)
@given(data=st.data(), document=st.sampled_from(BODIES), stranger=VALUES)
def test_keys_and_lanes_fit_any_index(data: st.DataObject, document: Any, stranger: object) -> None:
    changed = with_stranger(document, data.draw(st.sampled_from(sorted(places(document), key=str))), stranger)
    for item in split(wire([changed, stranger])):
        assert 3 <= len(item.event_key) <= 200
        assert (item.event_key + item.lane).isprintable()
        assert len(item.lane) <= 200
        assert item.raw.isascii()


@settings(deadline=None)
@given(raw=st.binary(max_size=200) | VALUES.map(wire))
def test_reading_never_raises(raw: bytes) -> None:
    assert isinstance(read(raw), UPDATES)
