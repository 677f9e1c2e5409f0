"""What a unit of work wrote goes to the server in one statement: chats, messages, errands, verdicts, charges, events,
and what they count for.

The company's stream comes last in it, so that its lock, for which all writers of the company queue, is held the least.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Self

from attrs import define, field, frozen
from sqlalchemy import CTE, Integer, Subquery, Table, column, false, func, insert, literal, select, true, update
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.sql.elements import ColumnElement

from jaboti_adapters.postgres import chats, lanes, messages, tallies, usage
from jaboti_adapters.postgres.statements import COMPANY, Given, Row, Statement, param
from jaboti_adapters.postgres.tables import chat, chat_interval, company_stream, errand, event, message, milestone
from jaboti_adapters.postgres.texts import shown
from jaboti_adapters.postgres.unit import CompanyUnit
from jaboti_adapters.recording import audience_data, record_data
from jaboti_adapters.showing import milestone_shown
from jaboti_domain.chat.delivery import DeliveryState
from jaboti_domain.chat.events import Milestone
from jaboti_domain.chat.message import Message
from jaboti_domain.chat.model import Chat
from jaboti_domain.chat.ports import ErrandKind
from jaboti_domain.chat.routing import ChatStatus
from jaboti_domain.kernel.errors import StaleVersion
from jaboti_domain.kernel.events import Event, Recorded
from jaboti_domain.kernel.ids import IntegrationId

_FIXED = ("id", "integration_id", "platform", "started_at")
_STATUS = [c.name for c in chats.COLUMNS].index("status")

PARTS: Mapping[str, Given] = {
    "changed": Given("changed", *chats.COLUMNS, column("loaded", Integer)),
    "new": Given("new", *chats.COLUMNS),
    "message": Given("message", *messages.COLUMNS),
    "errand": Given("errand", errand.c.chat_id, errand.c.kind, errand.c.message_id),
    "milestone": Given("milestone", *(c for c in milestone.c if c.name != "company_id")),
    "verdict": lanes.VERDICTS,
    "usage": usage.CHARGES,
    "event": Given("event", column("n", Integer), event.c.at, event.c.name, event.c.audience, event.c.data),
    **tallies.PARTS,
}
"""What a flush may consist of."""


def _change_chats(rows: Subquery) -> CTE:
    values = {c.name: rows.c[c.name] for c in chats.COLUMNS if c.name not in _FIXED}
    unchanged = (chat.c.company_id == COMPANY, chat.c.id == rows.c.id, chat.c.version == rows.c.loaded)
    return update(chat).where(*unchanged).values(values).returning(chat.c.id).cte("changed")


def _add(table: Table, **constants: ColumnElement[Any]) -> Callable[[Subquery], CTE]:
    def adding(rows: Subquery) -> CTE:
        names = ["company_id", *rows.c.keys(), *constants]
        values = select(COMPANY, *rows.c, *constants.values())
        return insert(table).from_select(names, values).returning(table.c.company_id).cte(f"added_{table.name}")

    return adding


_WRITERS: Mapping[str, Callable[[Subquery], CTE]] = {
    "changed": _change_chats,
    "new": _add(chat),
    "message": _add(message),
    "errand": _add(errand, sending=false(), unsure=false(), due_at=func.now()),
    "milestone": _add(milestone),
    "verdict": lanes.settling,
    "usage": usage.counting,
    "interval": _add(chat_interval),
    "ending": tallies.ending,
}
_MAY_BE_FEWER = ("verdict", "usage")
"""Where rows that are no longer as they were, or are kept already, are passed over; of others every row is written."""


def _all_written(part: str, rows: CTE) -> ColumnElement[bool]:
    return select(func.count()).select_from(rows).scalar_subquery() == param(f"{part}_rows", Integer)


def _done(written: Mapping[str, CTE]) -> list[ColumnElement[bool]]:
    return [_all_written(part, rows) for part, rows in written.items() if part not in _MAY_BE_FEWER]


def _advance_stream(before: Mapping[str, CTE]) -> CTE:
    """It needs to know that the others are done, and so comes last; a stale chat stops it."""
    ours = update(company_stream).where(company_stream.c.company_id == COMPANY, *_done(before))
    longer = company_stream.c.seq + param("event_rows", Integer)
    return ours.values(seq=longer).returning(company_stream.c.seq).cte("stream")


def _tell(rows: Subquery, stream: CTE) -> ReturningInsert[tuple[int]]:
    names = ("at", "name", "audience", "data")
    seq = stream.c.seq - param("event_rows", Integer) + rows.c.n
    values = select(COMPANY, seq, *(rows.c[name] for name in names)).select_from(stream, rows)
    return insert(event).from_select(["company_id", "seq", *names], values).returning(event.c.seq)


@cache
def flushing(parts: tuple[str, ...], *, many: bool) -> Statement:
    """The statement that writes these parts, each of one row or of many (and what is counted always of many).

    With events it gives their numbers, or nothing when a chat was stale; without, whether all was written.
    """
    rows = {part: PARTS[part].many if many or part in tallies.COUNTED else PARTS[part].one for part in parts}
    written = {part: _WRITERS[part](rows[part]) for part in parts if part in _WRITERS}
    if "event" in parts:
        stream = _advance_stream(written)
        counted = [tallies.counting(part, rows[part], stream) for part in parts if part in tallies.COUNTED]
        return Statement(_tell(rows["event"], stream).add_cte(*written.values(), stream, *counted))
    return Statement(select(literal(0).label("seq")).where(true(), *_done(written)).add_cte(*written.values()))


@define
class _Batch:
    """The rows of everything that was saved, and what happened to it."""

    changed: list[Row] = field(factory=list)
    new: list[Row] = field(factory=list)
    messages: list[Message] = field(factory=list)
    message_rows: list[Row] = field(factory=list)
    errands: list[Row] = field(factory=list)
    verdicts: list[Row] = field(factory=list)
    charges: list[Row] = field(factory=list)
    events: list[Event] = field(factory=list)

    @classmethod
    def of(cls, unit: CompanyUnit) -> Self:
        """All that the unit saved."""
        batch = cls()
        for aggregate in unit.everything:
            events = aggregate.collect()
            batch.events += events
            if isinstance(aggregate, Chat):
                batch._add_chat(aggregate, aggregate.version - len(events))
        batch.errands += [(chat_id, ErrandKind.READ, message_id) for chat_id, message_id in unit.receipts]
        batch.verdicts += map(lanes.verdict_row, unit.verdicts)
        batch.charges += map(usage.charge_row, unit.charges)
        return batch

    def take_closed(self) -> list[Row]:
        """Take out the closed chats, where others may need the room that they make."""
        if len(self.changed) + len(self.new) < 2:
            return []
        closed = [row for row in self.changed if row[_STATUS] is ChatStatus.CLOSED]
        self.changed = [row for row in self.changed if row[_STATUS] is not ChatStatus.CLOSED]
        return closed

    @property
    def milestones(self) -> list[Milestone]:
        """The events that are milestones."""
        return [event for event in self.events if isinstance(event, Milestone)]

    def parts(self, told: Sequence[bytes], accounts: Mapping[str, Sequence[Row]]) -> dict[str, Sequence[Row]]:
        """What there is to write; `told` are the events as recorded, `accounts` what the milestones add up to."""
        parts = {
            "changed": self.changed,
            "new": self.new,
            "message": self.message_rows,
            "errand": self.errands,
            "verdict": self.verdicts,
            "usage": self.charges,
            "milestone": [_milestone_row(each) for each in self.milestones],
            "event": [_event_row(n, e, data) for n, (e, data) in enumerate(zip(self.events, told, strict=True), 1)],
            **accounts,
        }
        return {part: rows for part, rows in parts.items() if rows}

    def _add_chat(self, one: Chat, loaded: int) -> None:
        if loaded:
            self.changed.append((*chats.row_of(one), loaded))
        else:
            self.new.append(chats.row_of(one))
        for added in one.collect_messages():
            self._add_message(added, one.integration_id)

    def _add_message(self, one: Message, integration_id: IntegrationId) -> None:
        self.messages.append(one)
        self.message_rows.append(messages.row_of(one, integration_id))
        self.events += one.collect()
        if one.is_outbound and one.status is DeliveryState.QUEUED:
            self.errands.append((one.chat_id, ErrandKind.MESSAGE, one.id))


@frozen
class Written:
    """What others are to be told once it is kept."""

    events: Sequence[Recorded] = ()
    has_errands: bool = False


async def flush(unit: CompanyUnit) -> Written:
    """Write chats with their messages and errands, the verdicts, and the events of everything.

    Raises StaleVersion, and whatever a constraint stands for.
    """
    batch = _Batch.of(unit)
    if closed := batch.take_closed():
        await _write(unit, {"changed": closed})
    told = [record_data(each) for each in batch.events]
    parts = batch.parts(told, await tallies.account(unit, batch.milestones))
    if not parts:
        return Written()
    first = await _write(unit, parts)
    for one in batch.messages:
        one.version += 1
    return Written(_recorded(batch.events, told, first), bool(batch.errands))


async def _write(unit: CompanyUnit, parts: Mapping[str, Sequence[Row]]) -> int:
    """Write these parts; returns the number of the first event."""
    many = any(len(rows) > 1 for part, rows in parts.items() if part not in tallies.COUNTED)
    values: dict[str, object] = {f"{part}_rows": len(rows) for part, rows in parts.items()}
    for part, rows in parts.items():
        as_many = many or part in tallies.COUNTED
        values.update(PARTS[part].rows(rows) if as_many else PARTS[part].one_row(rows[0]))
    written = await unit.fetch(flushing(tuple(parts), many=many), **values)
    if not written:
        raise StaleVersion()
    first: int = min(row["seq"] for row in written)
    return first


def _event_row(n: int, one: Event, data: bytes) -> Row:
    return (n, one.at, one.name, audience_data(one.audience).decode(), data.decode())


def _milestone_row(one: Milestone) -> Row:
    return (one.chat_id, one.version, one.at, one.name, shown(milestone_shown(one)))


def _recorded(events: Sequence[Event], told: Sequence[bytes], first: int) -> list[Recorded]:
    return [
        Recorded(company_id=e.company_id, seq=number, at=e.at, name=e.name, audience=e.audience, data=data)
        for number, (e, data) in enumerate(zip(events, told, strict=True), first)
    ]
