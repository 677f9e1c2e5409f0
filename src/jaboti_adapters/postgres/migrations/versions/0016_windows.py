"""Chats whose window closes soon are found by when it does."""

from jaboti_adapters.postgres.migrations.rules import run

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Only open chats are looked for."""
    run("CREATE INDEX chat_window_idx ON chat (company_id, window_closes_at, id) WHERE status <> 'CLOSED'")
