"""Who was merged by mistake is parted again, with what each had."""

from collections.abc import Mapping
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from jaboti_adapters.contracts.builders import now
from jaboti_domain.client.details import Details
from jaboti_domain.client.document import Document
from jaboti_domain.client.identity import ChannelIdentity, IdentityKind
from jaboti_domain.client.model import Client
from jaboti_domain.client.phone import Phone
from jaboti_domain.kernel.ids import CompanyId, new_id
from tests.unit.client.search_oracle import contacts, names

COMPANY, AT = CompanyId(new_id()), now()
LATER = AT + timedelta(hours=1)


@st.composite
def people(draw: st.DrawFn, lines: tuple[str, ...], documents: tuple[str, ...]) -> Client:
    """Somebody with one of these phones, or none, and so on."""
    details = Details(
        name=draw(names),
        phone=draw(st.none() | st.sampled_from(lines).map(Phone)),
        document=draw(st.none() | st.sampled_from(documents).map(Document.parse)),
        email=draw(st.none() | st.sampled_from(["a@example.com", "b@example.com"])),
        contacts=tuple(draw(st.lists(contacts, max_size=2, unique=True))),
        attributes=draw(st.dictionaries(st.sampled_from("abc"), st.sampled_from("12"), max_size=2)),
    )
    client = Client.enter(details, company_id=COMPANY, at=AT)
    if draw(st.booleans()):
        client.identities += (ChannelIdentity.of_lid(lines[0]),)
    if draw(st.booleans()):
        client.block(at=AT)
    return client


ones = people(("+5541987654321", "+5541912345678"), ("11144477735",))
others = people(("+551133224455", "+12025550123"), ("52998224725",))


def known(client: Client) -> Mapping[str, object]:
    """What there is to know, whatever its order."""
    portrait = client.portrait
    names = {(i.kind, i.key, i.address) for i in portrait.identities}
    contacts = set(portrait.details.contacts)
    return {"identities": names, "contacts": contacts, "blocked": client.blocked_at} | {
        name: getattr(client, name) for name in ("name", "phone", "document", "email", "attributes", "merged_into")
    }


@given(ones, others)
def test_a_merge_that_is_undone_at_once_leaves_nothing(one: Client, other: Client) -> None:
    before = known(one), known(other)
    (merge,) = one.absorb([other], at=AT)
    assert other.merged_into == one.id
    returned = one.give_back(merge, at=LATER)
    other.revive(merge, identities=returned, document_is_free=True, at=LATER)
    assert (known(one), known(other)) == before


@given(ones, others)
def test_whoever_stays_has_all_contacts_and_names_and_keeps_their_own(one: Client, other: Client) -> None:
    mine, theirs = one.portrait, other.portrait
    one.absorb([other], at=AT)
    assert {*mine.details.contacts, *theirs.details.contacts} == set(one.contacts)
    assert {*mine.identities, *theirs.identities} == set(one.identities)
    assert one.attributes == {**theirs.details.attributes, **mine.details.attributes}
    assert (one.name, one.document) == (mine.details.name, mine.details.document or theirs.details.document)
    assert one.is_blocked == (mine.blocked_at is not None or theirs.blocked_at is not None)


def test_what_happened_since_stays_with_whoever_it_happened_to() -> None:
    one = Client.enter(Details(name="Ana"), company_id=COMPANY, at=AT)
    other = Client.enter(Details(name="Bia", phone=Phone("+5541987654321")), company_id=COMPANY, at=AT)
    (merge,) = one.absorb([other], at=AT)
    new = ChannelIdentity.of_lid("9")
    one.meet(name=None, identities=[new], at=LATER)
    one.move(old=other.identities, new=[], at=LATER)
    one.describe(Details(name="Ana Lemos", phone=one.phone, email="ana@example.com"), at=LATER)
    returned = one.give_back(merge, at=LATER)
    other.revive(merge, identities=returned, document_is_free=True, at=LATER)
    assert (one.name, one.email, one.identities) == ("Ana Lemos", "ana@example.com", (new,))
    assert (other.name, other.identities, other.phone) == ("Bia", merge.absorbed.identities, Phone("+5541987654321"))


def test_a_name_that_somebody_else_has_by_now_stays_theirs() -> None:
    one = Client.enter(Details(name="Ana"), company_id=COMPANY, at=AT)
    other = Client.enter(Details(name="Bia", phone=Phone("+5541987654321")), company_id=COMPANY, at=AT)
    (merge,) = one.absorb([other], at=AT)
    one.move(old=merge.absorbed.identities, new=[ChannelIdentity.of_lid("9")], at=LATER)
    returned = one.give_back(merge, at=LATER)
    other.revive(merge, identities=returned, document_is_free=False, at=LATER)
    assert (returned, other.identities, other.phone) == ((), (), None)
    assert one.address(IdentityKind.LID) == "9"
