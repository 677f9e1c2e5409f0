"""A look at an installation: what is configured, what can be reached, what waits where."""

from datetime import timedelta

from jaboti_domain.integration.ports.journal import Outcome
from jaboti_domain.kernel.errors import Refusal
from jaboti_entrypoints.application import Application
from jaboti_entrypoints.container import open_application
from jaboti_entrypoints.rehearsal.report import Report
from jaboti_entrypoints.settings import Settings

STUCK_AFTER = timedelta(minutes=15)


async def examine(settings: Settings) -> Report:
    """Notes on the settings, the store, the journal and the queue; those that fail need somebody."""
    report = Report()
    _configured(report, settings)
    try:
        async with open_application(settings.with_keys()) as application:
            await _reached(report, application)
    except Refusal as refusal:
        report.check("the store answers", f"{refusal.code}: {refusal}")
    return report


def _configured(report: Report, settings: Settings) -> None:
    place = "a server of its own" if settings.database_url else f"embedded, in {settings.data_dir}"
    report.note("database", place)
    report.note("notifier", "in process")
    report.note("files", f"bucket {settings.media_bucket}" if settings.media_bucket else str(settings.media_directory))
    report.note("keys", "given" if settings.token_keys and settings.vault_keys else "kept in the data directory")
    report.note("address", f"{settings.host}:{settings.port}")
    report.note("shared Meta app", "configured" if settings.meta_app_secret else "none")


async def _reached(report: Report, application: Application) -> None:
    await application.ping()
    report.check("the store answers", True)
    accounts = await application.accounts()
    for outcome in Outcome:
        report.note(f"journal: {outcome.lower()}", str(accounts.journal.counts.get(outcome, 0)))
    oldest = accounts.journal.oldest_pending
    report.note("journal: the oldest that waits", str(oldest or "none"))
    report.check(
        f"journal: it has waited for less than {STUCK_AFTER}", oldest is None or accounts.at - oldest < STUCK_AFTER
    )
    report.note("to send: waiting", str(accounts.outbox.waiting))
    report.note("to send: on their way", str(accounts.outbox.sending))
    report.note("to send: the oldest that waits", str(accounts.outbox.oldest or "none"))
    report.note("files: to be fetched", str(accounts.media.waiting))
    report.note("files: the oldest that waits", str(accounts.media.oldest or "none"))
