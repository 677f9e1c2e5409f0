"""Receipts of those who were forgotten."""

from jaboti_adapters.postgres.migrations.rules import protect, run

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """One for each client who was."""
    run(
        """
        CREATE TABLE erasure (
            company_id uuid NOT NULL,
            client_id uuid NOT NULL,
            at timestamptz NOT NULL,
            by_id uuid NOT NULL,
            by_name text NOT NULL,
            digest text NOT NULL,
            erased json NOT NULL,
            CONSTRAINT erasure_pkey PRIMARY KEY (company_id, client_id),
            CONSTRAINT erasure_client_company_id_fkey FOREIGN KEY (company_id, client_id)
                REFERENCES client (company_id, id)
        )
        """
    )
    protect("erasure")
