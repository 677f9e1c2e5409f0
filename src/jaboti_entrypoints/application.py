"""Everything that the ways in may call, in one object; the container fills it."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from attrs import frozen

from jaboti_domain.audit.queries import AuditReads
from jaboti_domain.audit.use_cases import VerifyAudit
from jaboti_domain.chat.ports import Outbox, OutboxAccount
from jaboti_domain.chat.queries import ChatReads
from jaboti_domain.chat.use_cases.attend import EndChat, MarkRead, OpenChat, SendMessage, StartChat, TransferChat
from jaboti_domain.chat.use_cases.dispatch import ClaimErrands, Deliver, SettleDeliveries
from jaboti_domain.chat.use_cases.drain import DrainJournal
from jaboti_domain.chat.use_cases.receive import ReceiveInbound
from jaboti_domain.company.use_cases import Enroll, FoundCompany
from jaboti_domain.dashboard.queries import DashboardReads
from jaboti_domain.dashboard.use_cases import ArrangeDashboard, LookAtBoard, ReadMetrics
from jaboti_domain.identity.ports import AccessReads
from jaboti_domain.identity.use_cases import (
    Authenticate,
    Identify,
    LogIn,
    LogOut,
    RefreshSession,
    RegisterUser,
    SelectCompany,
)
from jaboti_domain.integration.messaging import Headers
from jaboti_domain.integration.model import Secret
from jaboti_domain.integration.ports import Channels, IntegrationDirectory, Journal, JournalAccount
from jaboti_domain.integration.use_cases import AcceptSharedWebhook, AcceptWebhook, ConnectIntegration
from jaboti_domain.kernel.ports import Clock, EventStream, Notifier


@frozen(kw_only=True)
class Accounts:
    """What waits where, over all companies."""

    journal: JournalAccount
    outbox: OutboxAccount
    at: datetime


@frozen(kw_only=True)
class Application:
    """Use cases by verb, reads, and what workers turn."""

    clock: Clock

    log_in: LogIn
    refresh: RefreshSession
    log_out: LogOut
    select_company: SelectCompany
    authenticate: Authenticate
    identify: Identify
    register_user: RegisterUser
    access_reads: AccessReads

    found_company: FoundCompany
    enroll: Enroll
    connect_integration: ConnectIntegration

    accept_webhook: AcceptWebhook
    accept_shared_webhook: AcceptSharedWebhook
    directory: IntegrationDirectory
    channels: Channels
    verify_meta: Callable[[Secret, Headers, bytes], None]
    """Check a signature of a Meta app that several companies share. Raises BadSignature."""
    meta_challenge: Callable[[Mapping[str, str], Secret], str | None]
    """What to answer Meta's handshake with; None when it doesn't know the verify token."""

    start_chat: StartChat
    send_message: SendMessage
    transfer_chat: TransferChat
    end_chat: EndChat
    mark_read: MarkRead
    open_chat: OpenChat
    chat_reads: ChatReads

    receive_inbound: ReceiveInbound
    drain_journal: DrainJournal
    journal: Journal
    claim_errands: ClaimErrands
    deliver: Deliver
    settle_deliveries: SettleDeliveries
    outbox: Outbox

    audit_reads: AuditReads
    verify_audit: VerifyAudit

    read_metrics: ReadMetrics
    look_at_board: LookAtBoard
    arrange_dashboard: ArrangeDashboard
    dashboard_reads: DashboardReads

    stream: EventStream
    notifier: Notifier
    accounts: Callable[[], Awaitable[Accounts]]
    ping: Callable[[], Awaitable[None]]
    """Ask the store for a sign of life. Raises Unavailable."""
