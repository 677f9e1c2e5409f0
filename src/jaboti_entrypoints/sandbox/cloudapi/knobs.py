"""How the platform is made to misbehave: for all numbers, or for one."""

from typing import Annotated, Literal

from msgspec import Meta

from jaboti_entrypoints.sandbox.cloudapi.errors import ASYNCHRONOUS, GatewayError, GraphError
from jaboti_entrypoints.sandbox.cloudapi.peers import Peer
from jaboti_entrypoints.sandbox.files import FileDials
from jaboti_entrypoints.sandbox.knobs import Board, Fate, Fraction, Seconds
from jaboti_entrypoints.sandbox.phones import key_of


class Dials(FileDials, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The positions of all knobs."""

    sent_without_pricing: Fraction = 1 / 13
    batch: tuple[Annotated[int, Meta(ge=1, le=1000)], Annotated[int, Meta(ge=1, le=1000)]] = (1, 1)
    batch_linger: Seconds = 0.02
    sign_with_wrong_secret: Fraction = 0.0
    token_revoked: bool = False

    window_enforced: bool = True
    window_closed: frozenset[str] = frozenset()
    bsuid_only: bool = False
    media_url_seconds: Seconds = 300.0

    def closes_window_of(self, peer: Peer) -> bool:
        """Whether this person's window is held shut, whenever they wrote."""
        return bool(self.window_closed) and not {key_of(each) for each in self.window_closed}.isdisjoint(peer.keys)


def refusal_of(fate: Fate) -> GraphError:
    """The answer to a send that is refused; codes 500 to 599 are a gateway's, without the API's JSON."""
    if fate.code in range(500, 600):
        return GatewayError(fate.code, retry_after=fate.retry_after)
    return GraphError(fate.code, retry_after=fate.retry_after)


class Knobs(Board[Dials]):
    """The board of knobs."""

    dials = Dials

    def close_window(self, peer: str, *, number: str | None = None) -> None:
        """From now on this peer counts as silent for 24 hours."""
        closed = self._shaped(self._positions(number)).window_closed
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
        self._plan(number, self._failure(code, mode=mode, retry_after=retry_after), count)

    def _failure(self, code: int, *, mode: str | None = None, retry_after: float | None = None) -> Fate:
        late = code in ASYNCHRONOUS if mode is None else mode == "async"
        return Fate("failed", code=code) if late else Fate("refused", code=code, retry_after=retry_after)
