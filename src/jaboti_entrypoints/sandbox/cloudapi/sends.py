"""How a send is read from the body of a request."""

import re
from typing import Any

import msgspec

from jaboti_entrypoints.sandbox.cloudapi.errors import GraphError
from jaboti_entrypoints.sandbox.cloudapi.peers import is_user_id
from jaboti_entrypoints.sandbox.cloudapi.shapes import INTERACTIVE, SHAPES, Request

_PUNCTUATION = re.compile(r"[\s()+-]")
_PHONE = re.compile(r"[0-9]{6,15}")


def read_request(raw: bytes) -> tuple[Request, Any]:
    """The request and, unless it is a read receipt, the content of the message it sends.

    Raises GraphError 100, 131008, 131009 or 131051, as Meta does.
    """
    try:
        body = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise GraphError(100, "The body is not valid JSON.") from exc
    request: Request = _shaped(body, Request, "")
    if request.status == "read":
        if request.message_id is None:
            raise GraphError(131008, "Parameter message_id is required.")
        return request, None
    if not (request.to or request.recipient):
        raise GraphError(131008, "Parameter to or recipient is required.")
    return request, _content(body, request.type)


def digits_of(phone: str) -> str:
    """A phone without what people put between its digits."""
    return _PUNCTUATION.sub("", phone)


def recipient_of(request: Request) -> str:
    """The digits, the user id, or the group id that the message goes to; GraphError 131009 for anything else."""
    address = request.to or request.recipient or ""
    digits = digits_of(address)
    if request.to and _PHONE.fullmatch(digits):
        return digits
    if is_user_id(address) or (request.recipient_type == "group" and address.isascii() and len(address) < 128):
        return address
    raise GraphError(131009, "Parameter to is not a phone number, or recipient not a user id.")


def _content(body: dict[str, Any], kind: str) -> Any:
    if kind not in SHAPES and kind != "interactive":
        raise GraphError(131051, f"Message type {kind} is not supported.")
    if body.get(kind) is None:
        raise GraphError(131008, f"Parameter {kind} is required.")
    if kind != "interactive":
        return _shaped(body[kind], SHAPES[kind], kind)
    interactive = body[kind]
    shape = INTERACTIVE.get(str(interactive.get("type"))) if isinstance(interactive, dict) else None
    if shape is None:
        raise GraphError(131009, "Parameter interactive.type is not valid.")
    return _shaped(interactive, shape, kind)


def _shaped(value: object, shape: Any, path: str) -> Any:
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as exc:
        # msgspec tells a missing parameter from a wrong one in words only.
        details = str(exc).replace("$", path or "$", 1)
        if "missing required field" in details:
            raise GraphError(131008, details) from exc
        raise GraphError(131009 if path else 100, details) from exc
