"""How long a company keeps what grows old."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Self

from attrs import field, frozen

from jaboti_domain.company.errors import InvalidRetention

MOST = 36_500
"""Days: a hundred years."""


class Held(StrEnum):
    """What grows old, in the order in which it goes."""

    EVENTS = "events"
    """Live events that were told long ago."""
    COMMANDS = "commands"
    """What was answered to commands, for those who ask again with the same key."""
    MESSAGES = "messages"
    """The words and files of chats that have ended, and what was said about their end."""
    JOURNAL = "journal"
    """What platforms told us, as they told it, once it has had its effect."""
    DEAD_LETTERS = "deadLetters"
    """What platforms told us and nobody could process."""
    JOURNAL_KEYS = "journalKeys"
    """By what a repetition of that is known."""
    CALL_LOG = "callLog"
    """Calls to and from platforms."""
    USAGE = "usage"
    """What single messages cost."""


@frozen
class Term:
    """How many days a company may set, at least, and how many it is when it sets none; None: for ever."""

    least: int
    usual: int | None


TERMS: Mapping[Held, Term] = MappingProxyType(
    {
        Held.EVENTS: Term(least=1, usual=7),
        Held.COMMANDS: Term(least=1, usual=2),
        Held.MESSAGES: Term(least=7, usual=None),
        Held.JOURNAL: Term(least=7, usual=30),
        Held.DEAD_LETTERS: Term(least=30, usual=180),
        Held.JOURNAL_KEYS: Term(least=30, usual=90),
        Held.CALL_LOG: Term(least=7, usual=90),
        Held.USAGE: Term(least=62, usual=1826),
    }
)
"""Why these: docs/explanation/retention.md."""
WITH_WORDS = (Held.EVENTS, Held.COMMANDS, Held.JOURNAL)
"""They repeat what messages say, and are kept no longer than messages."""


def _checked(days: Mapping[Held, int | None]) -> Mapping[Held, int | None]:
    for held, number in days.items():
        least = TERMS[held].least
        if number is not None and not least <= number <= MOST:
            raise InvalidRetention(kind=held.value, least=least, most=MOST)
    return {held: days.get(held, term.usual) for held, term in TERMS.items()}


@frozen
class Retention:
    """Days for which each kind is kept; None: for ever. Raises InvalidRetention."""

    days: Mapping[Held, int | None] = field(factory=dict, converter=_checked)

    @classmethod
    def of_record(cls, record: Mapping[str, int | None]) -> Self:
        """Of what `record` gave; kinds that are not in it are as usual."""
        return cls({held: record[held] for held in Held if held in record})

    def record(self) -> Mapping[str, int | None]:
        """As it is kept and shown."""
        return {held.value: days for held, days in self.days.items()}

    def changed(self, to: Mapping[Held, int | None]) -> Self:
        """Otherwise in what is given. Raises InvalidRetention."""
        return type(self)({**self.days, **to})

    def cutoffs(self, at: datetime) -> Iterator[tuple[Held, datetime]]:
        """Before when each kind is too old, in the order of kinds; those that are kept for ever are passed over."""
        for held in Held:
            days = self._days_of(held)
            if days is not None:
                yield held, at - timedelta(days=days)

    def _days_of(self, held: Held) -> int | None:
        kinds = (held, Held.MESSAGES) if held in WITH_WORDS else (held,)
        return min((days for kind in kinds if (days := self.days[kind]) is not None), default=None)
