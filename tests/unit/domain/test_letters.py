"""Dead letters have ids that only their company can read back."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaboti_domain.integration.calls import peer_hint, redacted
from jaboti_domain.integration.letters import entry_in, letter_id
from jaboti_domain.integration.messaging import Peer
from jaboti_domain.kernel.ids import CompanyId

OURS, THEIRS = CompanyId(uuid4()), CompanyId(uuid4())


@given(st.integers(1, 2**63 - 1))
def test_an_id_leads_back_to_its_entry_in_its_company_alone(entry_id: int) -> None:
    made = letter_id(OURS, entry_id)
    assert (made.version, entry_in(OURS, made), entry_in(THEIRS, made)) == (8, entry_id, None)


@given(st.uuids())
def test_any_other_id_leads_nowhere(other: UUID) -> None:
    assert entry_in(OURS, other) is None


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("(#131030) Recipient phone number 5541988887777 not allowed", "(#131030) Recipient phone number …7777 not"),
        ("to +55 (41) 98888-7777", "to …7777"),
        ("x" * 300, "x" * 200),
    ],
)
def test_words_of_a_platform_show_no_phone(title: str, shown: str) -> None:
    assert redacted(title).startswith(shown)
    assert len(redacted(title)) <= 200


def test_of_a_peer_only_the_end_is_shown() -> None:
    assert peer_hint(Peer(phone="5541988887777")) == "…7777"
    assert peer_hint(Peer(cloud_user_id="BR.1000000001234")) == "…1234"
    assert peer_hint(Peer(phone="190")) is None
