"""What a person types finds what a person would expect, however it is written."""

import pytest
from hypothesis import given, settings

from jaboti_adapters.contracts.builders import now
from jaboti_domain.client.details import Details
from jaboti_domain.client.model import Client
from jaboti_domain.client.search import Field, holds, wanted
from jaboti_domain.kernel.folding import folded
from jaboti_domain.kernel.ids import CompanyId, new_id
from tests.unit.client.search_oracle import clients, is_found, searches

COMPANY = CompanyId(new_id())


@settings(max_examples=500)
@given(clients, searches())
def test_who_is_found_is_as_the_plainest_telling_has_it(details: Details, search: str) -> None:
    client = Client.enter(details, company_id=COMPANY, at=now())
    parts = wanted(search)
    assert (parts is not None and holds(parts, client.sought)) == is_found(details, search)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Conceição", "conceicao"),
        ("  ÉLIDA \t Ñandu ", "elida nandu"),
        ("Ｌoja", "loja"),
        ("Stra\u00dfe", "strasse"),
        ("a\u0301" * 3, "aaa"),
        ("\u0301" * 1000, ""),
        ("x\u200b\u202ey", "xy"),
        ("a\x00b", "ab"),
        ("\ud800z", "z"),
    ],
)
def test_text_is_comparable(text: str, same: str) -> None:
    assert folded(text) == same
    assert folded(same) == same


def test_numbers_next_to_each_other_are_one() -> None:
    parts = wanted("ana +55 (41) 98765-4321 silva")
    assert parts is not None
    assert [part.text for part in parts] == ["ana", "5541987654321", "silva"]


def test_a_short_number_is_no_run_of_a_phone() -> None:
    parts = wanted("12")
    assert parts is not None
    assert parts[0].fields == {Field.NAME, Field.EMAIL, Field.OTHER}
    assert wanted("12", [Field.PHONE]) is None


@pytest.mark.parametrize("nothing", ["", "  ", "\u202e", "\u0301"])
def test_where_there_is_nothing_nothing_is_looked_for(nothing: str) -> None:
    assert wanted(nothing) is None


def test_what_another_word_implies_is_not_looked_for_twice() -> None:
    parts = wanted("mar maria MARIA ria")
    assert parts is not None
    assert [part.text for part in parts] == ["maria"]
