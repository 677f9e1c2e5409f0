"""A company's newest events, numbered."""

from collections.abc import Callable, Iterable, Sequence

from attrs import define, field

from jaboti_adapters.recording import record_data
from jaboti_domain.kernel.events import Event, Recorded


@define(eq=False)
class History:
    """At least the newest `length` events; `seq` is the number of the last one."""

    length: int
    seq: int = 0
    _events: list[Recorded] = field(factory=list, init=False)

    def written(self, events: Iterable[Event]) -> list[Recorded]:
        """The events as they would be recorded next."""
        return [
            Recorded(
                company_id=event.company_id,
                seq=seq,
                at=event.at,
                name=event.name,
                audience=event.audience,
                data=record_data(event),
            )
            for seq, event in enumerate(events, self.seq + 1)
        ]

    def append(self, events: Sequence[Recorded]) -> None:
        """Keep what was written."""
        self.seq += len(events)
        self._events.extend(events)
        if len(self._events) > 2 * self.length:
            del self._events[: -self.length]

    def after(self, seq: int, limit: int) -> list[Recorded] | None:
        """At most `limit` events that follow; None when some of them are no longer kept."""
        first = self.seq - len(self._events)
        return None if seq < first else self._events[seq - first : seq - first + limit]

    @property
    def kept(self) -> Sequence[Recorded]:
        """The events that are kept, oldest first."""
        return self._events

    def newest(self, tells: Callable[[Recorded], bool]) -> int:
        """The number of the last kept one that tells; 0 when none does."""
        return max((event.seq for event in self._events if tells(event)), default=0)

    def count(self, *, up_to: int) -> int:
        """How many are kept up to this number."""
        return sum(event.seq <= up_to for event in self._events)

    def forget(self, up_to: int) -> None:
        """Let go of all up to this number."""
        self._events = [event for event in self._events if event.seq > up_to]
