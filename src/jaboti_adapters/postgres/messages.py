"""Messages."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from attrs import asdict
from sqlalchemy import ColumnElement, Integer, Text, Uuid, func, select, update

from jaboti_adapters.postgres.documents import message_shown
from jaboti_adapters.postgres.statements import COMPANY, Given, Row, Statement, array, param
from jaboti_adapters.postgres.tables import chat, message
from jaboti_adapters.postgres.texts import read, written
from jaboti_adapters.postgres.unit import CompanyUnit
from jaboti_domain.chat.delivery import DeliveryError, DeliveryState
from jaboti_domain.chat.errors import MessageNotFound
from jaboti_domain.chat.message import Message, SenderType
from jaboti_domain.chat.ports import MessageRepository, ProviderId
from jaboti_domain.chat.routing import audience_of
from jaboti_domain.integration.content import content_from_record, content_record
from jaboti_domain.kernel.errors import StaleVersion
from jaboti_domain.kernel.events import Named
from jaboti_domain.kernel.forgetting import forgotten
from jaboti_domain.kernel.ids import ChatId, IntegrationId, MessageId

if TYPE_CHECKING:
    from asyncpg import Record

    from jaboti_adapters.postgres.pool import Rows

_FIXED = (
    "id",
    "chat_id",
    "seq",
    "integration_id",
    "outbound",
    "sender_type",
    "sender_id",
    "sender_name",
    "at",
    "client_key",
    "media_id",
)
_CHANGING = (
    "content",
    "reply_to",
    "status",
    "error",
    "provider_id",
    "provider_at",
    "metadata",
    "possibly_doubled",
    "edited_at",
    "revoked_at",
    "reactions",
    "shown",
    "version",
)
COLUMNS = tuple(message.c[name] for name in (*_FIXED, *_CHANGING))
"""What `row_of` gives."""


def row_of(one: Message, integration_id: IntegrationId) -> Row:
    """A new message as a row."""
    return (
        one.id,
        one.chat_id,
        one.seq,
        integration_id,
        one.is_outbound,
        one.sender_type,
        one.sender.id if one.sender else None,
        one.sender.name if one.sender else None,
        one.at,
        one.client_key,
        _media_id_of(one),
        *_changing(one),
    )


def _media_id_of(one: Message) -> UUID | None:
    file = one.content.file
    return UUID(file.media_id) if file is not None and file.media_id is not None else None


def _changing(one: Message) -> Row:
    return (
        written(content_record(one.content)),
        one.reply_to,
        one.status,
        written(asdict(one.error)) if one.error else None,
        one.provider_id,
        one.provider_at,
        written(one.metadata),
        one.possibly_doubled,
        one.edited_at,
        one.revoked_at,
        written(one.reactions),
        message_shown(one),
        one.version + 1,
    )


def message_of(row: "Record") -> Message:
    """A row as a message."""
    sender_id, error = row["sender_id"], row["error"]
    return Message(
        id=row["id"],
        company_id=row["company_id"],
        chat_id=row["chat_id"],
        seq=row["seq"],
        sender_type=SenderType(row["sender_type"]),
        sender=Named(sender_id, row["sender_name"]) if sender_id else None,
        content=content_from_record(read(row["content"])),
        reply_to=row["reply_to"],
        status=DeliveryState(row["status"]),
        error=DeliveryError(**read(error)) if error else None,
        provider_id=row["provider_id"],
        at=row["at"],
        provider_at=row["provider_at"],
        client_key=row["client_key"],
        metadata=read(row["metadata"]),
        possibly_doubled=row["possibly_doubled"],
        edited_at=row["edited_at"],
        revoked_at=row["revoked_at"],
        reactions=read(row["reactions"]),
        audience=audience_of(row["attendant_id"], row["department_id"]),
        version=row["version"],
    )


_READ = tuple(c for c in message.c if c.name != "shown")
_OURS = (
    select(*_READ, chat.c.attendant_id, chat.c.department_id)
    .join(chat, (chat.c.company_id == message.c.company_id) & (chat.c.id == message.c.chat_id))
    .where(message.c.company_id == COMPANY)
)


def _locked(where: ColumnElement[bool]) -> Statement:
    return Statement(_OURS.where(where).order_by(message.c.id).with_for_update(key_share=True, of=message))


_GIVEN_NAMES = Given("name", message.c.integration_id, message.c.provider_id)
_NAMES = _GIVEN_NAMES.many
_GIVEN_CHANGES = Given("changed", *(message.c[name] for name in ("id", *_CHANGING)))
_CHANGES = _GIVEN_CHANGES.many
_IN_CHAT = _OURS.where(message.c.chat_id == param("chat_id", Uuid))

FIND = _locked(message.c.id == func.any(array("ids", Uuid)))
FIND_BY_PROVIDER = _locked(
    (message.c.integration_id == _NAMES.c.integration_id) & (message.c.provider_id == _NAMES.c.provider_id)
)
FIND_BY_CLIENT_KEY = Statement(_IN_CHAT.where(message.c.client_key == param("client_key", Text)))
GET_IN_CHAT = Statement(_IN_CHAT.where(message.c.id == param("id", Uuid)))
NEWEST_OF_CLIENT = Statement(
    _IN_CHAT.where(message.c.seq <= param("up_to", Integer), message.c.sender_type == SenderType.CLIENT.value)
    .order_by(message.c.seq.desc())
    .limit(1)
)
UPDATE = Statement(
    update(message)
    .where(
        message.c.company_id == COMPANY,
        message.c.id == _CHANGES.c.id,
        message.c.version == _CHANGES.c.version - 1,
    )
    .values({name: _CHANGES.c[name] for name in _CHANGING})
    .returning(message.c.version)
)


async def keep(unit: CompanyUnit, messages: Sequence[Message]) -> None:
    """Write what changed in messages that were there before. Raises StaleVersion."""
    if not messages:
        return
    rows = [(one.id, *_changing(one)) for one in messages]
    if len(await unit.fetch(UPDATE, **_GIVEN_CHANGES.rows(rows))) < len(rows):
        raise StaleVersion()
    for one in messages:
        one.version += 1


class PostgresMessages(MessageRepository):
    """Messages as rows, locked in the order of their ids."""

    def __init__(self, unit: CompanyUnit) -> None:
        self._unit = unit

    async def find(self, message_ids: Collection[MessageId]) -> Mapping[MessageId, Message]:
        return {one.id: one for one in map(message_of, await self._unit.fetch(FIND, ids=list(message_ids)))}

    async def find_by_provider(self, ids: Collection[ProviderId]) -> Mapping[ProviderId, Message]:
        rows = await self._unit.fetch(FIND_BY_PROVIDER, **_GIVEN_NAMES.rows(ids))
        return {(row["integration_id"], row["provider_id"]): message_of(row) for row in rows}

    async def find_forgotten(self, ids: Collection[ProviderId]) -> Mapping[ProviderId, Message]:
        hashes = {(integration_id, forgotten(name)): (integration_id, name) for integration_id, name in ids}
        return {hashes[name]: one for name, one in (await self.find_by_provider(hashes)).items()}

    async def find_by_client_key(self, chat_id: ChatId, client_key: str) -> Message | None:
        return _first(await self._unit.fetch(FIND_BY_CLIENT_KEY, chat_id=chat_id, client_key=client_key))

    async def get_in_chat(self, chat_id: ChatId, message_id: MessageId) -> Message:
        found = _first(await self._unit.fetch(GET_IN_CHAT, chat_id=chat_id, id=message_id))
        if found is None:
            raise MessageNotFound()
        return found

    async def newest_of_client(self, chat_id: ChatId, *, up_to: int) -> Message | None:
        return _first(await self._unit.fetch(NEWEST_OF_CLIENT, chat_id=chat_id, up_to=up_to))

    async def save(self, *messages: Message) -> None:
        self._unit.save(*messages)


def _first(rows: "Rows") -> Message | None:
    return message_of(rows[0]) if rows else None
