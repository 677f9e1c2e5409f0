"""What happened on a platform, in order: the truth that a test compares ours with."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from operator import attrgetter
from typing import Any, Generic, TypeVar

import msgspec
from attrs import define, field
from msgspec import Raw, Struct

from jaboti_entrypoints.sandbox.phones import key_of


class Entry(Struct, frozen=True, kw_only=True):
    """One line; `seq` grows through all kinds of lines, `number` is the business's account."""

    seq: int
    number: str
    at: float


class Sent(Entry, frozen=True):
    """A send that the platform accepted; `fate` tells whether the sender was told so.

    `to` is the address asked for. Sends with the same `callback` were meant to be one.
    """

    to: str
    type: str
    callback: str | None
    fate: str
    raw: Raw

    @property
    def body(self) -> Any:
        """The request's JSON."""
        return msgspec.json.decode(self.raw)


class Refused(Entry, frozen=True):
    """A send that the platform refused."""

    code: int
    details: str
    callback: str | None


class ReadReceipt(Entry, frozen=True):
    """The business marked a client's message as read, or (`typing`) writes; EvolutionAPI names no message then."""

    message_id: str
    typing: bool


class Inbound(Entry, frozen=True):
    """A message that a client wrote, under its id on the platform."""

    id: str
    peer: str
    type: str
    raw: Raw

    @property
    def message(self) -> Any:
        """The message as webhooks carry it."""
        return msgspec.json.decode(self.raw)


class Attempt(Entry, frozen=True):
    """One POST of a webhook: which items it carried, and the HTTP status or the error it met."""

    items: tuple[str, ...]
    answer: int | str


S = TypeVar("S", bound=Sent)


@define(eq=False)
class Ledger(Generic[S]):
    """Every send, refusal, read receipt, inbound message and webhook attempt."""

    sends: list[S] = field(factory=list, init=False)
    refused: list[Refused] = field(factory=list, init=False)
    reads: list[ReadReceipt] = field(factory=list, init=False)
    inbound: list[Inbound] = field(factory=list, init=False)
    attempts: list[Attempt] = field(factory=list, init=False)
    items: dict[str, list[int | str]] = field(factory=dict, init=False)
    seq: int = field(default=0, init=False)
    _by_name: dict[str, S] = field(factory=dict, init=False)
    _by_peer: dict[str, list[S]] = field(factory=dict, init=False)
    _by_callback: dict[str, list[S]] = field(factory=dict, init=False)

    def next_seq(self) -> int:
        """The number of the next line."""
        self.seq += 1
        return self.seq

    def accepted(self, send: S, *, name: str, addresses: Iterable[str | None]) -> None:
        """Writes a send down, under its id on the platform and every address of its recipient."""
        self.sends.append(send)
        self._by_name[name] = send
        for key in {key_of(address) for address in addresses if address}:
            self._by_peer.setdefault(key, []).append(send)
        if send.callback is not None:
            self._by_callback.setdefault(send.callback, []).append(send)

    def attempted(self, number: str, items: tuple[str, ...], answer: int | str, *, at: float) -> None:
        """Writes down how a webhook was answered."""
        attempt = Attempt(seq=self.next_seq(), number=number, at=at, items=items, answer=answer)
        self.attempts.append(attempt)
        for item in items:
            self.items.setdefault(item, []).append(answer)

    def expects(self, item: str) -> None:
        """Notes a webhook item that is yet to be delivered."""
        self.items.setdefault(item, [])

    def find_send(self, name: str) -> S | None:
        """The send that got this id."""
        return self._by_name.get(name)

    def sent_to(self, peer: str) -> list[S]:
        """The sends to a phone (with or without the ninth digit) or another address, in order."""
        return list(self._by_peer.get(key_of(peer), ()))

    def doubled(self) -> dict[str, list[S]]:
        """The sends whose `callback` was accepted more than once."""
        return {callback: sends for callback, sends in self._by_callback.items() if len(sends) > 1}

    def undelivered(self) -> list[str]:
        """The webhook items that nobody has answered with 2xx yet."""
        return [item for item, answers in self.items.items() if not any(map(is_accepted, answers))]

    def since(self, seq: int = 0) -> dict[str, Any]:
        """Every line after `seq`, by kind, and the number of the last line."""
        kinds: dict[str, list[Any]] = {
            "sends": self.sends,
            "refused": self.refused,
            "reads": self.reads,
            "inbound": self.inbound,
            "attempts": self.attempts,
        }
        lines = {kind: rows[bisect_right(rows, seq, key=attrgetter("seq")) :] for kind, rows in kinds.items()}
        return {"seq": self.seq, **lines}

    def counters(self) -> dict[str, Any]:
        """How much of everything there was."""
        return {
            "sends": len(self.sends),
            "refused": dict(Counter(refused.code for refused in self.refused)),
            "fates": dict(Counter(send.fate for send in self.sends)),
            "doubled": len(self.doubled()),
            "reads": len(self.reads),
            "inbound": len(self.inbound),
            "attempts": len(self.attempts),
            "items": len(self.items),
            "undelivered": len(self.undelivered()),
        }

    def clear(self) -> None:
        """Forgets everything but the number of the last line."""
        for rows in (self.sends, self.refused, self.reads, self.inbound, self.attempts):
            rows.clear()
        for index in (self.items, self._by_name, self._by_peer, self._by_callback):
            index.clear()


def is_accepted(answer: int | str) -> bool:
    """Whether an answer ends the attempts to deliver."""
    return isinstance(answer, int) and 200 <= answer < 300
