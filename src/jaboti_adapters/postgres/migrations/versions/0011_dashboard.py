"""What chats count for, from their milestones so far; and how users arrange their dashboards."""

from pathlib import Path

from jaboti_adapters.postgres.migrations.rules import protect, run

revision = "0011"
down_revision = "0010"

_SUMS = """
    chats bigint NOT NULL,
    ended bigint NOT NULL,
    waits bigint NOT NULL,
    wait_seconds bigint NOT NULL,
    wait_business_seconds bigint NOT NULL,
    lived_seconds bigint NOT NULL,
    lived_business_seconds bigint NOT NULL
"""
_TABLES = (
    """
    CREATE TABLE chat_interval (
        company_id uuid NOT NULL,
        chat_id uuid NOT NULL,
        version integer NOT NULL,
        state text NOT NULL,
        department_id uuid,
        attendant_id uuid,
        since timestamptz NOT NULL,
        day date NOT NULL,
        hour smallint NOT NULL,
        seconds integer,
        business_seconds integer,
        CONSTRAINT chat_interval_pkey PRIMARY KEY (company_id, chat_id, version)
    ) WITH (fillfactor = 80)
    """,
    f"""
    CREATE TABLE tally_by_day (
        company_id uuid NOT NULL,
        span text NOT NULL,
        day date NOT NULL,
        department_id uuid NOT NULL,
        attendant_id uuid NOT NULL,
        {_SUMS},
        CONSTRAINT tally_by_day_pkey PRIMARY KEY (company_id, span, day, department_id, attendant_id)
    ) WITH (fillfactor = 70)
    """,
    f"""
    CREATE TABLE tally_by_hour (
        company_id uuid NOT NULL,
        owner_id uuid NOT NULL,
        department_id uuid NOT NULL,
        day date NOT NULL,
        hour smallint NOT NULL,
        {_SUMS},
        CONSTRAINT tally_by_hour_pkey PRIMARY KEY (company_id, owner_id, department_id, day, hour)
    ) WITH (fillfactor = 70)
    """,
    """
    CREATE TABLE dashboard_layout (
        company_id uuid NOT NULL,
        user_id uuid NOT NULL,
        widgets json NOT NULL,
        version integer NOT NULL,
        CONSTRAINT dashboard_layout_pkey PRIMARY KEY (company_id, user_id),
        CONSTRAINT dashboard_layout_company_company_id_fkey FOREIGN KEY (company_id) REFERENCES company (id)
    )
    """,
)
_READ = ("company", "milestone")


def upgrade() -> None:
    """Row-level security binds the owner too, and is lifted from what is read for the counting."""
    run(
        *_TABLES,
        *(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY" for table in _READ),
        *counting(),
        *(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY" for table in _READ),
        """
        CREATE INDEX chat_interval_open_idx ON chat_interval (company_id, state, department_id, attendant_id)
        WHERE seconds IS NULL AND state <> 'CLOSED'
        """,
    )
    protect("chat_interval", "tally_by_day", "tally_by_hour", "dashboard_layout")


def counting() -> list[str]:
    """Fills the empty tables from the milestones of all companies. Business hours were never closed so far."""
    return Path(__file__).with_name("0011_counting.sql").read_text(encoding="utf-8").split("\n\n")
