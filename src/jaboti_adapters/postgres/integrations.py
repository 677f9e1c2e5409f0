"""Integrations, their secrets sealed."""

from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from attrs import asdict
from sqlalchemy import Text, Uuid, delete, func, insert, literal, select, update

from jaboti_adapters.postgres.shelf import Shelf
from jaboti_adapters.postgres.statements import COMPANY, Given, Row, Statement, array, param
from jaboti_adapters.postgres.tables import chat, company, integration, integration_account
from jaboti_adapters.postgres.texts import read, written
from jaboti_adapters.postgres.unit import CompanyUnit
from jaboti_domain.chat.routing import ChatStatus
from jaboti_domain.integration.errors import IntegrationNotFound
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import Integration, IntegrationStatus, News, Secret
from jaboti_domain.integration.ports.channels import Vault
from jaboti_domain.integration.ports.stores import IntegrationRepository
from jaboti_domain.kernel.bot import BotSettings
from jaboti_domain.kernel.ids import IntegrationId

if TYPE_CHECKING:
    from asyncpg import Record


def integration_of(row: "Record", vault: Vault) -> Integration:
    """A row of `integration`, and of its company's bot, as an integration; its secrets opened."""
    company_id, integration_id = row["company_id"], row["id"]
    return Integration(
        id=integration_id,
        company_id=company_id,
        platform=Platform(row["platform"]),
        account=row["account"],
        name=row["name"],
        status=IntegrationStatus(row["status"]),
        settings=read(row["settings"]),
        credentials={
            name: vault.open(b64decode(sealed), company_id=company_id, place=_place(integration_id, name))
            for name, sealed in read(row["credentials"]).items()
        },
        bot=bot_of(row["bot"]),
        company_bot=bot_of(row["company_bot"]),
        reopen_within=timedelta(seconds=row["reopen_seconds"]),
        trouble=row["trouble"],
        quality=row["quality"],
        news=[_news_of(each) for each in read(row["news"])],
        removed_at=row["removed_at"],
        version=row["version"],
    )


def _news_of(record: Mapping[str, str]) -> News:
    return News(topic=record["topic"], summary=record["summary"], at=datetime.fromisoformat(record["at"]))


def bot_of(text: str | None) -> BotSettings | None:
    """What was written of a bot."""
    return BotSettings(**read(text)) if text else None


def _row_of(vault: Vault, one: Integration) -> Row:
    return (
        one.id,
        one.platform,
        one.account,
        one.name,
        one.status,
        written(one.settings),
        written({name: _sealed(vault, one, name, secret) for name, secret in one.credentials.items()}),
        written(asdict(one.bot)) if one.bot else None,
        int(one.reopen_within.total_seconds()),
        one.trouble,
        one.quality,
        one.removed_at,
        written([{"topic": each.topic, "summary": each.summary, "at": each.at.isoformat()} for each in one.news]),
    )


def _sealed(vault: Vault, one: Integration, name: str, secret: Secret) -> str:
    return b64encode(vault.seal(secret, company_id=one.company_id, place=_place(one.id, name))).decode()


def _place(integration_id: IntegrationId, name: str) -> str:
    return f"integration/{integration_id}/{name}"


def _account_of(one: Integration) -> Row:
    owner = one.settings.get("waba_id") if one.platform is Platform.CLOUD_API else None
    return (one.platform, one.account, owner, one.id)


_ACCOUNT_COLUMNS = tuple(c for c in integration_account.c if c.name != "company_id")
_GIVEN = Given("account", *_ACCOUNT_COLUMNS)
_ACCOUNTS = _GIVEN.many
WITH_BOTS = select(integration, company.c.bot.label("company_bot"))
"""What `integration_of` reads; to be joined by `OF_COMPANY`."""
OF_COMPANY = company.c.id == integration.c.company_id
_ALL = WITH_BOTS.join(company, OF_COMPANY).where(
    integration.c.company_id == COMPANY, integration.c.removed_at.is_(None)
)
_OURS = _ALL.where(integration.c.id == func.any(array("ids", Uuid)))

FIND = Statement(_OURS)
GET = Statement(_OURS.with_for_update(key_share=True, of=integration))
BY_ACCOUNT = Statement(
    _ALL.where(
        integration.c.platform == param("platform", Text), integration.c.account == param("account", Text)
    ).with_for_update(key_share=True, of=integration)
)
ALL = Statement(_ALL.order_by(integration.c.id))
OPEN_CHATS = Statement(
    select(literal(1))
    .where(
        chat.c.company_id == COMPANY,
        chat.c.integration_id == param("id", Uuid),
        chat.c.status != ChatStatus.CLOSED.value,
    )
    .limit(1)
)
ADD_ACCOUNTS = Statement(
    insert(integration_account)
    .from_select(["company_id", *(c.name for c in _ACCOUNT_COLUMNS)], select(COMPANY, *_ACCOUNTS.c))
    .returning(integration_account.c.account)
)
CHANGE_OWNERS = Statement(
    update(integration_account)
    .where(
        integration_account.c.company_id == COMPANY,
        integration_account.c.integration_id == _ACCOUNTS.c.integration_id,
        integration_account.c.owner.is_distinct_from(_ACCOUNTS.c.owner),
    )
    .values(owner=_ACCOUNTS.c.owner)
)
FREE_ACCOUNTS = Statement(
    delete(integration_account).where(
        integration_account.c.company_id == COMPANY,
        integration_account.c.integration_id == func.any(array("ids", Uuid)),
    )
)
SHELF: Shelf[Integration] = Shelf(integration)


async def keep(unit: CompanyUnit, integrations: Sequence[Integration], vault: Vault) -> None:
    """Write integrations, and who has which account. Raises AccountTaken, StaleVersion."""
    new = [_account_of(one) for one in integrations if one.version == 0]
    known = [_account_of(one) for one in integrations if one.version > 0 and one.removed_at is None]
    removed = [one.id for one in integrations if one.removed_at is not None]
    await SHELF.keep(unit, integrations, partial(_row_of, vault))
    if new:
        await unit.fetch(ADD_ACCOUNTS, **_GIVEN.rows(new))
    if known:
        await unit.fetch(CHANGE_OWNERS, **_GIVEN.rows(known))
    if removed:
        await unit.fetch(FREE_ACCOUNTS, ids=removed)


class PostgresIntegrations(IntegrationRepository):
    """Integrations as rows; each credential is sealed for its own place."""

    def __init__(self, unit: CompanyUnit, vault: Vault) -> None:
        self._unit = unit
        self._vault = vault

    async def get(self, integration_id: IntegrationId) -> Integration:
        rows = await self._unit.fetch(GET, ids=[integration_id])
        if not rows:
            raise IntegrationNotFound()
        return integration_of(rows[0], self._vault)

    async def find(self, integration_ids: Collection[IntegrationId]) -> Mapping[IntegrationId, Integration]:
        rows = await self._unit.fetch(FIND, ids=list(integration_ids))
        return {row["id"]: integration_of(row, self._vault) for row in rows}

    async def find_by_account(self, platform: Platform, account: str) -> Integration | None:
        rows = await self._unit.fetch(BY_ACCOUNT, platform=platform, account=account)
        return integration_of(rows[0], self._vault) if rows else None

    async def all(self) -> Sequence[Integration]:
        return [integration_of(row, self._vault) for row in await self._unit.fetch(ALL)]

    async def has_open_chats(self, integration_id: IntegrationId) -> bool:
        return bool(await self._unit.fetch(OPEN_CHATS, id=integration_id))

    async def save(self, integration: Integration) -> None:
        self._unit.save(integration)
