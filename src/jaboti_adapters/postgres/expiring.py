"""Chats that ended long ago lose their words."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING
from uuid import UUID

from attrs import evolve
from sqlalchemy import text

from jaboti_adapters.postgres.aging import FIRST
from jaboti_adapters.postgres.chats import chat_of
from jaboti_adapters.postgres.documents import chat_shown
from jaboti_adapters.postgres.silencing import SILENT, UNEXPLAINED, silencing
from jaboti_adapters.postgres.statements import Statement
from jaboti_adapters.postgres.unit import CompanyUnit
from jaboti_domain.chat.model import Chat
from jaboti_domain.privacy.model import Batch, Mark

if TYPE_CHECKING:
    from asyncpg import Record

CHATS = 50
"""At once, at most."""

OWED = """
    EXISTS (SELECT FROM errand WHERE errand.company_id = :company_id AND errand.chat_id = chat.id)
    OR EXISTS (
        SELECT FROM message WHERE message.company_id = :company_id AND message.chat_id = chat.id
        AND message.status IN ('QUEUED', 'SENDING')
    )
"""
"""Something waits to be sent, or nobody knows yet whether it was."""
_ENDED = """
    SELECT * FROM chat
    WHERE company_id = :company_id AND ended_at IS NOT NULL AND (expired_at IS NULL OR expired_at < ended_at)
      AND ended_at < CAST(:before AS timestamptz)
      AND (ended_at, id) >= (CAST(:ended_at AS timestamptz), CAST(:id AS uuid))
      AND (CAST(:seq AS integer) IS NOT NULL OR (ended_at, id) <> (CAST(:ended_at AS timestamptz), CAST(:id AS uuid)))
      AND NOT ({owed})
    ORDER BY ended_at, id LIMIT {chats}
"""


def ended(*, owed: str = OWED) -> tuple[Statement, Statement]:
    """Chats whose words are too old: only looked at, and locked."""
    chats = _ENDED.format(owed=owed, chats=CHATS)
    return Statement(text(chats)), Statement(text(f"{chats} FOR NO KEY UPDATE SKIP LOCKED"))


LOOK_AT_CHATS, LOCK_CHATS = ended()


def _looked(at_most: int) -> str:
    return f"""
    looked AS MATERIALIZED (
        SELECT given.place, said.chat_id, said.seq
        FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS given (id, place)
        CROSS JOIN LATERAL (
            SELECT message.chat_id, message.seq FROM message
            WHERE message.company_id = :company_id AND message.chat_id = given.id
              AND message.seq > CASE WHEN given.place = 1 THEN CAST(:seq AS integer) ELSE 0 END
              AND NOT (content::text = '{SILENT}' AND reactions::text = '{{}}'
                       AND metadata::text IN ('{{"expired": true}}', '{{"anonymized": true}}'))
            ORDER BY message.seq LIMIT {at_most}
        ) AS said
        ORDER BY given.place, said.seq LIMIT {at_most}
    )
"""


@cache
def looking(at_most: int) -> Statement:
    """What of so many messages would lose its words."""
    return Statement(
        text(
            f"WITH {_looked(at_most)} SELECT chat_id, count(*) AS looked, count(*) AS changed, max(seq) AS last"
            " FROM looked GROUP BY place, chat_id ORDER BY place"
        )
    )


@cache
def silencing_them(at_most: int) -> Statement:
    """Takes the words of so many messages. Whoever has one locked does not wait for us, nor we for them: it goes the
    next time.
    """
    return Statement(
        text(
            f"""
            WITH {_looked(at_most)}, free AS MATERIALIZED (
                SELECT message.chat_id, message.seq, message.media_id FROM message JOIN looked USING (chat_id, seq)
                WHERE message.company_id = :company_id FOR NO KEY UPDATE OF message SKIP LOCKED
            ), changed AS (
                UPDATE message SET {silencing("expired")} FROM free
                WHERE message.company_id = :company_id AND message.chat_id = free.chat_id AND message.seq = free.seq
                RETURNING message.chat_id, message.seq
            )
            SELECT chat_id, count(*) AS looked, count(changed.seq) AS changed, max(seq) AS last,
                array_agg(free.media_id) FILTER (WHERE free.media_id IS NOT NULL) AS files
            FROM looked LEFT JOIN free USING (chat_id, seq) LEFT JOIN changed USING (chat_id, seq)
            GROUP BY place, chat_id ORDER BY place
            """
        )
    )


LOCK_FILES = Statement(
    text(
        """
        SELECT id FROM media WHERE company_id = :company_id AND id = ANY(CAST(:ids AS uuid[]))
        ORDER BY id FOR UPDATE SKIP LOCKED
        """
    )
)
"""From then on no message can refer to them; one that does so at this moment keeps its file."""
DROP_FILES = Statement(
    text(
        """
        DELETE FROM media WHERE company_id = :company_id AND id = ANY(CAST(:ids AS uuid[])) AND NOT EXISTS (
            SELECT FROM message WHERE message.company_id = :company_id AND message.media_id = media.id
        )
        """
    )
)
CLOSE = Statement(
    text(
        f"""
        WITH unexplained AS (
            UPDATE milestone SET {UNEXPLAINED}
            WHERE company_id = :company_id AND chat_id = ANY(CAST(:ids AS uuid[])) AND data ->> 'reason' IS NOT NULL
        )
        UPDATE chat SET expired_at = now(), last_text = CASE WHEN last_text IS NOT NULL THEN '' END,
            last_media_type = NULL, shown = given.shown
        FROM unnest(CAST(:ids AS uuid[]), CAST(:shown AS text[])) AS given (id, shown)
        WHERE company_id = :company_id AND chat.id = given.id
        """
    )
)


async def look(unit: CompanyUnit, *, before: datetime, after: Mark | None, at_most: int) -> Batch:
    """How many messages would lose their words."""
    chats = await unit.fetch(LOOK_AT_CHATS, before=before, **_place(after))
    said = await _messages(unit, looking(at_most), chats, after)
    return _batch(chats, said, at_most)


async def expire(unit: CompanyUnit, *, before: datetime, after: Mark | None, at_most: int) -> Batch:
    """They lose them; and chats of which nothing is left to say are done with."""
    chats = await unit.fetch(LOCK_CHATS, before=before, **_place(after))
    said = await _messages(unit, silencing_them(at_most), chats, after)
    await _drop_files(unit, [media_id for row in said for media_id in row["files"] or ()])
    left = {row["chat_id"] for row in said if row["changed"] < row["looked"]}
    whole = [chat for row in _looked_through(chats, said, at_most) if (chat := chat_of(row)).id not in left]
    if whole:
        shown = [chat_shown(silent(chat)) for chat in whole]
        await unit.fetch(CLOSE, ids=[chat.id for chat in whole], shown=shown)
    return _batch(chats, said, at_most)


async def _drop_files(unit: CompanyUnit, ids: Sequence[UUID]) -> None:
    """What no other message carries; their bytes are cleared away with those of which nobody knows."""
    if ids and (free := [row["id"] for row in await unit.fetch(LOCK_FILES, ids=ids)]):
        await unit.fetch(DROP_FILES, ids=free)


def silent(chat: Chat) -> Chat:
    """The chat without a preview."""
    last = chat.last_message
    return evolve(chat, last_message=last and evolve(last, text="", media_type=None))


async def _messages(
    unit: CompanyUnit, statement: Statement, chats: "Sequence[Record]", after: Mark | None
) -> "Sequence[Record]":
    goes_on = bool(chats) and after is not None and chats[0]["id"] == after[1]
    seq = after[2] if goes_on and after is not None else 0
    return await unit.fetch(statement, ids=[row["id"] for row in chats], seq=seq)


def _looked_through(chats: "Sequence[Record]", said: "Sequence[Record]", at_most: int) -> "Sequence[Record]":
    """The chats of which every message was looked at: all of them, or those before the one where there was no room."""
    if sum(row["looked"] for row in said) < at_most:
        return chats
    ids = [row["id"] for row in chats]
    return chats[: ids.index(said[-1]["chat_id"])]


def _batch(chats: "Sequence[Record]", said: "Sequence[Record]", at_most: int) -> Batch:
    count = sum(row["changed"] for row in said)
    through = _looked_through(chats, said, at_most)
    if not chats:
        return Batch(count=count, last=None)
    if len(through) == len(chats):
        return Batch(count=count, last=(chats[-1]["ended_at"], chats[-1]["id"], None))
    broken_off = chats[len(through)]
    return Batch(count=count, last=(broken_off["ended_at"], broken_off["id"], said[-1]["last"]))


def _place(after: Mark | None) -> dict[str, object]:
    ended_at, chat_id, seq = after or (FIRST["timestamptz"], UUID(int=0), None)
    return {"ended_at": ended_at, "id": chat_id, "seq": seq}
