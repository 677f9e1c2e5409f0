"""Reading a form with one file (RFC 7578), piece by piece: the file is never here as a whole."""

from collections.abc import AsyncGenerator

from attrs import define, field
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope

from jaboti_entrypoints.errors import FieldError, InvalidFields, TooLarge, Unreadable, UnsupportedMediaType
from jaboti_entrypoints.rest import headers

FIELD = "file"
FRAME = 16 * 1024
"""So many bytes a form may have beside its file."""


@define(eq=False)
class FormFile:
    """The file of a form, of which the head was read: what it is called and said to be."""

    filename: str | None
    media_type: str | None
    _form: "_Form"

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """Its bytes, once. Raises TooLarge, Unreadable, InvalidFields, ClientDisconnect."""
        async for piece in self._form.rest():
            yield piece


async def read_form(scope: Scope, receive: Receive, *, limit: int) -> FormFile:
    """The file of a form that has nothing else, as far as its head.

    Raises UnsupportedMediaType, TooLarge (its declared size counts), Unreadable, InvalidFields, ClientDisconnect.
    """
    declared = headers.text(scope, b"content-length")
    if declared.isdecimal() and int(declared[:20]) > limit + FRAME:
        raise TooLarge(limit=limit)
    form = _Form(receive, _boundary(scope), limit)
    await form.begin()
    return FormFile(form.filename, form.media_type, form)


def _boundary(scope: Scope) -> bytes:
    given = headers.values(scope, b"content-type")
    kind, options = parse_options_header(given[0]) if len(given) == 1 else (b"", {})
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not 1 <= len(boundary) <= 70:
        raise UnsupportedMediaType(media_type="multipart/form-data")
    if headers.text(scope, b"content-encoding").lower() not in ("", "identity"):
        raise UnsupportedMediaType()
    return boundary


@define(eq=False)
class _Form:
    """Pulls the body, and keeps what the parser says of it."""

    _receive: Receive
    _boundary: bytes
    _limit: int
    filename: str | None = field(default=None, init=False)
    media_type: str | None = field(default=None, init=False)
    _parser: MultipartParser = field(init=False)
    _pieces: list[bytes] = field(factory=list, init=False)
    _headers: dict[str, str] = field(factory=dict, init=False)
    _name: bytes = field(default=b"", init=False)
    _value: bytes = field(default=b"", init=False)
    _parts: int = field(default=0, init=False)
    _has_begun: bool = field(default=False, init=False)
    _has_ended: bool = field(default=False, init=False)
    _is_whole: bool = field(default=False, init=False)
    _taken: int = field(default=0, init=False)
    _passed_on: int = field(default=0, init=False)

    @_parser.default
    def _make_parser(self) -> MultipartParser:
        return MultipartParser(
            self._boundary,
            {
                "on_header_field": self._on_name,
                "on_header_value": self._on_value,
                "on_header_end": self._on_header,
                "on_headers_finished": self._on_part,
                "on_part_data": self._on_data,
                "on_end": self._on_end,
            },
        )

    async def begin(self) -> None:
        while not self._has_begun and await self._pull():
            pass
        if not self._has_begun:
            raise self._unfinished()

    async def rest(self) -> AsyncGenerator[bytes, None]:
        while True:
            pieces, self._pieces = self._pieces, []
            for piece in pieces:
                self._passed_on += len(piece)
                if self._passed_on > self._limit:
                    raise TooLarge(limit=self._limit)
                yield piece
            if not await self._pull():
                break
        if not self._is_whole:
            raise self._unfinished()

    async def _pull(self) -> bool:
        """Take in what comes next of the body; returns whether anything came."""
        if self._has_ended:
            return False
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect()
        chunk: bytes = message.get("body", b"")
        self._has_ended = not message.get("more_body", False)
        self._taken += len(chunk)
        if self._taken > self._limit + FRAME:
            raise TooLarge(limit=self._limit)
        try:
            self._parser.write(chunk)
        except FormParserError:
            raise Unreadable(errors=(FieldError("", "form"),)) from None
        return True

    def _unfinished(self) -> Exception:
        """Whoever sends a form without anything in it is told what is missing."""
        if self._is_whole:
            return InvalidFields(FieldError(f"/{FIELD}", "required"))
        return Unreadable(errors=(FieldError("", "form"),))

    def _on_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header(self) -> None:
        self._headers[self._name.decode("latin-1").lower()] = self._value.decode("latin-1")
        self._name = self._value = b""

    def _on_part(self) -> None:
        _, options = parse_options_header(self._headers.get("content-disposition", ""))
        name = options.get(b"name", b"").decode("utf-8", "replace")
        self._parts += 1
        if name != FIELD:
            raise InvalidFields(FieldError(f"/{name[:64]}", "unknown"))
        if self._parts > 1:
            raise InvalidFields(FieldError(f"/{FIELD}", "repeated"))
        filename = options.get(b"filename")
        self.filename = filename.decode("utf-8", "replace") if filename is not None else None
        self.media_type = self._headers.get("content-type")
        self._headers = {}
        self._has_begun = True

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        self._pieces.append(data[start:end])

    def _on_end(self) -> None:
        self._is_whole = True
