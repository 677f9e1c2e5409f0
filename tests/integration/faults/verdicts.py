"""What is not as it has to be: by sets, by order, by counting, and by comparing both books both ways."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from attrs import field, frozen

from tests.integration.faults.books import Books, Row
from tests.integration.faults.history import History

SHOWN = 4


@frozen(repr=False)
class Verdict:
    """The faults by kind; false when there are none. Its text begins with the seed of the plan."""

    seed: int
    faults: dict[str, list[object]] = field(factory=dict)

    def __bool__(self) -> bool:
        return any(self.faults.values())

    def __repr__(self) -> str:
        found = {kind: faults for kind, faults in self.faults.items() if faults}
        said = (f"{len(faults)} {kind}, such as {faults[:SHOWN]}" for kind, faults in found.items())
        return f"seed {self.seed}: " + ("; ".join(said) or "nothing to say")

    def of(self, kind: str) -> int:
        """How many faults of this kind there are."""
        return len(self.faults.get(kind, ()))


def compared(expected: Iterable[object], found: Iterable[object], *, what: str = "") -> dict[str, list[object]]:
    """Two bags: what is in one and not in the other, and what is in the second more than once."""
    wanted, counted = Counter(expected), Counter(found)
    return {
        f"lost {what}": list(wanted - counted),
        f"doubled {what}": [each for each, times in counted.items() if times > max(1, wanted[each])],
        f"unexpected {what}": [each for each in counted if each not in wanted],
    }


def gaps(rows: Iterable[Row], *, by: str) -> list[object]:
    """Those whose rows are not numbered 1, 2, 3, ... by `seq`."""
    numbers = defaultdict(list)
    for row in rows:
        numbers[row[by]].append(row["seq"])
    return [one for one, seqs in numbers.items() if sorted(seqs) != list(range(1, len(seqs) + 1))]


def inversions(messages: Sequence[Row], history: History) -> list[object]:
    """Messages that stand before one that was surely taken before they were first brought."""
    may_be, sure = history.first_invoked(), history.surely_done()
    found: list[object] = []
    earliest: dict[object, float] = {}
    for message in sorted(messages, key=lambda row: -row["seq"]):
        chat_id, name = message["chat_id"], message["provider_id"]
        if name in may_be:
            if earliest.get(chat_id, float("inf")) < may_be[name]:
                found.append(name)
            earliest[chat_id] = min(earliest.get(chat_id, float("inf")), sure.get(name, float("inf")))
    return found


def on_messages(books: Books, names: Iterable[str], history: History) -> dict[str, list[object]]:
    """Whether each of these messages was taken once, in order, and told once."""
    ids = [str(message["id"]) for message in books.messages]
    return {
        **compared(set(names), (message["provider_id"] for message in books.inbound), what="messages"),
        **compared(ids, (event["message_id"] for event in books.told("message.added")), what="announcements"),
        **on_numbers(books),
        "messages out of order": inversions(books.inbound, history),
        "odd answers": history.odd_answers(503),
        "dead letters": [(row["event_key"], row["reason"]) for row in books.journal if row["outcome"] == "DEAD"],
        "items journalled twice": doubled((row["integration_id"], row["event_key"]) for row in books.journal),
    }


def on_numbers(books: Books) -> dict[str, list[object]]:
    """Whether chats and streams are numbered without gaps, and people have one open chat each."""
    last = {row["company_id"]: row["seq"] for row in books.events}
    open_chats = ((row["client_id"], row["integration_id"]) for row in books.chats if row["status"] != "CLOSED")
    return {
        "chats with gaps": gaps(books.messages, by="chat_id"),
        "streams with gaps": gaps(books.events, by="company_id"),
        "counters off": [s["company_id"] for s in books.streams if s["seq"] != last.get(s["company_id"], 0)],
        "second open chats": doubled(open_chats),
    }


def doubled(names: Iterable[object]) -> list[object]:
    """What there is more than once."""
    return [name for name, times in Counter(names).items() if times > 1]


def falls(numbers: Iterable[int]) -> list[object]:
    """Where numbers that should rise don't."""
    return [(before, after) for before, after in pairwise(numbers) if after <= before]
