"""The statements of the journal."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Integer, and_, case, column, func, literal, select, true
from sqlalchemy.dialects.postgresql import insert

from jaboti_adapters.postgres.statements import Row, Statement, array, param
from jaboti_adapters.postgres.tables import journal, journal_lane
from jaboti_adapters.postgres.texts import showable
from jaboti_adapters.postgres.waiting import companies_with
from jaboti_domain.integration.ports.journal import Arrival, Outcome
from jaboti_domain.kernel.forgetting import FORGOTTEN

_PENDING = Outcome.PENDING.value
_GIVEN: tuple[Column[Any], ...] = (
    journal.c.company_id,
    journal.c.integration_id,
    journal.c.event_key,
    journal.c.lane,
    journal.c.raw,
    journal.c.outcome,
    journal.c.reason,
)
_arrived = (
    func.unnest(*(array(c.name, c.type) for c in _GIVEN))
    .table_valued(*(column(c.name, c.type) for c in _GIVEN), with_ordinality="place")
    .render_derived(name="arrived")
)
_digest = func.encode(func.sha256(func.convert_to(_arrived.c.event_key, "UTF8")), "hex")
_forgotten = (
    select(journal.c.id)
    .where(
        journal.c.company_id == _arrived.c.company_id,
        journal.c.integration_id == _arrived.c.integration_id,
        journal.c.event_key == literal(FORGOTTEN) + _digest,
    )
    .limit(1)
    .scalar_subquery()
)
"""It arrived before, and then the person whom it is about was forgotten (erasing.py).

A value, and not EXISTS, which would become a join: under row-level security a join may not use the key's index, for
hashing is not leakproof, and would read the whole journal.
"""
_fresh = select(*(_arrived.c[c.name] for c in _GIVEN), _arrived.c.place).where(_forgotten.is_(None)).cte("fresh")
_entries = select(
    *(_fresh.c[c.name] for c in _GIVEN), func.now(), func.now(), case((_fresh.c.outcome != _PENDING, func.now()))
)
_kept = (
    insert(journal)
    .from_select(
        [*_GIVEN, journal.c.received_at, journal.c.due_at, journal.c.settled_at], _entries.order_by(_fresh.c.place)
    )
    .on_conflict_do_nothing()
    .returning(journal.c.integration_id, journal.c.event_key)
    .cte("kept")
)
_lane = (_fresh.c.company_id, _fresh.c.integration_id, _fresh.c.lane)
_lanes = (
    insert(journal_lane)
    .from_select([*journal_lane.c], select(*_lane).where(_fresh.c.outcome == _PENDING).distinct().order_by(*_lane))
    .on_conflict_do_nothing()
    .cte("lanes")
)

APPEND = Statement(select(_kept).add_cte(_lanes))
"""Keeps arrivals with their lanes; gives the names of those that were new."""


def row_of(arrival: Arrival) -> Row:
    """What `APPEND` takes of an arrival; the second and third are its name."""
    return (
        arrival.company_id,
        arrival.integration_id,
        showable(arrival.event_key),
        showable(arrival.lane),
        arrival.raw,
        arrival.outcome,
        arrival.reason and showable(arrival.reason),
    )


def arguments(rows: Sequence[Row]) -> dict[str, Sequence[object]]:
    """One list per column."""
    return dict(zip((c.name for c in _GIVEN), zip(*rows, strict=True), strict=True))


_waiting = companies_with(journal, journal.c.outcome == _PENDING)
_entry_lane = and_(
    journal_lane.c.company_id == journal.c.company_id,
    journal_lane.c.integration_id == journal.c.integration_id,
    journal_lane.c.lane == journal.c.lane,
)
_free = (
    select(journal_lane.c.lane)
    .where(_entry_lane)
    .with_for_update(key_share=True, read=True, skip_locked=True)
    .correlate(journal)
    .lateral("free")
)
_longest = (
    select(journal.c.due_at, journal.c.id)
    .select_from(journal.join(_free, true()))
    .where(journal.c.company_id == _waiting.c.company_id, journal.c.outcome == _PENDING, journal.c.due_at <= func.now())
    .order_by(journal.c.due_at, journal.c.id)
    .limit(1)
    .lateral("longest")
)
_unhurried = select(func.set_config("synchronous_commit", "off", true()).label("setting")).subquery("unhurried")

COMPANIES = Statement(
    select(_waiting.c.company_id, _unhurried.c.setting)
    .select_from(_waiting.join(_longest, true()).join(_unhurried, true()))
    .order_by(_longest.c.due_at, _longest.c.id)
    .limit(param("limit", Integer))
)
"""A lane is free when its row can be locked. The locks are gone with the statement, whose commit waits for no disk."""

ACCOUNT = Statement(
    select(journal.c.outcome, func.count().label("entries"), func.min(journal.c.received_at).label("oldest")).group_by(
        journal.c.outcome
    )
)

_has_lane = select(journal_lane.c.lane).where(_entry_lane).correlate(journal).exists()
_laneless = (
    select(journal.c.company_id, journal.c.integration_id, journal.c.lane)
    .where(journal.c.outcome == _PENDING, journal.c.due_at <= func.now(), ~_has_lane)
    .distinct()
)
_mended = (
    insert(journal_lane)
    .from_select([*journal_lane.c], _laneless)
    .on_conflict_do_nothing()
    .returning(journal_lane.c.lane)
    .cte("mended")
)

MEND = Statement(select(func.count().label("lanes")).select_from(_mended))
"""A lane that is forgotten while something arrives in it leaves that behind: here it gets a lane again."""
