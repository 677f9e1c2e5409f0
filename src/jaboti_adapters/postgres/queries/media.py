"""Reads of what is known of files."""

from sqlalchemy import Uuid, select

from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.media import media_of
from jaboti_adapters.postgres.queries.scope import HERE, within_company
from jaboti_adapters.postgres.statements import param
from jaboti_adapters.postgres.tables import media
from jaboti_domain.kernel.ids import CompanyId, MediaId
from jaboti_domain.media.errors import MediaNotFound
from jaboti_domain.media.model import Media
from jaboti_domain.media.ports import MediaReads

ONE = within_company(select(media).where(media.c.company_id == HERE, media.c.id == param("id", Uuid)))


class PostgresMediaReads(MediaReads):
    """One statement each."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def one(self, company_id: CompanyId, media_id: MediaId) -> Media:
        async with self._database.single() as session:
            rows = await session.fetch(ONE, company_id=company_id, id=media_id)
        if not rows:
            raise MediaNotFound()
        return media_of(rows[0])
