"""Whatever JSON is put anywhere in a webhook: nothing raises, and nobody else's message is lost."""

from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from jaboti_adapters.channels._json import decode
from jaboti_adapters.channels.cloudapi.inbound import read, split
from jaboti_domain.integration.messaging import Inbound, Update
from tests.unit.channels.payloads import PAYLOADS, body, message, webhook, wire
from tests.unit.channels.strangers import places, values, with_stranger

UPDATES = get_args(Update)
SIBLING = webhook(message(id="wamid.SIBLING"))["entry"][0]
VALUES = values("wamid.1", "text", keys=["type", "body", "from", "errors", "contacts", "changes", "value"])
BODIES = [decode(body(path.stem)) for path in sorted(PAYLOADS.glob("*.json"))]


@settings(deadline=None)
@given(data=st.data(), document=st.sampled_from(BODIES), stranger=VALUES)
def test_a_stranger_anywhere_harms_only_its_own_item(data: st.DataObject, document: Any, stranger: object) -> None:
    inside = sorted((path for path in places(document) if path[0] == "entry" and len(path) > 1), key=str)
    changed = with_stranger(document, data.draw(st.sampled_from(inside)), stranger)
    entries = data.draw(st.permutations([*changed["entry"], SIBLING]))
    items = split(wire({**changed, "entry": entries}))
    found = [read(item.raw) for item in items]
    assert all(isinstance(update, UPDATES) for update in found)
    assert [u.provider_id for u in found if isinstance(u, Inbound) and u.provider_id == "wamid.SIBLING"]


@settings(deadline=None)
@given(strangers=st.lists(VALUES, max_size=4), data=st.data())
def test_a_stranger_among_messages_loses_none_of_them(strangers: list[object], data: st.DataObject) -> None:
    among = data.draw(st.permutations([message(id="wamid.SIBLING"), *strangers]))
    contacts, field = data.draw(VALUES), data.draw(st.sampled_from(["messages", "calls", None, 5]))
    items = split(wire(webhook(*among, contacts=contacts, field=field)))
    assert "wamid.SIBLING" in {u.provider_id for u in map(read, (i.raw for i in items)) if isinstance(u, Inbound)}


@settings(deadline=None)
@given(document=st.sampled_from(BODIES), stranger=VALUES)
def test_keys_and_lanes_fit_any_index(document: Any, stranger: object) -> None:
    for item in split(wire({"entry": [*document["entry"], {"id": stranger, "changes": [{"value": stranger}]}]})):
        assert 3 <= len(item.event_key) <= 200
        assert (item.event_key + item.lane).isprintable()
        assert len(item.lane) <= 200
        assert item.raw.isascii()


@settings(deadline=None)
@given(raw=st.binary(max_size=200) | VALUES.map(wire))
def test_reading_never_raises(raw: bytes) -> None:
    assert isinstance(read(raw), UPDATES)
