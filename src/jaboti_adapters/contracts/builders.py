"""Things to test with: right as they are, and different where a test says so."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from uuid import uuid4

from jaboti_adapters.clock import SystemClock
from jaboti_domain.chat.model import Chat
from jaboti_domain.client.identity import ChannelIdentity
from jaboti_domain.client.model import Client
from jaboti_domain.company.model import Company, Department, Membership
from jaboti_domain.identity.model import User
from jaboti_domain.integration.calls import Call, CallKind, CallOutcome, Direction
from jaboti_domain.integration.content import Content, Text
from jaboti_domain.integration.costs import Charge, Price
from jaboti_domain.integration.messaging import Inbound, Peer, Platform, Receipt, ReceiptStatus
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.ports.journal import Arrival, Outcome
from jaboti_domain.kernel.actor import Actor, Role
from jaboti_domain.kernel.bot import BotSettings
from jaboti_domain.kernel.events import Named
from jaboti_domain.kernel.ids import CompanyId, DepartmentId, IntegrationId, MessageId, UserId, new_id

now = SystemClock()
_numbers = count()


def a_company(name: str = "Padaria Aurora") -> Company:
    """A company."""
    return Company.found(name=name, at=now())


def a_department(company_id: CompanyId, name: str = "Vendas") -> Department:
    """A department."""
    return Department.open(company_id=company_id, name=name, at=now())


def a_user(name: str = "Ana", email: str | None = None) -> User:
    """A user with an address that nobody else has."""
    email = email or f"{uuid4().hex}@example.com"
    return User(id=UserId(new_id()), email=email, name=name, password_hash="$argon2id$", created_at=now())


def a_membership(
    company_id: CompanyId,
    user: User,
    *,
    role: Role = Role.OPERATOR,
    departments: Collection[DepartmentId] = (),
    primary: bool = False,
    enabled: bool = True,
) -> Membership:
    """A user's part in a company."""
    return Membership(
        company_id=company_id,
        user_id=user.id,
        name=user.name,
        role=role,
        departments=frozenset(departments),
        primary=primary,
        enabled=enabled,
        created_at=now(),
    )


def an_actor(membership: Membership) -> Actor:
    """The member, signed in."""
    return Actor(
        user_id=membership.user_id,
        company_id=membership.company_id,
        role=membership.role,
        name=membership.name,
        departments=membership.departments,
    )


def a_phone() -> str:
    """The digits of a Brazilian mobile that nobody else has."""
    return f"55419{80_000_000 + next(_numbers)}"


def a_client(company_id: CompanyId, name: str | None = "Maria", *, phone: str | None = None) -> Client:
    """A client who is known by a phone."""
    identity = ChannelIdentity.of_phone(phone or a_phone())
    return Client.register(company_id=company_id, name=name, identities=[identity], at=now())


def an_integration(
    company_id: CompanyId,
    *,
    platform: Platform = Platform.EVOLUTION_API,
    account: str | None = None,
    owner: str = "102290129340398",
    bot: BotSettings | None = None,
) -> Integration:
    """An active account on a platform."""
    cloud = platform is Platform.CLOUD_API
    settings = {"base_url": "https://channel.example"} | ({"waba_id": owner} if cloud else {})
    names = ("access_token", "app_secret", "verify_token") if cloud else ("api_key", "webhook_secret")
    return Integration.connect(
        company_id=company_id,
        platform=platform,
        account=account or uuid4().hex,
        name="Atendimento",
        settings=settings,
        credentials={name: f"{name}-{uuid4().hex}" for name in names},
        bot=bot,
        at=now(),
    )


def a_chat(
    client: Client,
    integration: Integration,
    *,
    attendant: Actor | None = None,
    with_bot: bool = False,
    at: datetime | None = None,
) -> Chat:
    """A chat in which nobody has written yet."""
    return Chat.open(
        company_id=client.company_id,
        client=Named(client.id, client.name),
        client_phone=client.phone.e164 if client.phone else None,
        integration_id=integration.id,
        platform=integration.platform,
        at=at or now(),
        with_bot=with_bot,
        attendant=Named(attendant.user_id, attendant.name) if attendant else None,
    )


def an_inbound(
    content: Content | str = "Oi",
    *,
    provider_id: str | None = None,
    at: datetime | None = None,
    from_phone: bool = False,
    entry_point: bool = False,
    forwarded: bool = False,
) -> Inbound:
    """A message of a client, under a provider's id that nobody else has."""
    return Inbound(
        provider_id=provider_id or f"wamid.{uuid4().hex}",
        peer=Peer(phone="5541988887777"),
        content=Text(body=content) if isinstance(content, str) else content,
        at=at,
        from_phone=from_phone,
        entry_point=entry_point,
        forwarded=forwarded,
    )


def a_receipt(status: ReceiptStatus = ReceiptStatus.DELIVERED, *, provider_id: str = "wamid.1") -> Receipt:
    """News about a message that we sent."""
    return Receipt(provider_id=provider_id, status=status, peer=None, at=now())


def an_arrival(
    company_id: CompanyId,
    integration_id: IntegrationId,
    *,
    key: str | None = None,
    lane: str = "5541988887777",
    raw: bytes = b"{}",
    outcome: Outcome = Outcome.PENDING,
) -> Arrival:
    """Something that a platform told us."""
    return Arrival(
        company_id=company_id,
        integration_id=integration_id,
        event_key=key or f"m:wamid.{uuid4().hex}",
        lane=lane,
        raw=raw,
        outcome=outcome,
    )


def a_call(
    integration: Integration,
    *,
    at: datetime | None = None,
    direction: Direction = Direction.OUT,
    outcome: CallOutcome = CallOutcome.OK,
    error: str | None = None,
) -> Call:
    """A message that was handed to the platform, or a webhook that came from it."""
    return Call(
        id=new_id(),
        company_id=integration.company_id,
        integration_id=integration.id,
        platform=integration.platform,
        at=at or now(),
        direction=direction,
        kind=CallKind.MESSAGE if direction is Direction.OUT else CallKind.WEBHOOK,
        outcome=outcome,
        http_status=200 if outcome is CallOutcome.OK else None,
        latency_ms=12,
        request_id="Az8or2yhqkZfEZ",
        peer="…7777",
        error_code=error,
        error_title=error and "It did not work",
    )


def a_charge(
    chat: Chat,
    amount: str | None = "0.0068",
    *,
    category: str = "utility",
    at: datetime | None = None,
    attendant: Actor | None = None,
    provider_id: str | None = None,
    currency: str = "USD",
) -> Charge:
    """A message of this chat that was delivered."""
    return Charge(
        integration_id=chat.integration_id,
        provider_id=provider_id or f"wamid.{uuid4().hex}",
        message_id=MessageId(new_id()),
        chat_id=chat.id,
        attendant_id=attendant.user_id if attendant else None,
        at=at or now(),
        country="BR",
        price=Price(
            category=category,
            kind="regular",
            amount=None if amount is None else Decimal(amount),
            currency=currency,
            rated_from=None if amount is None else date(2025, 7, 1),
        ),
    )
