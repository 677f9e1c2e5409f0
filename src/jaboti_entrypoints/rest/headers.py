"""Headers of a request, as ASGI hands them over: pairs of bytes, names in lower case."""

import re
import secrets

from starlette.types import Scope

from jaboti_entrypoints.errors import FieldError, InvalidFields, Language, language_of

_REQUEST_ID = re.compile(rb"[\x21-\x7e]{1,128}")
_KEY = re.compile(rb"[\x21-\x7e]{1,255}")
_VERSION = re.compile(rb'(?:W/)?"(\d{1,18})"')


def values(scope: Scope, name: bytes) -> list[bytes]:
    """Every value that was given under this name."""
    return [value for key, value in scope["headers"] if key == name]


def text(scope: Scope, name: bytes) -> str:
    """The first value under this name; empty when there is none."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value, "latin-1")
    return ""


def request_id(scope: Scope) -> str:
    """The caller's X-Request-Id when it is a sane token, else a new one."""
    given = values(scope, b"x-request-id")
    if len(given) == 1 and _REQUEST_ID.fullmatch(given[0]):
        return given[0].decode("ascii")
    return secrets.token_hex(16)


def language(scope: Scope) -> Language:
    """In which language the caller wants to be told of problems."""
    return language_of(text(scope, b"accept-language"))


def idempotency_key(scope: Scope) -> str | None:
    """The Idempotency-Key. Raises InvalidFields unless it is one of 1 to 255 visible ASCII characters."""
    given = values(scope, b"idempotency-key")
    if not given:
        return None
    if len(given) > 1:
        raise InvalidFields(FieldError("Idempotency-Key", "repeated"))
    if not _KEY.fullmatch(given[0]):
        raise InvalidFields(FieldError("Idempotency-Key", "format"))
    return given[0].decode("ascii")


def expected_versions(scope: Scope) -> frozenset[int] | None:
    """The versions that If-Match asks for; None when any will do, empty when it names none that we ever gave."""
    given = b",".join(values(scope, b"if-match")).strip()
    if given in (b"", b"*"):
        return None
    tags = (_VERSION.fullmatch(tag.strip()) for tag in given.split(b","))
    return frozenset(int(tag[1]) for tag in tags if tag)


def etag(version: int) -> tuple[bytes, bytes]:
    """The ETag of a versioned resource: weak, since other things that it shows have versions of their own."""
    return b"etag", b'W/"%d"' % version


def address_of(scope: Scope) -> str:
    """Where the request comes from."""
    client = scope.get("client")
    return str(client[0]) if client else ""
