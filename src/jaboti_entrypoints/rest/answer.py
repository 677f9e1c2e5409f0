"""What is answered: made as bytes once, sent as it is."""

import math
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import NamedTuple

import msgspec
from pydantic import BaseModel
from starlette.types import Scope, Send

from jaboti_domain.kernel.errors import Refusal, TooMany, Unauthenticated, Unavailable
from jaboti_domain.media.errors import MediaPending
from jaboti_entrypoints.errors import MethodNotAllowed, TooLarge, UnsatisfiableRange, family_of, problem
from jaboti_entrypoints.rest import headers

Headers = tuple[tuple[bytes, bytes], ...]


class Answer(NamedTuple):
    """A status and a body, by default of JSON."""

    body: bytes
    status: int = 200
    headers: Headers = ()
    media_type: bytes = b"application/json"

    async def send(self, send: Send, *, whole: bool = True) -> None:
        """Answer with it; without its body for HEAD."""
        content = ((b"content-type", self.media_type), (b"content-length", b"%d" % len(self.body)))
        named = [*content, *self.headers] if self.body else [*self.headers]
        await send({"type": "http.response.start", "status": self.status, "headers": named})
        await send({"type": "http.response.body", "body": self.body if whole else b""})


class Streamed(NamedTuple):
    """A body that is made while it is sent."""

    pieces: AsyncGenerator[bytes, None]
    media_type: bytes
    headers: Headers = ()
    status: int = 200

    async def send(self, send: Send, *, whole: bool = True) -> None:
        """Answer with it; without its body for HEAD."""
        named = [(b"content-type", self.media_type), *self.headers]
        await send({"type": "http.response.start", "status": self.status, "headers": named})
        async with aclosing(self.pieces) as pieces:
            if whole:
                async for piece in pieces:
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


NO_CONTENT = Answer(b"", 204)


def shown(document: BaseModel, *, status: int = 200) -> Answer:
    """A wire model as the answer."""
    return Answer(document.model_dump_json(by_alias=True).encode(), status)


def problem_answer(refusal: Refusal, scope: Scope, request_id: str) -> Answer:
    """A refusal as the answer, in the caller's language, with the headers that its status asks for."""
    language = headers.language(scope)
    told = problem(refusal, language, request_id)
    return Answer(
        msgspec.json.encode(told),
        family_of(type(refusal)).status,
        (
            (b"content-language", language.value.encode()),
            (b"vary", b"Accept-Language"),
            *_headers_of(refusal),
        ),
        b"application/problem+json",
    )


def _headers_of(refusal: Refusal) -> Headers:
    match refusal:
        case Unauthenticated():
            reason = b"" if type(refusal) is Unauthenticated else b', error="invalid_token"'
            return ((b"www-authenticate", b'Bearer realm="jaboti"' + reason),)
        case Unavailable() | TooMany() | MediaPending():
            return ((b"retry-after", b"%d" % max(1, math.ceil(refusal.retry_after))),)
        case MethodNotAllowed():
            return ((b"allow", str(refusal.details.get("allow", "")).encode()),)
        case UnsatisfiableRange():
            return ((b"content-range", b"bytes */%d" % int(str(refusal.details["size"]))),)
        case TooLarge():
            return ((b"connection", b"close"),)
    return ()
