"""How the platform is made to misbehave: for all numbers, or for one."""

import asyncio
from collections import deque
from itertools import accumulate
from random import Random
from typing import Annotated, Any, Literal

import msgspec
from attrs import define, field
from msgspec import Meta, Struct

from jaboti_entrypoints.sandbox.cloudapi.errors import ASYNCHRONOUS, GatewayError, GraphError
from jaboti_entrypoints.sandbox.cloudapi.peers import Peer, key_of

Fraction = Annotated[float, Meta(ge=0, le=1)]
Seconds = Annotated[float, Meta(ge=0)]
Range = tuple[Seconds, Seconds]
StatusName = Literal["sent", "delivered", "read"]


class Dials(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The positions of all knobs; fractions are probabilities, times are in seconds."""

    statuses: tuple[StatusName, ...] = ("sent", "delivered", "read")
    sent_after: Seconds = 0.002
    delivered_after: Seconds = 0.003
    read_after: Seconds = 0.005
    drop_statuses: Fraction = 0.0
    sent_without_pricing: Fraction = 1 / 13

    duplicate: Fraction = 0.0
    delay: Range = (0.0, 0.0)
    reorder: Fraction = 0.0
    reorder_hold: Range = (0.02, 0.2)
    batch: tuple[Annotated[int, Meta(ge=1, le=1000)], Annotated[int, Meta(ge=1, le=1000)]] = (1, 1)
    batch_linger: Seconds = 0.02
    webhooks_paused: bool = False
    sign_with_wrong_secret: Fraction = 0.0

    fail_rate: dict[int, Fraction] = {}
    hang: Fraction = 0.0
    hang_seconds: Seconds | None = None
    reset: Fraction = 0.0
    token_revoked: bool = False

    window_enforced: bool = True
    window_closed: frozenset[str] = frozenset()
    ninth_digit_rewritten: bool = False
    bsuid_only: bool = False
    media_url_seconds: Seconds = 300.0

    def closes_window_of(self, peer: Peer) -> bool:
        """Whether this person's window is held shut, whenever they wrote."""
        return bool(self.window_closed) and not {key_of(each) for each in self.window_closed}.isdisjoint(peer.keys)

    def reports(self, kind: str) -> list[tuple[StatusName, float]]:
        """The statuses of a message of this type, each with the seconds since it was accepted."""
        steps = {"sent": self.sent_after, "delivered": self.delivered_after, "read": self.read_after}
        wanted = [status for status in self.statuses if kind != "reaction" or status == "sent"]
        return list(zip(wanted, accumulate(steps[status] for status in wanted), strict=True))

    def hold(self, chance: Random) -> float:
        """How long one webhook item waits before it is sent."""
        held = chance.uniform(*self.delay) if self.delay[1] else 0.0
        if self.reorder and chance.random() < self.reorder:
            held += chance.uniform(*self.reorder_hold)
        return held


class Fate(Struct, frozen=True):
    """What becomes of one send that is well formed. `hang` without seconds never answers."""

    kind: Literal["answered", "refused", "failed", "hung", "reset"]
    code: int = 0
    retry_after: float | None = None
    seconds: float | None = None

    def refusal(self) -> GraphError:
        """The answer to a send that is refused; codes 500 to 599 are a gateway's, without the API's JSON."""
        if self.code in range(500, 600):
            return GatewayError(self.code, retry_after=self.retry_after)
        return GraphError(self.code, retry_after=self.retry_after)


ANSWERED = Fate("answered")


@define(eq=False)
class Knobs:
    """The board of knobs. What one number is set to goes before what all are set to."""

    chance: Random
    turned: asyncio.Event = field(factory=asyncio.Event, init=False)
    _for_all: dict[str, object] = field(factory=dict, init=False)
    _for_one: dict[str, dict[str, object]] = field(factory=dict, init=False)
    _dials: dict[str, Dials] = field(factory=dict, init=False)
    _planned: dict[str | None, deque[Fate]] = field(factory=dict, init=False)

    def of(self, phone_number_id: str) -> Dials:
        """Where the knobs of a number stand."""
        dials = self._dials.get(phone_number_id)
        if dials is None:
            dials = _dials({**self._for_all, **self._for_one.get(phone_number_id, {})})
            self._dials[phone_number_id] = dials
        return dials

    def turn(self, number: str | None = None, **positions: object) -> None:
        """Sets knobs by the names of `Dials`, for one number or for all; msgspec.ValidationError if one can't be so."""
        _dials(positions)
        self._positions(number).update(positions)
        self._moved()

    def close_window(self, peer: str, *, number: str | None = None) -> None:
        """From now on this peer counts as silent for 24 hours."""
        closed = _dials(self._positions(number)).window_closed
        self.turn(number, window_closed=closed | {peer})

    def fail_next(
        self,
        code: int,
        count: int = 1,
        *,
        mode: Literal["sync", "async"] | None = None,
        retry_after: float | None = None,
        number: str | None = None,
    ) -> None:
        """The next sends are refused (sync) or accepted and then reported failed (async): Meta's habit by default."""
        self._plan(number, _failure(code, mode=mode, retry_after=retry_after), count)

    def hang_next(self, count: int = 1, *, seconds: float | None = None, number: str | None = None) -> None:
        """The next sends are accepted, but answered late or, without `seconds`, never."""
        self._plan(number, Fate("hung", seconds=seconds), count)

    def reset_next(self, count: int = 1, *, number: str | None = None) -> None:
        """The next sends are accepted, and their connection closed instead of answered."""
        self._plan(number, Fate("reset"), count)

    def fate(self, phone_number_id: str) -> Fate:
        """Decides on the next send: what was planned for it, else by chance."""
        for planned in (self._planned.get(phone_number_id), self._planned.get(None)):
            if planned:
                return planned.popleft()
        dials = self.of(phone_number_id)
        for code, rate in dials.fail_rate.items():
            if self.chance.random() < rate:
                return _failure(code)
        if dials.hang and self.chance.random() < dials.hang:
            return Fate("hung", seconds=dials.hang_seconds)
        if dials.reset and self.chance.random() < dials.reset:
            return Fate("reset")
        return ANSWERED

    def restore(self) -> None:
        """Every knob back to where it stood at the beginning; plans are dropped."""
        self._for_all.clear()
        self._for_one.clear()
        self._planned.clear()
        self._moved()

    def _positions(self, number: str | None) -> dict[str, object]:
        return self._for_all if number is None else self._for_one.setdefault(number, {})

    def _plan(self, number: str | None, fate: Fate, count: int) -> None:
        self._planned.setdefault(number, deque()).extend([fate] * count)

    def _moved(self) -> None:
        self._dials.clear()
        self.turned.set()
        self.turned = asyncio.Event()


def _dials(positions: dict[str, Any]) -> Dials:
    return msgspec.convert(msgspec.to_builtins(positions, str_keys=True), Dials, str_keys=True)


def _failure(code: int, *, mode: str | None = None, retry_after: float | None = None) -> Fate:
    late = code in ASYNCHRONOUS if mode is None else mode == "async"
    return Fate("failed", code=code) if late else Fate("refused", code=code, retry_after=retry_after)
