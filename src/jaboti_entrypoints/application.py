"""Everything that the ways in may call, in one object; the container fills it."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from attrs import frozen

from jaboti_domain.audit.model import Seal
from jaboti_domain.audit.queries import AuditReads
from jaboti_domain.audit.use_cases import VerifyAudit
from jaboti_domain.chat.ports import Outbox, OutboxAccount
from jaboti_domain.chat.queries import ChatReads
from jaboti_domain.chat.use_cases.attend import EndChat, MarkRead, OpenChat, SendMessage, StartChat, TransferChat
from jaboti_domain.chat.use_cases.dispatch import ClaimErrands, Deliver
from jaboti_domain.chat.use_cases.drain import DrainJournal
from jaboti_domain.chat.use_cases.fetch import ClaimFiles, FetchFile
from jaboti_domain.chat.use_cases.handover import HandOver
from jaboti_domain.chat.use_cases.receive import ReceiveInbound
from jaboti_domain.chat.use_cases.settle import SettleDeliveries
from jaboti_domain.chat.use_cases.staff import (
    AppointMember,
    ChangeAttendant,
    HireAttendant,
    RemoveAttendant,
    RemoveMember,
)
from jaboti_domain.chat.use_cases.unite import MergeClients, RemoveClient, UnmergeClients
from jaboti_domain.chat.use_cases.writing import ShowTyping
from jaboti_domain.client.queries import ClientReads
from jaboti_domain.client.use_cases.describe import BlockClient, ChangeClient, EnterClient, UnblockClient
from jaboti_domain.client.use_cases.exchange import ExportClients, ImportClients
from jaboti_domain.company.queries import AttendantReads, CompanyReads
from jaboti_domain.company.use_cases.departments import (
    ChangeDepartment,
    OpenDepartment,
    RemoveDepartment,
    TieAttendant,
)
from jaboti_domain.company.use_cases.enroll import Enroll
from jaboti_domain.company.use_cases.found import ChangeCompany, FoundCompany
from jaboti_domain.dashboard.queries import DashboardReads
from jaboti_domain.dashboard.use_cases import ArrangeDashboard, LookAtBoard, ReadMetrics
from jaboti_domain.identity.ports import AccessReads, PresenceBoard
from jaboti_domain.identity.use_cases.access import Authenticate, Identify
from jaboti_domain.identity.use_cases.accounts import ChangePassword, RegisterUser
from jaboti_domain.identity.use_cases.sessions import EndSession, ListSessions, SetPresence
from jaboti_domain.identity.use_cases.signing import LogIn, LogOut, RefreshSession, SelectCompany
from jaboti_domain.integration.messaging import Headers, Platform
from jaboti_domain.integration.model import Secret
from jaboti_domain.integration.ports.channels import Channels, InstanceManager
from jaboti_domain.integration.ports.journal import Journal, JournalAccount
from jaboti_domain.integration.ports.stores import CallLog, IntegrationDirectory, RateCards
from jaboti_domain.integration.queries import CallReads, DeadLetterReads, IntegrationReads, UsageReads
from jaboti_domain.integration.use_cases.configure import (
    ConfigureIntegration,
    ConnectIntegration,
    RemoveIntegration,
    ResealCredentials,
)
from jaboti_domain.integration.use_cases.connections import ExamineIntegration, ListTemplates, LookAtIntegration
from jaboti_domain.integration.use_cases.intake import AcceptSharedWebhook, AcceptWebhook, CatchUp
from jaboti_domain.integration.use_cases.replay import ReplayDeadLetter
from jaboti_domain.integration.use_cases.silence import BreakSilence
from jaboti_domain.integration.use_cases.spend import (
    ImportRates,
    LookAtBudget,
    RemoveBudget,
    SetBudget,
    WatchBudgets,
)
from jaboti_domain.kernel.commands import CommandLog
from jaboti_domain.kernel.ports import Clock, EventStream, Notifier, Rate, RateLimiter
from jaboti_domain.media.ports import MediaAccount, MediaQueue, MediaReads
from jaboti_domain.media.use_cases import AddMedia, OpenMedia, StoreBytes
from jaboti_domain.note.queries import NoteReads
from jaboti_domain.note.use_cases import EditNote, RemoveNote, WriteNote
from jaboti_domain.privacy.ports import RetentionReads
from jaboti_domain.privacy.use_cases.persons import AnonymizePerson, ExportPerson
from jaboti_domain.privacy.use_cases.retention import ApplyRetention, KeepHouse
from jaboti_entrypoints.metrics import Metrics


@frozen(kw_only=True)
class Accounts:
    """What waits where, over all companies."""

    journal: JournalAccount
    outbox: OutboxAccount
    media: MediaAccount
    at: datetime


@frozen(kw_only=True)
class Pace:
    """How often somebody may ask; None: as often as they like."""

    user: Rate | None
    """Each user."""
    address: Rate | None
    """Each network address, for what is asked without a token."""


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
    list_sessions: ListSessions
    end_session: EndSession
    change_password: ChangePassword
    access_reads: AccessReads
    set_presence: SetPresence
    presence: PresenceBoard

    found_company: FoundCompany
    change_company: ChangeCompany
    company_reads: CompanyReads
    open_department: OpenDepartment
    change_department: ChangeDepartment
    remove_department: RemoveDepartment
    tie_attendant: TieAttendant
    enroll: Enroll
    appoint_member: AppointMember
    remove_member: RemoveMember
    hire_attendant: HireAttendant
    change_attendant: ChangeAttendant
    remove_attendant: RemoveAttendant
    attendant_reads: AttendantReads
    connect_integration: ConnectIntegration

    configure_integration: ConfigureIntegration
    remove_integration: RemoveIntegration
    reseal_credentials: ResealCredentials
    integration_reads: IntegrationReads
    examine_integration: ExamineIntegration
    look_at_integration: LookAtIntegration
    list_templates: ListTemplates
    call_log: CallLog
    call_reads: CallReads
    replay_dead_letter: ReplayDeadLetter
    dead_letter_reads: DeadLetterReads

    usage_reads: UsageReads
    look_at_budget: LookAtBudget
    set_budget: SetBudget
    remove_budget: RemoveBudget
    watch_budgets: WatchBudgets
    rate_cards: RateCards
    import_rates: ImportRates

    accept_webhook: AcceptWebhook
    accept_shared_webhook: AcceptSharedWebhook
    catch_up: CatchUp
    break_silence: BreakSilence
    directory: IntegrationDirectory
    channels: Channels
    instance_managers: Mapping[Platform, InstanceManager]
    verify_meta: Callable[[Secret, Headers, bytes], None]
    """Check a signature of a Meta app that several companies share. Raises BadSignature."""
    meta_challenge: Callable[[Mapping[str, str], Secret], str | None]
    """What to answer Meta's handshake with; None when it doesn't know the verify token."""

    start_chat: StartChat
    send_message: SendMessage
    transfer_chat: TransferChat
    end_chat: EndChat
    mark_read: MarkRead
    show_typing: ShowTyping
    open_chat: OpenChat
    chat_reads: ChatReads
    store_bytes: StoreBytes
    add_media: AddMedia
    open_media: OpenMedia
    media_reads: MediaReads
    command_log: CommandLog
    seal: Seal
    limiter: RateLimiter
    pace: Pace
    metrics: Metrics

    enter_client: EnterClient
    change_client: ChangeClient
    remove_client: RemoveClient
    block_client: BlockClient
    unblock_client: UnblockClient
    merge_clients: MergeClients
    unmerge_clients: UnmergeClients
    import_clients: ImportClients
    export_clients: ExportClients
    client_reads: ClientReads

    write_note: WriteNote
    edit_note: EditNote
    remove_note: RemoveNote
    note_reads: NoteReads

    receive_inbound: ReceiveInbound
    drain_journal: DrainJournal
    journal: Journal
    claim_errands: ClaimErrands
    hand_over: HandOver
    deliver: Deliver
    settle_deliveries: SettleDeliveries
    outbox: Outbox
    claim_files: ClaimFiles
    fetch_file: FetchFile
    media_queue: MediaQueue

    audit_reads: AuditReads
    verify_audit: VerifyAudit
    export_person: ExportPerson
    anonymize_person: AnonymizePerson
    apply_retention: ApplyRetention
    keep_house: KeepHouse
    retention_reads: RetentionReads

    read_metrics: ReadMetrics
    look_at_board: LookAtBoard
    arrange_dashboard: ArrangeDashboard
    dashboard_reads: DashboardReads

    stream: EventStream
    notifier: Notifier
    accounts: Callable[[], Awaitable[Accounts]]
    ping: Callable[[], Awaitable[None]]
    """Ask the store for a sign of life. Raises Unavailable."""
