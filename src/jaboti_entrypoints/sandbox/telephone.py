"""The client's telephone: what was said between a client and an account, and writing to it, on a page or over HTTP."""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from re import DOTALL, search
from typing import Any, Protocol

from attrs import frozen
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from jaboti_entrypoints.sandbox.control import read
from jaboti_entrypoints.sandbox.files import File
from jaboti_entrypoints.sandbox.ledger import Inbound, Ledger, Sent
from jaboti_entrypoints.sandbox.manners import answer
from jaboti_entrypoints.sandbox.phones import key_of

LATEST = 200
_WORDS = (
    *("body", "text", "caption", "conversation", "emoji", "reaction", "selectedDisplayText", "title"),
    *("button_reply", "list_reply", "nfm_reply", "filename", "fileName", "name", "fullName", "displayName"),
)
"""Under one of these names stand the words of whatever is said."""


class Line(Struct, frozen=True):
    """One message. `statuses` are those that the business was told of; of a client's message, whether it was read."""

    seq: int
    id: str
    at: float
    by_client: bool
    type: str
    words: str
    has_file: bool
    statuses: Sequence[str] = ()


class Attached(Struct, frozen=True, forbid_unknown_fields=True):
    """A file that a client sends: image, audio, video, document or sticker; `data` is base64."""

    type: str
    data: bytes
    mime_type: str
    name: str = ""


class Typed(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename={"peer": "from"}):
    """What a client types."""

    account: str
    peer: str
    name: str | None = None
    words: str = ""
    reply_to: str | None = None
    file: Attached | None = None


class Telephone(Protocol):
    """What a platform knows of its clients' telephones."""

    @property
    def ledger(self) -> Ledger[Any]: ...

    def accounts(self) -> Mapping[str, str]:
        """The business's accounts, and what people call each."""
        ...

    def write(self, typed: Typed) -> str:
        """The client sends it; the message's id. LookupError for an account that is not there."""
        ...

    def name_of(self, send: Any) -> str:
        """A send's id on the platform."""
        ...

    def said_in(self, entry: Sent | Inbound) -> object:
        """What a line of the ledger says, without what stands around it."""
        ...

    def file_of(self, account: str, message_id: str) -> File | None:
        """The file of a message."""
        ...


def words_in(said: object) -> str:
    """The words of whatever is said, where there are any."""
    if isinstance(said, str):
        return said
    if isinstance(said, list):
        return ", ".join(filter(None, map(words_in, said)))
    inside = (said[name] for name in _WORDS if name in said) if isinstance(said, dict) else ()
    return next(filter(None, map(words_in, inside)), "")


@frozen
class TelephoneRoutes:
    """`/__sandbox/`, and what its page asks for."""

    telephone: Telephone

    def routes(self) -> list[BaseRoute]:
        """All of them."""
        return [
            Route("/", self.page, methods=["GET"]),
            Route("/accounts", self.accounts, methods=["GET"]),
            Route("/telephone", self.lines, methods=["GET"]),
            Route("/telephone", self.write, methods=["POST"]),
            Route("/telephone/file", self.file, methods=["GET"]),
        ]

    async def page(self, _: Request) -> Response:
        """The page; it loads nothing from anywhere else."""
        content, policy = _page()
        return Response(content, headers={"content-security-policy": policy}, media_type="text/html")

    async def accounts(self, _: Request) -> Response:
        """Whom clients can write to."""
        return answer({"accounts": self.telephone.accounts()})

    async def lines(self, request: Request) -> Response:
        """The latest messages between a client and an account, who else there is, and where the ledger ends."""
        account, peer = request.query_params.get("account", ""), request.query_params.get("peer", "")
        seq = self.telephone.ledger.seq
        return answer({"lines": self._lines(account, peer), "people": self._people(account), "seq": seq})

    async def write(self, request: Request) -> Response:
        """The client sends something."""
        return answer({"id": self.telephone.write(await read(request, Typed))})

    async def file(self, request: Request) -> Response:
        """A message's file, to be kept and not to be shown: anybody may have made it."""
        asked = request.query_params
        found = self.telephone.file_of(asked.get("account", ""), asked.get("id", ""))
        if found is None:
            raise LookupError("there is no such file")
        headers = {"content-disposition": "attachment", "x-content-type-options": "nosniff"}
        return Response(found.data, headers=headers, media_type="application/octet-stream")

    def _lines(self, account: str, peer: str) -> list[Line]:
        ledger, statuses = self.telephone.ledger, self._statuses()
        sends = [each for each in ledger.sent_to(peer)[-LATEST:] if each.number == account]
        names = {self.telephone.name_of(send): send for send in sends}
        heard = [each for each in ledger.inbound if each.number == account and key_of(each.peer) == key_of(peer)]
        lines = [self._line(send, name, tuple(statuses.get(name, ()))) for name, send in names.items()]
        read_by_us = {each.message_id for each in ledger.reads if each.number == account}
        lines += [self._line(each, each.id, ("read",) if each.id in read_by_us else ()) for each in heard[-LATEST:]]
        return sorted(lines, key=lambda line: line.seq)[-LATEST:]

    def _line(self, entry: Sent | Inbound, name: str, statuses: Sequence[str] = ()) -> Line:
        return Line(
            seq=entry.seq,
            id=name,
            at=entry.at,
            by_client=isinstance(entry, Inbound),
            type=entry.type,
            words=words_in(self.telephone.said_in(entry)),
            has_file=self.telephone.file_of(entry.number, name) is not None,
            statuses=statuses,
        )

    def _statuses(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for item in self.telephone.ledger.items:
            kind, _, rest = item.partition(":")
            if kind == "s":
                name, _, status = rest.rpartition(":")
                found.setdefault(name, []).append(status)
        return found

    def _people(self, account: str) -> list[str]:
        ledger = self.telephone.ledger
        seen: Iterable[tuple[int, str]] = [(each.seq, each.peer) for each in ledger.inbound if each.number == account]
        seen = [*seen, *((each.seq, each.to) for each in ledger.sends if each.number == account)]
        return list({key_of(peer): peer for _, peer in sorted(seen)}.values())[-50:][::-1]


@cache
def _page() -> tuple[bytes, str]:
    content = files("jaboti_entrypoints.sandbox").joinpath("page.html").read_bytes()
    style, script = (_source(content, tag) for tag in (b"style", b"script"))
    return content, (
        f"default-src 'none'; script-src '{script}'; style-src '{style}'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _source(content: bytes, tag: bytes) -> str:
    """What a policy calls the inline element of a page."""
    found = search(b"<" + tag + b">(.*?)</" + tag + b">", content, DOTALL)
    inside = found[1] if found else b""
    return f"sha256-{b64encode(sha256(inside).digest()).decode()}"
