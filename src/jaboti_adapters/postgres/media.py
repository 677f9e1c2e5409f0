"""What is known of files."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Uuid, func, select

from jaboti_adapters.postgres.shelf import Shelf
from jaboti_adapters.postgres.statements import COMPANY, Row, Statement, array, param
from jaboti_adapters.postgres.tables import media
from jaboti_adapters.postgres.unit import CompanyUnit
from jaboti_domain.kernel.events import Named
from jaboti_domain.kernel.ids import MediaId
from jaboti_domain.media.model import Media, MediaState
from jaboti_domain.media.ports import MediaRepository

if TYPE_CHECKING:
    from asyncpg import Record

_OURS = select(media).where(media.c.company_id == COMPANY)
FIND = Statement(
    _OURS.where(media.c.id == func.any(array("ids", Uuid))).order_by(media.c.id).with_for_update(key_share=True)
)
PEEK = Statement(_OURS.where(media.c.id == param("id", Uuid)))
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
        version=row["version"],
    )
