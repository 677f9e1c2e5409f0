"""Phones: how they are written, and when two of them are the same line."""

import re
from typing import Self

import phonenumbers
from attrs import frozen

from jaboti_domain.client.errors import InvalidPhone

_BRAZIL = re.compile(r"55(\d\d)9?([6-9]\d{7})")
_MEXICO = re.compile(r"521?(\d{10})")
_ARGENTINA = re.compile(r"549?(\d{10})")
_DIGITS = re.compile(r"[0-9]{1,32}")
_NOWHERE = "001"
"""What the library calls codes of no country."""


def line_key(digits: str) -> str:
    """What two spellings of the same line share.

    Brazilian mobiles are compared without the ninth digit (Anatel resolution 553/2010 added it, WhatsApp ids made
    before it often lack it); landlines, whose eight digits begin with 2 to 5, are left alone. Mexico's `1` after 52
    and Argentina's `9` after 54 come and go in the same way.
    """
    for pattern, prefix in ((_BRAZIL, "55"), (_MEXICO, "52"), (_ARGENTINA, "54")):
        if match := pattern.fullmatch(digits):
            return prefix + "".join(match.groups())
    return digits


def with_ninth_digit(digits: str) -> str:
    """A Brazilian mobile with its ninth digit; any other number as it is."""
    match = _BRAZIL.fullmatch(digits)
    return f"55{match[1]}9{match[2]}" if match else digits


def region_of(digits: str) -> str | None:
    """The country (ISO 3166) of a number with its country code; None when there is no such country."""
    for length in (1, 2, 3):
        regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(digits[:length]), ())
        if len(regions) == 1:
            return None if regions[0] == _NOWHERE else str(regions[0])
        if regions:
            return _region_among(digits) or str(regions[0])
    return None


def _region_among(digits: str) -> str | None:
    """The one of several countries that share a code."""
    try:
        found = phonenumbers.region_code_for_number(phonenumbers.parse(f"+{digits}"))
    except phonenumbers.NumberParseException:
        return None
    return None if found is None else str(found)


@frozen
class Phone:
    """A phone number in E.164: `+`, country code and subscriber number."""

    e164: str

    @classmethod
    def parse(cls, text: str, *, region: str = "BR") -> Self:
        """Read what a person typed, national numbers as of `region`. Raises InvalidPhone.

        Only ASCII digits are taken, though the library would also read others.
        """
        if not text.isascii() or re.search(r"[A-Za-z]", text):
            raise InvalidPhone(phone=text[-4:])
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException as error:
            raise InvalidPhone(phone=text[-4:]) from error
        if not phonenumbers.is_possible_number(number):
            raise InvalidPhone(phone=text[-4:])
        return cls("+" + with_ninth_digit(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:]))

    @classmethod
    def of_channel(cls, digits: str) -> Self | None:
        """The number behind a channel's id, such as `554188887777`; None when it is not made of digits."""
        return cls("+" + with_ninth_digit(digits)) if _DIGITS.fullmatch(digits) else None

    @property
    def digits(self) -> str:
        """Without the `+`."""
        return self.e164[1:]

    @property
    def key(self) -> str:
        """Equal for all spellings of the same line."""
        return line_key(self.digits)

    def same_line(self, other: "Phone") -> bool:
        """Whether both reach the same person."""
        return self.key == other.key
