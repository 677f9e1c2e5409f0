"""How phones are spelled on WhatsApp, with and without Brazil's ninth digit."""

import re

_BRAZILIAN_MOBILE = re.compile(r"55(\d\d)(9?)([6-9]\d{7})")


def key_of(address: str) -> str:
    """What two spellings of one address have in common: for Brazilian mobiles, all but the ninth digit."""
    mobile = _BRAZILIAN_MOBILE.fullmatch(address)
    return f"55{mobile[1]}{mobile[3]}" if mobile else address


def other_spelling(phone: str) -> str:
    """A Brazilian mobile with the ninth digit put in or left out; any other number as it is."""
    mobile = _BRAZILIAN_MOBILE.fullmatch(phone)
    return f"55{mobile[1]}{'' if mobile[2] else '9'}{mobile[3]}" if mobile else phone
