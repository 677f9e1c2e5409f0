"""WhatsApp message ids as Meta builds them: the other party's address, who wrote, and a random part."""

from base64 import b64decode, b64encode
from secrets import token_hex

PREFIX = "wamid."
_FROM_BUSINESS, _FROM_CLIENT = 0x11, 0x12


def business_wamid(recipient: str) -> str:
    """A fresh id of a message that the business sends to `recipient`."""
    return _wamid(recipient, _FROM_BUSINESS, token_hex(9).upper())


def client_wamid(author: str) -> str:
    """A fresh id of a message that the client `author` writes."""
    return _wamid(author, _FROM_CLIENT, "3A" + token_hex(9).upper())


def address_in(wamid: str) -> str:
    """The phone or user id inside a wamid; ValueError if it is not built like one."""
    raw = b64decode(wamid.removeprefix(PREFIX), validate=True)
    if not wamid.startswith(PREFIX) or raw[:2] != b"\x1c\x18":
        raise ValueError(wamid)
    return raw[3 : 3 + raw[2]].decode("ascii")


def _wamid(address: str, direction: int, token: str) -> str:
    raw = b"\x1c" + _field(address) + bytes((0x15, 0x02, 0x00, direction)) + _field(token) + b"\x00"
    return PREFIX + b64encode(raw).decode("ascii")


def _field(text: str) -> bytes:
    return bytes((0x18, len(text))) + text.encode("ascii")
