"""JSON as the platforms write it: read whatever its shape, and written so that it can be kept anywhere."""

import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from json import JSONEncoder
from json import loads as loads_slowly
from math import isfinite
from typing import Any, NoReturn

import msgspec
from attrs import define

_COMPACT = JSONEncoder(separators=(",", ":"), check_circular=False)
_CANONICAL = JSONEncoder(separators=(",", ":"), check_circular=False, sort_keys=True)
_UNKEEPABLE = re.compile("[\0\ud800-\udfff]")
_ESCAPED_UNKEEPABLE = re.compile(rb"\\u(0000|d[89a-f])")
_UNIX_SECONDS = re.compile(r"[0-9]{9,10}")
_LONGEST_INTEGER = 4300
_FIRST_MOMENT, _LAST_MOMENT = datetime(2009, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


@define(eq=False)
class Node:
    """A place in a JSON document, where there may be anything or nothing: looking on from it never fails."""

    value: object = None

    def __getitem__(self, key: str) -> "Node":
        found = self.value.get(key) if isinstance(self.value, dict) else None
        return NOTHING if found is None else Node(found)

    def __iter__(self) -> Iterator["Node"]:
        """The elements of a list; anything else that is there counts as a list of itself."""
        if isinstance(self.value, list):
            yield from map(Node, self.value)
        elif self.value is not None:
            yield self

    def __bool__(self) -> bool:
        return bool(self.value)

    @property
    def text(self) -> str:
        """A string, or the digits of an integer; empty when there is neither."""
        if isinstance(self.value, str):
            return self.value
        return str(self.value) if type(self.value) is int else ""

    @property
    def is_true(self) -> bool:
        """Whether `true` is there, and nothing that only resembles it."""
        return self.value is True

    @property
    def flag(self) -> bool | None:
        """`true` or `false`; None for anything else."""
        return self.value if isinstance(self.value, bool) else None

    @property
    def record(self) -> Mapping[str, Any]:
        """The object that is there, else an empty one."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def number(self) -> float | None:
        """A finite number, also one that was written as a string."""
        if not isinstance(self.value, int | float | str) or isinstance(self.value, bool):
            return None
        try:
            number = float(self.value)
        except (ValueError, OverflowError):
            return None
        return number if isfinite(number) else None

    @property
    def moment(self) -> datetime | None:
        """The time that Unix seconds tell, as digits or an integer; None for what no messenger could mean."""
        if not _UNIX_SECONDS.fullmatch(self.text):
            return None
        moment = datetime.fromtimestamp(int(self.text), UTC)
        return moment if _FIRST_MOMENT <= moment < _LAST_MOMENT else None


NOTHING = Node()


def decode(body: bytes) -> object:
    """The value that a JSON text stands for. Raises ValueError when it is none, or nested too deeply.

    Duplicate keys (the last one counts), lone surrogates and a byte order mark are taken; numbers that Python can't
    hold stay text; NaN and Infinity are no JSON.
    """
    body = body.removeprefix(BOM_UTF8)
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _decode_slowly(body)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def encode(value: object) -> bytes:
    """Compact JSON in ASCII: what can't be kept as a character is kept as an escape. Raises RecursionError."""
    return _COMPACT.encode(value).encode("ascii")


def digest(value: object) -> str:
    """A SHA-256 in hexadecimal, the same for equal values whatever the order of their keys."""
    return sha256(_CANONICAL.encode(value).encode("ascii")).hexdigest()


def clean(value: Any) -> Any:
    """The same value with U+FFFD for each NUL and lone surrogate, which PostgreSQL can't keep in a text."""
    if isinstance(value, str):
        return _UNKEEPABLE.sub("\ufffd", value)
    if isinstance(value, list):
        return [clean(each) for each in value]
    if isinstance(value, dict):
        return {clean(key): clean(each) for key, each in value.items()}
    return value


def decode_clean(body: bytes) -> Node:
    """What `encode` wrote, cleaned. Raises ValueError as `decode` does."""
    value = decode(body)
    return Node(clean(value) if _ESCAPED_UNKEEPABLE.search(body) else value)


def _decode_slowly(body: bytes) -> object:
    try:
        return loads_slowly(body.decode(), parse_constant=_refuse, parse_float=_real, parse_int=_integer)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _real(digits: str) -> float | str:
    number = float(digits)
    return number if isfinite(number) else digits


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else digits
