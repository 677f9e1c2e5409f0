"""How events and audiences are written down."""

import json
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from jaboti_adapters.contracts.builders import a_chat, a_client, an_inbound, an_integration, now
from jaboti_adapters.recording import audience_data, audience_of, record_data
from jaboti_domain.integration.content import Media, MediaFile
from jaboti_domain.kernel.events import Audience
from jaboti_domain.kernel.ids import CompanyId, DepartmentId, UserId, new_id

uuids = st.uuids()
audiences = st.builds(
    Audience,
    users=st.frozensets(uuids.map(UserId), max_size=3),
    departments=st.frozensets(uuids.map(DepartmentId), max_size=3),
    everyone=st.booleans(),
)


@given(audiences)
def test_an_audience_is_read_back_equal(audience: Audience) -> None:
    assert audience_of(audience_data(audience)) == audience


@given(st.lists(uuids, min_size=1, max_size=5))
def test_equal_audiences_are_written_equal(ids: list[UUID]) -> None:
    one = Audience(users=frozenset(map(UserId, ids)))
    other = Audience(users=frozenset(map(UserId, reversed(ids))))
    assert audience_data(one) == audience_data(other)


def test_nobody_is_written_short() -> None:
    assert audience_data(Audience()) == b"{}"


def test_an_event_is_written_without_its_envelope() -> None:
    company_id = CompanyId(new_id())
    client, at = a_client(company_id), now()
    chat = a_chat(client, an_integration(company_id), at=at)
    file = MediaFile(type="image", media_id="m-1")
    chat.receive(an_inbound(Media(media=file, caption="Olá"), at=at, entry_point=True), at=at)
    opened, added = (json.loads(record_data(event)) for event in chat.collect())
    assert opened["client"] == {"id": str(client.id), "name": "Maria"}
    assert opened["window"] == {"closes_at": None, "entered_at": None}
    assert (added["content"]["kind"], added["content"]["media"]["media_id"]) == ("media", "m-1")
    assert added["window"]["closes_at"].endswith("Z")
    assert not {"company_id", "at", "audience"} & (opened.keys() | added.keys())
