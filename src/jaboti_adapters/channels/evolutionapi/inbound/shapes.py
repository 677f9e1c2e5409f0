"""Numbers, times and bytes in the shapes that the versions give them.

2.2 and 2.3.0 write long numbers as text and bytes in base64; from 2.3.6 on a long number is `{"low", "high"}`, and
bytes are `{"0": 255, "1": 216, ...}`.
"""

from base64 import b64decode
from binascii import Error as BadBase64
from datetime import datetime

from jaboti_adapters.channels._json import Node

_MILLISECONDS_FROM = 10**11
"""Seconds come to so many only after the year 5000."""
_LONG = 1 << 32


def whole(node: Node) -> int | None:
    """A whole number, however long and however written."""
    if node.record:
        low, high = node["low"].number, node["high"].number
        return None if low is None or high is None else int(high) * _LONG + int(low) % _LONG
    number = node.number
    return int(number) if number is not None and number == int(number) else None


def moment(node: Node) -> datetime | None:
    """A time in seconds or milliseconds since 1970; None for what no messenger could mean."""
    number = whole(node)
    if number is None:
        return None
    return Node(number // 1000 if number >= _MILLISECONDS_FROM else number).moment


def octets(node: Node) -> bytes | None:
    """Bytes, however written; None for anything else."""
    value = node["data"].value if node["type"].text == "Buffer" else node.value
    try:
        if isinstance(value, str):
            return b64decode(value, validate=True)
        if isinstance(value, dict):
            return bytes(value[str(place)] for place in range(len(value)))
        return bytes(value) if isinstance(value, list) else None
    except (BadBase64, ValueError, TypeError, KeyError):
        return None
