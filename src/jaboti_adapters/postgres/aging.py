"""What of each kind is too old, and how it goes; of chats that have ended, see expiring.py."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from uuid import UUID

from attrs import frozen
from sqlalchemy import text

from jaboti_adapters.postgres.statements import Statement
from jaboti_domain.company.retention import Held
from jaboti_domain.kernel.forgetting import FORGOTTEN

Key = Mapping[str, str]
"""Columns and their types."""

FIRST: Mapping[str, object] = {
    "bigint": -1,
    "text": "",
    "timestamptz": datetime(1, 1, 1, tzinfo=UTC),
    "uuid": UUID(int=0),
}
"""Comes before everything of its type."""
_SETTLED = "entry.outcome NOT IN ('PENDING', 'DEAD')"
_HASH = f"'{FORGOTTEN}' || encode(sha256(convert_to(event_key, 'UTF8')), 'hex')"
_KEY_ALONE = f"event_key = {_HASH}, lane = '{FORGOTTEN}', raw = '', reason = NULL"


@frozen(kw_only=True, eq=False)
class Aging:
    """Rows are looked at in the order of their key, so many at a time, however few of them are to go.

    A name for each row in conditions and changes is `entry`. How many are looked at is part of the statements: who
    plans them without knowing takes it for a tenth of the table, and reads all of it.
    """

    table: str
    key: Key
    at: str
    """The column that says how old a row is; rows that follow one another by the key follow by it, too, about."""
    among: str = "true"
    """Which rows are looked at: what an index knows."""
    only: str = "true"
    """Which of the old ones go."""
    change: str | None = None
    """What they are SET to; None: they are deleted."""

    @property
    def first(self) -> tuple[object, ...]:
        """The mark before all."""
        return tuple(FIRST[kind] for kind in self.key.values())

    @cache  # noqa: B019  # there are few, and they live as long as the program
    def remove(self, at_most: int) -> Statement:
        """Takes what is old of so many rows; gives `count`, and the key of the last old one."""
        deleting = f"DELETE FROM {self.table} AS entry USING due"
        changing = f"UPDATE {self.table} AS entry SET {self.change} FROM due" if self.change else deleting
        return self._statement(
            at_most,
            "FOR UPDATE OF entry SKIP LOCKED",
            f"""
            , changed AS ({changing} WHERE entry.company_id = :company_id AND {self._same("due")} RETURNING 1)
            SELECT (SELECT count(*) FROM changed) AS count
            """,
        )

    @cache  # noqa: B019  # the same
    def look(self, at_most: int) -> Statement:
        """The same, without touching anything."""
        return self._statement(at_most, "", "SELECT (SELECT count(*) FROM due) AS count")

    def _statement(self, at_most: int, locking: str, told: str) -> Statement:
        names, marks = ", ".join(self.key), ", ".join(f"CAST(:{name} AS {kind})" for name, kind in self.key.items())
        falling = ", ".join(f"{name} DESC" for name in self.key)
        return Statement(
            text(
                f"""
                WITH looked AS MATERIALIZED (
                    SELECT {names}, {self.at} < CAST(:before AS timestamptz) AS is_old FROM {self.table} AS entry
                    WHERE company_id = :company_id AND {self.among} AND ({names}) > ({marks})
                    ORDER BY {names} LIMIT {at_most}
                ), due AS MATERIALIZED (
                    SELECT {", ".join(f"entry.{name}" for name in self.key)} FROM looked
                    JOIN {self.table} AS entry ON entry.company_id = :company_id AND {self._same("looked")}
                    WHERE looked.is_old AND {self.only} {locking}
                ) {told}, {names} FROM looked WHERE is_old ORDER BY {falling} LIMIT 1
                """
            )
        )

    def _same(self, rows: str) -> str:
        return " AND ".join(f"entry.{name} = {rows}.{name}" for name in self.key)


AGING: Mapping[Held, Aging] = {
    Held.EVENTS: Aging(table="event", key={"seq": "bigint"}, at="at"),
    Held.COMMANDS: Aging(table="command", key={"at": "timestamptz", "user_id": "uuid", "key": "text"}, at="at"),
    Held.JOURNAL: Aging(
        table="journal",
        key={"id": "bigint"},
        at="received_at",
        only=f"{_SETTLED} AND entry.lane <> '{FORGOTTEN}'",
        change=_KEY_ALONE,
    ),
    Held.DEAD_LETTERS: Aging(
        table="journal",
        key={"id": "bigint"},
        at="received_at",
        among="outcome = 'DEAD'",
        only="entry.outcome = 'DEAD'",
        change=f"{_KEY_ALONE}, outcome = 'IGNORED'",
    ),
    Held.JOURNAL_KEYS: Aging(
        table="journal", key={"id": "bigint"}, at="received_at", only=f"{_SETTLED} AND entry.lane = '{FORGOTTEN}'"
    ),
    Held.CALL_LOG: Aging(table="call_log", key={"at": "timestamptz", "id": "uuid"}, at="at"),
    Held.USAGE: Aging(
        table="usage", key={"at": "timestamptz", "integration_id": "uuid", "provider_id": "text"}, at="at"
    ),
}
"""Of the journal's entries the keys stay as hashes, which intake looks for (journal_statements.py)."""
