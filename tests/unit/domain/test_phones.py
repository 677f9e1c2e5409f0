"""When two phones are the same line."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaboti_domain.client.errors import InvalidPhone
from jaboti_domain.client.identity import ChannelIdentity, IdentityKind, identities_of
from jaboti_domain.client.phone import Phone, line_key, with_ninth_digit


def _digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


area_codes = st.from_regex("[1-9][1-9]", fullmatch=True)
mobiles = st.from_regex("[6-9][0-9]{7}", fullmatch=True)
landlines = st.from_regex("[2-5][0-9]{7}", fullmatch=True)
anything = st.text("0123456789", min_size=1, max_size=16)


@given(area_codes, mobiles)
def test_a_brazilian_mobile_is_the_same_line_with_and_without_its_ninth_digit(area: str, number: str) -> None:
    without, with_it = f"55{area}{number}", f"55{area}9{number}"
    assert line_key(without) == line_key(with_it)
    assert with_ninth_digit(without) == with_ninth_digit(with_it) == with_it


@given(area_codes, landlines)
def test_a_brazilian_landline_is_left_alone(area: str, number: str) -> None:
    landline = f"55{area}{number}"
    assert line_key(landline) == with_ninth_digit(landline) == landline
    assert line_key(f"55{area}9{number}") != landline


@given(_digits(10))
def test_the_digits_that_come_and_go_in_mexico_and_argentina_do_not_matter(number: str) -> None:
    assert line_key(f"521{number}") == line_key(f"52{number}")
    assert line_key(f"549{number}") == line_key(f"54{number}")


@given(anything)
def test_a_key_is_its_own_key(digits: str) -> None:
    assert line_key(line_key(digits)) == line_key(digits)
    assert with_ninth_digit(with_ninth_digit(digits)) == with_ninth_digit(digits)


@given(anything)
def test_writing_the_ninth_digit_changes_no_line(digits: str) -> None:
    assert line_key(with_ninth_digit(digits)) == line_key(digits)


@given(area_codes, mobiles, mobiles)
def test_different_numbers_are_different_lines(area: str, one: str, other: str) -> None:
    assert (line_key(f"55{area}{one}") == line_key(f"55{area}9{other}")) == (one == other)


@given(anything, anything, anything)
def test_being_the_same_line_is_an_equivalence(a: str, b: str, c: str) -> None:
    one, two, three = (Phone(f"+{digits}") for digits in (a, b, c))
    assert one.same_line(one)
    assert one.same_line(two) == two.same_line(one)
    assert not (one.same_line(two) and two.same_line(three)) or one.same_line(three)


@pytest.mark.parametrize(
    "text", ["(41) 98888-7777", "41 8888-7777", "+55 41 98888 7777", "+554188887777", "041 98888-7777"]
)
def test_what_people_type_is_one_phone(text: str) -> None:
    assert Phone.parse(text) == Phone("+5541988887777")


@given(area_codes, mobiles)
def test_a_phone_that_was_read_is_read_back_the_same(area: str, number: str) -> None:
    phone = Phone.of_channel(f"55{area}{number}")
    assert phone is not None
    assert Phone.parse(phone.e164) == phone


@pytest.mark.parametrize(
    "text", ["", "Maria", "0800-MARIA", "٤١٩٨٨٨٨٧٧٧٧", "1", "+", "+99", "9" * 5000, "+55 41 9\x008888"]
)
def test_what_nobody_can_call_is_refused(text: str) -> None:
    with pytest.raises(InvalidPhone):
        Phone.parse(text)


@given(st.text(max_size=40))
def test_reading_a_phone_gives_one_or_refuses(text: str) -> None:
    with suppress(InvalidPhone):
        assert Phone.parse(text).digits.isdigit()


@given(area_codes, mobiles)
def test_a_channels_two_spellings_are_one_name_with_two_addresses(area: str, number: str) -> None:
    one, other = (ChannelIdentity.of_phone(f"55{area}{ninth}{number}") for ninth in ("", "9"))
    assert (one.kind, one.key) == (other.kind, other.key)
    assert one.address != other.address


def test_a_user_id_in_the_phones_place_is_understood() -> None:
    (identity,) = identities_of(phone="BR.13491208655302741918", cloud_user_id=None, lid=None)
    assert identity.kind is IdentityKind.CLOUD_USER


def test_names_come_strongest_first_and_nonsense_is_left_out() -> None:
    kinds = [i.kind for i in identities_of(phone="5541988887777", cloud_user_id="BR.abc", lid="9")]
    assert kinds == [IdentityKind.PHONE, IdentityKind.CLOUD_USER, IdentityKind.LID]
    assert identities_of(phone="٤١", cloud_user_id="nobody", lid="") == ()
