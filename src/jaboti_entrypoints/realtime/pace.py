"""How fast a client may send."""

import time
from collections.abc import Callable

from attrs import define, field


@define
class Pace:
    """A bucket of `burst` tokens that fills by `rate` a second."""

    rate: float
    burst: float
    clock: Callable[[], float] = time.monotonic
    _tokens: float = field(init=False)
    _at: float = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._tokens, self._at = self.burst, self.clock()

    def allows(self) -> bool:
        """Take a token; returns whether there was one."""
        now = self.clock()
        self._tokens = min(self.burst, self._tokens + (now - self._at) * self.rate)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
