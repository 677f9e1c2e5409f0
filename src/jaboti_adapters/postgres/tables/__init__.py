"""Every table, in one metadata.

Keys of a company's tables begin with `company_id`, so that row-level security holds and a sharded server can spread
them by company. Tables without that column (`user_account`, `session`, `rate`) belong to no company.
"""

from jaboti_adapters.postgres.tables.audits import audit_entry, audit_head
from jaboti_adapters.postgres.tables.calls import call_log
from jaboti_adapters.postgres.tables.chats import chat, errand, message, milestone
from jaboti_adapters.postgres.tables.clients import client, client_identity, client_merge, client_term
from jaboti_adapters.postgres.tables.columns import metadata
from jaboti_adapters.postgres.tables.commands import command
from jaboti_adapters.postgres.tables.companies import company, department, membership, membership_department
from jaboti_adapters.postgres.tables.costs import budget, rate, usage
from jaboti_adapters.postgres.tables.dashboards import (
    chat_interval,
    dashboard_layout,
    tally_by_day,
    tally_by_hour,
)
from jaboti_adapters.postgres.tables.erasures import erasure
from jaboti_adapters.postgres.tables.identity import session, user_account
from jaboti_adapters.postgres.tables.integrations import integration, integration_account
from jaboti_adapters.postgres.tables.journals import journal, journal_lane
from jaboti_adapters.postgres.tables.media import media
from jaboti_adapters.postgres.tables.notes import note
from jaboti_adapters.postgres.tables.retentions import retention_run
from jaboti_adapters.postgres.tables.streams import company_stream, event

CROSS_COMPANY = (journal, journal_lane, errand, media, integration, integration_account, budget, company, retention_run)
"""What intake, workers and dispatchers see of all companies, when `app.queue` is `on`."""

__all__ = [
    "CROSS_COMPANY",
    "audit_entry",
    "audit_head",
    "budget",
    "call_log",
    "chat",
    "chat_interval",
    "client",
    "client_identity",
    "client_merge",
    "client_term",
    "command",
    "company",
    "company_stream",
    "dashboard_layout",
    "department",
    "erasure",
    "errand",
    "event",
    "integration",
    "integration_account",
    "journal",
    "journal_lane",
    "media",
    "membership",
    "membership_department",
    "message",
    "metadata",
    "milestone",
    "note",
    "rate",
    "retention_run",
    "session",
    "tally_by_day",
    "tally_by_hour",
    "usage",
    "user_account",
]
