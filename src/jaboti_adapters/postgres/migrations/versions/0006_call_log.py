"""The call log."""

from jaboti_adapters.postgres.migrations.rules import ON_QUEUE, protect, run

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Rows of all companies are written together, by a session that may add them and see none."""
    run(
        """
        CREATE TABLE call_log (
            company_id uuid NOT NULL,
            at timestamptz NOT NULL,
            id uuid NOT NULL,
            integration_id uuid NOT NULL,
            platform text NOT NULL,
            direction text NOT NULL,
            kind text NOT NULL,
            outcome text NOT NULL,
            http_status integer,
            latency_ms integer NOT NULL,
            request_id text,
            peer text,
            items integer,
            error_code text,
            error_title text,
            CONSTRAINT call_log_pkey PRIMARY KEY (company_id, at, id),
            CONSTRAINT call_log_company_company_id_fkey FOREIGN KEY (company_id) REFERENCES company (id)
        )
        """,
        "CREATE INDEX call_log_last_idx ON call_log (company_id, integration_id, direction, outcome, at)",
    )
    protect("call_log")
    run(f"CREATE POLICY of_queue ON call_log FOR INSERT WITH CHECK ({ON_QUEUE})")
