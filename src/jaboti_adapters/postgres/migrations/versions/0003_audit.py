"""The audit log."""

from jaboti_adapters.postgres.migrations.rules import protect, run

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """The application adds entries, and may blank their details; nothing else changes one."""
    run(
        """
        CREATE TABLE audit_entry (
            company_id uuid NOT NULL,
            seq bigint NOT NULL,
            at timestamptz NOT NULL,
            action text NOT NULL,
            actor_id uuid,
            actor_name text NOT NULL,
            address text NOT NULL,
            subject text NOT NULL,
            subject_id uuid NOT NULL,
            details text,
            salt bytea,
            digest bytea NOT NULL,
            seal bytea NOT NULL,
            CONSTRAINT audit_entry_pkey PRIMARY KEY (company_id, seq),
            CONSTRAINT audit_entry_company_company_id_fkey FOREIGN KEY (company_id) REFERENCES company (id)
        )
        """,
        "CREATE INDEX audit_entry_at_idx ON audit_entry (company_id, at)",
        "CREATE INDEX audit_entry_actor_id_idx ON audit_entry (company_id, actor_id, seq)",
        "CREATE INDEX audit_entry_subject_id_idx ON audit_entry (company_id, subject_id)",
        """
        CREATE TABLE audit_head (
            company_id uuid NOT NULL,
            seq bigint NOT NULL,
            last bytea NOT NULL,
            seal bytea NOT NULL,
            CONSTRAINT audit_head_pkey PRIMARY KEY (company_id),
            CONSTRAINT audit_head_company_company_id_fkey FOREIGN KEY (company_id) REFERENCES company (id)
        )
        """,
    )
    protect("audit_entry", "audit_head")
