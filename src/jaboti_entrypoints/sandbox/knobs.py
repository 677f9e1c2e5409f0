"""How a platform is made to misbehave: for all accounts, or for one."""

import asyncio
from collections import deque
from itertools import accumulate
from random import Random
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar, cast

import msgspec
from attrs import define, field
from msgspec import Meta, Struct

Fraction = Annotated[float, Meta(ge=0, le=1)]
Seconds = Annotated[float, Meta(ge=0)]
Range = tuple[Seconds, Seconds]
StatusName = Literal["sent", "delivered", "read"]


class Accidents(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The positions of the knobs that every platform has; fractions are probabilities, times are in seconds."""

    statuses: tuple[StatusName, ...] = ("sent", "delivered", "read")
    sent_after: Seconds = 0.002
    delivered_after: Seconds = 0.003
    read_after: Seconds = 0.005
    drop_statuses: Fraction = 0.0

    duplicate: Fraction = 0.0
    delay: Range = (0.0, 0.0)
    reorder: Fraction = 0.0
    reorder_hold: Range = (0.02, 0.2)
    webhooks_paused: bool = False

    fail_rate: dict[int, Fraction] = {}
    hang: Fraction = 0.0
    hang_seconds: Seconds | None = None
    reset: Fraction = 0.0

    ninth_digit_rewritten: bool = False

    def reports(self, *, only_sent: bool = False) -> list[tuple[StatusName, float]]:
        """The statuses of a message, each with the seconds since it was accepted."""
        steps = {"sent": self.sent_after, "delivered": self.delivered_after, "read": self.read_after}
        wanted = [status for status in self.statuses if not only_sent or status == "sent"]
        return list(zip(wanted, accumulate(steps[status] for status in wanted), strict=True))

    def hold(self, chance: Random) -> float:
        """How long one webhook item waits before it is sent."""
        held = chance.uniform(*self.delay) if self.delay[1] else 0.0
        if self.reorder and chance.random() < self.reorder:
            held += chance.uniform(*self.reorder_hold)
        return held

    def copies(self, chance: Random) -> int:
        """How often one webhook item is delivered."""
        return 2 if self.duplicate and chance.random() < self.duplicate else 1


class Fate(Struct, frozen=True):
    """What becomes of one send that is well formed. `hung` without seconds never answers."""

    kind: Literal["answered", "refused", "failed", "hung", "reset"]
    code: int = 0
    retry_after: float | None = None
    seconds: float | None = None
    words: str = ""


ANSWERED = Fate("answered")
D = TypeVar("D", bound=Accidents)


@define(eq=False)
class Board(Generic[D]):
    """The board of knobs. What one account is set to goes before what all are set to."""

    dials: ClassVar[type[Accidents]] = Accidents

    chance: Random
    turned: asyncio.Event = field(factory=asyncio.Event, init=False)
    _for_all: dict[str, object] = field(factory=dict, init=False)
    _for_one: dict[str, dict[str, object]] = field(factory=dict, init=False)
    _dials: dict[str, D] = field(factory=dict, init=False)
    _planned: dict[str | None, deque[Fate]] = field(factory=dict, init=False)

    def of(self, number: str) -> D:
        """Where the knobs of an account stand."""
        dials = self._dials.get(number)
        if dials is None:
            dials = self._shaped({**self._for_all, **self._for_one.get(number, {})})
            self._dials[number] = dials
        return dials

    def turn(self, number: str | None = None, **positions: object) -> None:
        """Sets knobs by the names of the dials, for one account or for all; msgspec.ValidationError if it can't be."""
        self._shaped(positions)
        self._positions(number).update(positions)
        self._moved()

    def hang_next(self, count: int = 1, *, seconds: float | None = None, number: str | None = None) -> None:
        """The next sends are accepted, but answered late or, without `seconds`, never."""
        self._plan(number, Fate("hung", seconds=seconds), count)

    def reset_next(self, count: int = 1, *, number: str | None = None) -> None:
        """The next sends are accepted, and their connection closed instead of answered."""
        self._plan(number, Fate("reset"), count)

    def fate(self, number: str) -> Fate:
        """Decides on the next send: what was planned for it, else by chance."""
        for planned in (self._planned.get(number), self._planned.get(None)):
            if planned:
                return planned.popleft()
        dials = self.of(number)
        for code, rate in dials.fail_rate.items():
            if self.chance.random() < rate:
                return self._failure(code)
        if dials.hang and self.chance.random() < dials.hang:
            return Fate("hung", seconds=dials.hang_seconds)
        if dials.reset and self.chance.random() < dials.reset:
            return Fate("reset")
        return ANSWERED

    async def unpaused(self, number: str) -> None:
        """Returns as soon as the account's webhooks are not held back."""
        while self.of(number).webhooks_paused:
            await self.turned.wait()

    def restore(self) -> None:
        """Every knob back to where it stood at the beginning; plans are dropped."""
        self._for_all.clear()
        self._for_one.clear()
        self._planned.clear()
        self._moved()

    def _failure(self, code: int) -> Fate:
        return Fate("refused", code=code)

    def _positions(self, number: str | None) -> dict[str, object]:
        return self._for_all if number is None else self._for_one.setdefault(number, {})

    def _plan(self, number: str | None, fate: Fate, count: int) -> None:
        self._planned.setdefault(number, deque()).extend([fate] * count)

    def _shaped(self, positions: dict[str, Any]) -> D:
        plain = msgspec.to_builtins(positions, str_keys=True)
        return cast(D, msgspec.convert(plain, self.dials, str_keys=True))

    def _moved(self) -> None:
        self._dials.clear()
        self.turned.set()
        self.turned = asyncio.Event()
