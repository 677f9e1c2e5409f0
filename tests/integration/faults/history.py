"""What clients of ours tried, and what they know of it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from math import inf

from attrs import define, field


class Outcome(StrEnum):
    """UNKNOWN: it may have taken effect."""

    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"


@define
class Action:
    """Something that was tried; an action without an answer never ended, as far as its client knows."""

    name: str
    invoked: float
    ended: float = inf
    outcome: Outcome = Outcome.UNKNOWN
    answer: int | str | None = None

    def answered(self, status: int) -> None:
        """An answer came; what it says of our own trouble does not tell what took effect."""
        self.answer, self.ended = status, time.monotonic()
        if status < 500:
            self.outcome = Outcome.OK if status < 300 else Outcome.FAILED


@define
class History:
    """Every action, in the order in which they were invoked."""

    actions: list[Action] = field(factory=list)
    ok: int = 0

    @contextmanager
    def trying(self, name: str) -> Iterator[Action]:
        """Write down an action and how it ends; a connection that breaks is how it may end."""
        action = Action(name, time.monotonic())
        self.actions.append(action)
        try:
            yield action
        except ConnectionRefusedError as error:
            action.outcome, action.answer = Outcome.FAILED, type(error).__name__
        except (OSError, EOFError, ValueError) as error:
            action.answer = type(error).__name__
        self.ok += action.outcome is Outcome.OK

    def first_invoked(self) -> dict[str, float]:
        """From when on each thing may have happened."""
        return {action.name: action.invoked for action in reversed(self.actions)}

    def surely_done(self) -> dict[str, float]:
        """By when each thing that was answered well had happened."""
        done = (action for action in reversed(self.actions) if action.outcome is Outcome.OK)
        return {action.name: action.ended for action in done}

    def odd_answers(self, *expected: int) -> list[object]:
        """Answers that nobody should get; `expected` are those that may come beside 200 and 201."""
        allowed = {200, 201, *expected}
        return [(a.name, a.answer) for a in self.actions if isinstance(a.answer, int) and a.answer not in allowed]
