"""What is known of files."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from attrs import asdict
from sqlalchemy import Integer, Interval, Text, Uuid, func, select, text, true, update

from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.shelf import Shelf
from jaboti_adapters.postgres.statements import COMPANY, Row, Statement, array, param
from jaboti_adapters.postgres.tables import media
from jaboti_adapters.postgres.texts import written
from jaboti_adapters.postgres.unit import CompanyUnit
from jaboti_adapters.postgres.waiting import companies_with
from jaboti_domain.kernel.events import Named
from jaboti_domain.kernel.ids import CompanyId, IntegrationId, MediaId
from jaboti_domain.media.model import Handle, Media, MediaState
from jaboti_domain.media.ports import MediaAccount, MediaQueue, MediaRepository

if TYPE_CHECKING:
    from asyncpg import Record

_OURS = select(media).where(media.c.company_id == COMPANY)
FIND = Statement(
    _OURS.where(media.c.id == func.any(array("ids", Uuid))).order_by(media.c.id).with_for_update(key_share=True)
)
PEEK = Statement(_OURS.where(media.c.id == param("id", Uuid)))
_WAITING = (
    select(media.c.id)
    .where(
        media.c.company_id == COMPANY,
        media.c.state == MediaState.PENDING.value,
        media.c.due_at <= func.now(),
        media.c.integration_id != func.all(array("passing_over", Uuid)),
    )
    .order_by(media.c.due_at, media.c.id)
    .limit(param("at_most", Integer))
    .with_for_update(skip_locked=True, key_share=True)
    .cte("waiting")
)
CLAIM = Statement(
    update(media)
    .where(media.c.company_id == COMPANY, media.c.id == _WAITING.c.id)
    .values(
        attempts=media.c.attempts + 1,
        due_at=func.now() + param("lease", Interval),
        version=media.c.version + 1,
    )
    .returning(*media.c)
)
_IS_DUE = (media.c.state == MediaState.PENDING.value, media.c.due_at <= func.now())
_companies = companies_with(media, *_IS_DUE)
_longest = (
    select(media.c.due_at)
    .where(media.c.company_id == _companies.c.company_id, *_IS_DUE)
    .order_by(media.c.due_at)
    .limit(1)
    .lateral("longest")
)
COMPANIES = Statement(
    select(_companies.c.company_id).join(_longest, true()).order_by(_longest.c.due_at).limit(param("limit", Integer))
)
HOLD = Statement(select(func.pg_advisory_xact_lock(func.hashtextextended(param("content", Text), 0))))
NEEDED = Statement(
    select(media.c.sha256)
    .where(media.c.company_id == COMPANY, media.c.sha256 == func.any(array("hashes", Text)))
    .distinct()
)
REMOVE_UNUSED = Statement(
    text(
        """
        WITH looked AS MATERIALIZED (
            SELECT id, created_at FROM media WHERE company_id = :company_id AND id > CAST(:after AS uuid)
            ORDER BY id LIMIT CAST(:at_most AS integer)
        ), gone AS (
            DELETE FROM media USING looked
            WHERE media.company_id = :company_id AND media.id = looked.id
            AND looked.created_at < CAST(:created_before AS timestamptz)
            AND NOT EXISTS (SELECT FROM message WHERE message.company_id = :company_id AND message.media_id = media.id)
            RETURNING media.sha256
        )
        SELECT (SELECT array_agg(DISTINCT sha256) FILTER (WHERE sha256 IS NOT NULL) FROM gone) AS hashes, id
        FROM looked ORDER BY id DESC LIMIT 1
        """
    )
)
ACCOUNT = Statement(
    select(func.count().label("waiting"), func.min(media.c.created_at).label("oldest")).where(
        media.c.state == MediaState.PENDING.value
    )
)
SHELF: Shelf[Media] = Shelf(media)


async def keep(unit: CompanyUnit, files: Sequence[Media]) -> None:
    """Write what is known of files."""
    await SHELF.keep(unit, files, _row_of)


class PostgresMedia(MediaRepository):
    """As rows, locked in the order of their ids."""

    def __init__(self, unit: CompanyUnit) -> None:
        self._unit = unit

    async def find(self, media_ids: Collection[MediaId]) -> Mapping[MediaId, Media]:
        return {one.id: one for one in map(media_of, await self._unit.fetch(FIND, ids=list(media_ids)))}

    async def peek(self, media_id: MediaId) -> Media | None:
        rows = await self._unit.fetch(PEEK, id=media_id)
        return media_of(rows[0]) if rows else None

    async def claim(
        self, *, at_most: int, lease: timedelta, passing_over: Collection[IntegrationId] = ()
    ) -> Sequence[Media]:
        rows = await self._unit.fetch(CLAIM, at_most=at_most, lease=lease, passing_over=list(passing_over))
        return sorted(map(media_of, rows), key=lambda one: one.id)

    async def hold(self, sha256: str) -> None:
        await self._unit.fetch(HOLD, content=f"{self._unit.company_id} {sha256}")

    async def needed(self, hashes: Collection[str]) -> Collection[str]:
        return {row["sha256"] for row in await self._unit.fetch(NEEDED, hashes=list(hashes))}

    async def remove_unused(
        self, *, created_before: datetime, after: MediaId | None, at_most: int
    ) -> tuple[Collection[str], MediaId | None]:
        rows = await self._unit.fetch(
            REMOVE_UNUSED, created_before=created_before, after=after or UUID(int=0), at_most=at_most
        )
        return (rows[0]["hashes"] or (), rows[0]["id"]) if rows else ((), None)

    async def save(self, *media: Media) -> None:
        self._unit.save(*media)


def _row_of(one: Media) -> Row:
    return (
        one.id,
        one.state,
        one.mime_type,
        one.size,
        one.sha256,
        one.filename,
        one.animated,
        one.uploaded_by.id if one.uploaded_by else None,
        one.uploaded_by.name if one.uploaded_by else None,
        one.created_at,
        one.integration_id,
        one.message_id,
        one.attempts,
        one.due_at,
        written([asdict(handle) for handle in one.handles]) if one.handles else None,
    )


def media_of(row: "Record") -> Media:
    """A row as a file."""
    by = row["uploaded_by_id"]
    return Media(
        id=row["id"],
        company_id=row["company_id"],
        state=MediaState(row["state"]),
        mime_type=row["mime_type"],
        size=row["size"],
        sha256=row["sha256"],
        filename=row["filename"],
        animated=row["animated"],
        uploaded_by=Named(by, row["uploaded_by_name"]) if by else None,
        created_at=row["created_at"],
        integration_id=row["integration_id"],
        message_id=row["message_id"],
        attempts=row["attempts"],
        due_at=row["due_at"],
        handles=_decode_handles(row["handles"] or "[]"),
        version=row["version"],
    )


_decode_handles = msgspec.json.Decoder(tuple[Handle, ...]).decode


class PostgresMediaQueue(MediaQueue):
    """Looks at the files of all companies."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def companies_waiting(self, *, limit: int) -> Sequence[CompanyId]:
        async with self._database.queue() as session:
            return [row["company_id"] for row in await session.fetch(COMPANIES, limit=limit)]

    async def account(self) -> MediaAccount:
        async with self._database.queue() as session:
            (row,) = await session.fetch(ACCOUNT)
        return MediaAccount(**row)
