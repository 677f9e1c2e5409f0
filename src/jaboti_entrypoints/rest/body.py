"""Reading bodies: JSON in UTF-8 and nothing beside it, then the wire model."""

import json
import re
from math import isfinite
from typing import TypeVar

from pydantic import ValidationError
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope

from jaboti_entrypoints.errors import FieldError, InvalidFields, TooLarge, Unreadable, UnsupportedMediaType
from jaboti_entrypoints.rest import headers
from jaboti_entrypoints.rest.fields import errors_of
from jaboti_entrypoints.rest.wire import Given

G = TypeVar("G", bound=Given)

DEPTH = 32
_DIGITS = 64
_LARGEST = 2**63 - 1
_ESCAPED = re.compile(rb"\\u(?:0000|d[89a-f])", re.IGNORECASE)
"""What may be NUL or half of a character."""
_SURROGATE = re.compile("[\ud800-\udfff]")


async def read_given(scope: Scope, receive: Receive, model: type[G], *, limit: int) -> G:
    """The body as the model. Raises UnsupportedMediaType, TooLarge, Unreadable, InvalidFields (with all errors).

    No body at all is read as an empty object where the model needs nothing.
    """
    body = await read_bytes(scope, receive, limit=limit)
    if not body and not any(field.is_required() for field in model.model_fields.values()):
        body = b"{}"
    else:
        must_be_json(scope)
        check_json(body)
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise InvalidFields(*errors_of(error)) from None


async def read_bytes(scope: Scope, receive: Receive, *, limit: int) -> bytes:
    """The whole body. Raises TooLarge as soon as it is; ClientDisconnect when it breaks off."""
    declared = headers.text(scope, b"content-length")
    if declared.isdecimal() and int(declared[:20]) > limit:
        raise TooLarge(limit=limit)
    chunks, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect()
        chunk, more = message.get("body", b""), message.get("more_body", False)
        chunks.append(chunk)
        size += len(chunk)
        if size > limit:
            raise TooLarge(limit=limit)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def must_be_json(scope: Scope) -> None:
    """Raise UnsupportedMediaType unless the body is announced as JSON in UTF-8, not compressed."""
    must_be(scope, "application/json")


def must_be(scope: Scope, media_type: str) -> None:
    """Raise UnsupportedMediaType unless the body is announced as this, in UTF-8, not compressed."""
    given = headers.values(scope, b"content-type")
    if given != [media_type.encode()] and not (len(given) == 1 and _is(media_type, given[0].decode("latin-1"))):
        raise UnsupportedMediaType(media_type=media_type)
    if headers.text(scope, b"content-encoding").lower() not in ("", "identity"):
        raise UnsupportedMediaType()


def check_json(body: bytes) -> None:
    """Raise Unreadable for what isn't JSON in UTF-8, or is JSON that means something else to the next reader.

    That is: keys given twice, NaN and infinities, numbers that don't fit 64 bits, lone surrogates, NUL, and more than
    32 levels.
    """
    try:
        value = _DECODER.decode(body.decode("utf-8"))
    except ValueError:
        raise _unreadable("json") from None
    except RecursionError:
        raise _unreadable("too_deep", DEPTH) from None
    if _ESCAPED.search(body) or body.count(b"{") + body.count(b"[") > DEPTH:
        _look_through(value)


def is_text(string: str) -> bool:
    """Whether it has neither NUL nor lone surrogates, which no store takes."""
    return "\x00" not in string and (string.isascii() or not _SURROGATE.search(string))


def _is(media_type: str, content_type: str) -> bool:
    kind, _, parameters = content_type.partition(";")
    charset = parameters.replace(" ", "").replace('"', "").lower()
    return kind.strip().lower() == media_type and charset in ("", "charset=utf-8")


def _unreadable(code: str, limit: object = None) -> Unreadable:
    return Unreadable(errors=(FieldError("", code, limit),))


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _unreadable("repeated")
    return found


def _integer(digits: str) -> int:
    number = int(digits) if len(digits) <= _DIGITS else _LARGEST + 1
    if abs(number) > _LARGEST:
        raise _unreadable("number")
    return number


def _real(digits: str) -> float:
    number = float(digits) if len(digits) <= _DIGITS else float("inf")
    if not isfinite(number):
        raise _unreadable("number")
    return number


def _constant(_: str) -> float:
    raise _unreadable("number")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_float=_real, parse_constant=_constant)


def _look_through(value: object) -> None:
    waiting = [(value, 1)]
    while waiting:
        node, depth = waiting.pop()
        if isinstance(node, str):
            if not is_text(node):
                raise _unreadable("characters")
        elif isinstance(node, dict | list):
            if depth > DEPTH:
                raise _unreadable("too_deep", DEPTH)
            inside = [*node, *node.values()] if isinstance(node, dict) else node
            waiting += [(each, depth + 1) for each in inside]
