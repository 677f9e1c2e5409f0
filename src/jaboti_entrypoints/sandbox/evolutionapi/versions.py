"""The server's versions, which write the same thing differently."""

from base64 import b64encode
from enum import StrEnum
from typing import Any, NamedTuple

from attrs import frozen


class Version(StrEnum):
    """Those that are found in the field."""

    V2_2_3 = "2.2.3"
    V2_3_0 = "2.3.0"
    V2_3_6 = "2.3.6"
    V2_3_7 = "2.3.7"

    @property
    def writes_objects(self) -> bool:
        """Whether bytes are maps by index, long numbers halves, and enums numbers, as of 2.3.6."""
        return self in (Version.V2_3_6, Version.V2_3_7)

    @property
    def drops_repeats(self) -> bool:
        """Whether a message whose id was there in the last five minutes is not told of."""
        return self in (Version.V2_3_0, Version.V2_3_6)

    @property
    def names_edited(self) -> bool:
        """Whether the status of an edit names the message that was edited, and not the edit."""
        return self is Version.V2_3_7


BYTES = "__bytes__"
"""Under this name stand a file's own bytes: the server keeps them to itself."""


@frozen
class Long:
    """A number of 64 bits."""

    value: int


class Name(NamedTuple):
    """A value of an enum, by name and by number."""

    name: str
    number: int


def written(value: Any, version: Version) -> Any:
    """The same as JSON of this version: bytes, Longs and Names anywhere in it become what the version makes of them."""
    match value:
        case Name():
            return value.number if version.writes_objects else value.name
        case bytes():
            return _octets(value) if version.writes_objects else b64encode(value).decode("ascii")
        case Long(number):
            return _halves(number) if version.writes_objects else str(number)
        case dict():
            return {key: written(each, version) for key, each in value.items() if key != BYTES}
        case list() | tuple():
            return [written(each, version) for each in value]
        case _:
            return value


def _octets(data: bytes) -> dict[str, int]:
    return {str(place): octet for place, octet in enumerate(data)}


def _halves(number: int) -> dict[str, Any]:
    low, high = number & 0xFFFFFFFF, number >> 32
    return {"low": low - (1 << 32) if low >> 31 else low, "high": high, "unsigned": True}
