"""One person is one client, whichever names they come with."""

from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from jaboti_adapters.contracts.builders import now
from jaboti_domain.client.document import Document
from jaboti_domain.client.events import ClientRegistered, ClientsMerged, ClientUpdated
from jaboti_domain.client.identity import ChannelIdentity, IdentityKind
from jaboti_domain.client.model import UNNAMED, Client, survivor
from jaboti_domain.client.phone import Phone
from jaboti_domain.kernel.ids import CompanyId, new_id

COMPANY, AT = CompanyId(new_id()), now()
identities = st.one_of(
    st.sampled_from(["5541988887777", "554188887777", "5541977776666", "5511933334444"]).map(ChannelIdentity.of_phone),
    st.sampled_from(["BR.a", "BR.b"]).map(ChannelIdentity.of_cloud_user),
    st.sampled_from(["1", "2"]).map(ChannelIdentity.of_lid),
)
names = st.none() | st.sampled_from(["Ana", "Bia"])
several = st.lists(identities, min_size=1, max_size=4, unique_by=lambda i: (i.kind, i.key))


def _client(name: str | None, *known: ChannelIdentity) -> Client:
    client = Client.register(company_id=COMPANY, name=name, identities=known, at=AT)
    client.collect()
    return client


def _keys(client: Client) -> set[tuple[IdentityKind, str]]:
    return {(i.kind, i.key) for i in client.identities}


@given(names, several)
def test_a_client_is_registered_under_every_name(name: str | None, known: list[ChannelIdentity]) -> None:
    client = Client.register(company_id=COMPANY, name=name, identities=known, at=AT)
    phone = client.phone.e164 if client.phone else None
    assert client.name == (name or phone or UNNAMED)
    assert client.is_unnamed == (name is None)
    assert [type(event) for event in client.collect()] == [ClientRegistered]


@given(names, several, names, several)
def test_meeting_someone_again_adds_names_and_takes_none(
    name: str | None, known: list[ChannelIdentity], other_name: str | None, met: list[ChannelIdentity]
) -> None:
    client = _client(name, *known)
    before = _keys(client)
    client.meet(name=other_name, identities=met, at=AT)
    assert _keys(client) == before | {(i.kind, i.key) for i in met}
    assert len(client.identities) == len(_keys(client))
    assert all(identity in client.identities for identity in met)
    assert name is None or client.name == name


@given(names, several, names, several)
def test_meeting_someone_the_same_way_twice_is_news_once(
    name: str | None, known: list[ChannelIdentity], other_name: str | None, met: list[ChannelIdentity]
) -> None:
    client = _client(name, *known)
    client.meet(name=other_name, identities=met, at=AT)
    client.collect()
    client.meet(name=other_name, identities=met, at=AT)
    assert client.collect() == []


def test_a_client_is_written_to_as_the_channel_spells_them_now() -> None:
    client = _client("Ana", ChannelIdentity.of_phone("554188887777"))
    assert client.address(IdentityKind.PHONE) == "554188887777"
    client.meet(name=None, identities=[ChannelIdentity.of_phone("5541988887777")], at=AT)
    assert client.address(IdentityKind.PHONE) == "5541988887777"
    assert client.address(IdentityKind.LID) is None


def test_a_phone_that_no_channel_spelled_gets_its_ninth_digit() -> None:
    client = _client("Ana", ChannelIdentity.of_lid("1"))
    client.phone = Phone("+554188887777")
    assert client.address(IdentityKind.PHONE) == "5541988887777"


@given(several, several)
def test_whoever_moves_leaves_the_old_names_and_has_the_new(
    known: list[ChannelIdentity], new: list[ChannelIdentity]
) -> None:
    client = _client("Ana", *known)
    client.move(old=known, new=new, at=AT)
    assert _keys(client) == {(i.kind, i.key) for i in new}
    assert [type(event) for event in client.collect()] == [ClientUpdated]


@given(several, several)
def test_absorbing_takes_every_name_and_leaves_none(known: list[ChannelIdentity], other: list[ChannelIdentity]) -> None:
    one, two = _client(None, *known), _client("Bia", *other)
    keys = _keys(one) | _keys(two)
    one.absorb([two], at=AT)
    assert _keys(one) == keys
    assert len(one.identities) == len(keys)
    assert (two.identities, two.merged_into) == ((), one.id)
    assert one.name == "Bia"
    assert [type(event) for event in one.collect()] == [ClientsMerged, ClientUpdated]


def test_absorbing_fills_what_is_missing_and_overwrites_nothing() -> None:
    one, two = _client("Ana", ChannelIdentity.of_lid("1")), _client("Bia", ChannelIdentity.of_phone("5541988887777"))
    one.email, one.attributes = "ana@example.com", {"a": "1"}
    two.email, two.attributes = "bia@example.com", {"a": "2", "b": "2"}
    two.document = Document.parse("111.444.777-35")
    one.absorb([two], at=AT)
    assert (one.name, one.email, one.attributes) == ("Ana", "ana@example.com", {"a": "1", "b": "2"})
    assert (one.phone, one.document) == (two.phone, two.document)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=5), st.randoms())
def test_the_oldest_survives_whatever_the_order(ages: list[int], random: Random) -> None:
    clients = [_client("Ana") for _ in ages]
    for client, age in zip(clients, ages, strict=True):
        client.created_at = AT - timedelta(days=age)
    shuffled = sorted(clients, key=lambda _: random.random())
    assert survivor(clients) is survivor(shuffled)
    assert survivor(clients).created_at == AT - timedelta(days=max(ages))
