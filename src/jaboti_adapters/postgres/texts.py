"""What text columns can hold: JSON of anything, and words without what PostgreSQL refuses."""

import json
import re
from collections.abc import Mapping
from typing import Any

import msgspec

_UNSHOWABLE = re.compile("[\x00\ud800-\udfff]")


def _as_builtin(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} can't be written down")


_encode = msgspec.json.Encoder(enc_hook=_as_builtin).encode


def written(value: object) -> str:
    """Plain data as JSON text, as it is: NUL and lone surrogates are escaped."""
    try:
        return _encode(value).decode()
    except UnicodeEncodeError:
        return json.dumps(value, default=_as_builtin, separators=(",", ":"))


def read(text: str) -> Any:
    """The plain data that was written."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return json.loads(text)


def shown(value: object) -> str:
    """Plain data as JSON text that every reader takes: NUL and lone surrogates become U+FFFD."""
    text = written(value)
    return written(_showable(json.loads(text))) if "\\u" in text else text


def showable(text: str) -> str:
    """The text, with U+FFFD for NUL and lone surrogates."""
    return _UNSHOWABLE.sub("\ufffd", text)


def _showable(value: object) -> object:
    match value:
        case str():
            return showable(value)
        case list():
            return [_showable(each) for each in value]
        case dict():
            return {showable(name): _showable(each) for name, each in value.items()}
        case _:
            return value
