"""Commands that were carried out."""

import asyncpg
from sqlalchemy import LargeBinary, Text, Uuid, func, literal_column, null, select, update
from sqlalchemy.dialects.postgresql import INTERVAL, insert

from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.queries.scope import HERE, within_company
from jaboti_adapters.postgres.statements import COMPANY, Statement, param
from jaboti_adapters.postgres.tables import command
from jaboti_adapters.postgres.unit import CompanyUnit
from jaboti_adapters.subjects import subject_of
from jaboti_domain.kernel.commands import (
    REMEMBERED,
    CommandInProgress,
    CommandKey,
    CommandLog,
    CommandNote,
    CommandRepeated,
    to_be_noted,
)
from jaboti_domain.kernel.errors import Unavailable

_IS_OLD = command.c.at < func.now() - literal_column(f"interval '{int(REMEMBERED.total_seconds())} seconds'", INTERVAL)
_NAMED = (command.c.user_id == param("user_id", Uuid), command.c.key == param("key", Text))
_NEW = insert(command).values(
    company_id=COMPANY,
    user_id=param("user_id", Uuid),
    key=param("key", Text),
    fingerprint=param("fingerprint", LargeBinary),
    at=func.now(),
    subject=param("subject", Uuid),
    answer=null(),
)

NOTE = Statement(
    _NEW.on_conflict_do_update(
        index_elements=["company_id", "user_id", "key"],
        set_={name: _NEW.excluded[name] for name in ("fingerprint", "at", "subject", "answer")},
        where=_IS_OLD,
    ).returning(command.c.key)
)
FIND = within_company(
    select(command.c.fingerprint, command.c.subject, command.c.answer).where(
        command.c.company_id == HERE, *_NAMED, ~_IS_OLD
    )
)
KEEP_ANSWER = Statement(
    update(command)
    .where(command.c.company_id == COMPANY, *_NAMED, command.c.answer.is_(None))
    .values(answer=param("answer", LargeBinary))
)


async def note(unit: CompanyUnit) -> None:
    """Note the command that is under way, if it has to be. Raises CommandRepeated, CommandInProgress."""
    under_way = to_be_noted(unit.company_id)
    if under_way is None:
        return
    key = under_way.key
    values = {"user_id": key.user_id, "key": key.key, "fingerprint": key.fingerprint}
    try:
        noted = await unit.fetch(NOTE, **values, subject=subject_of(unit.everything))
    except Unavailable as error:
        if isinstance(error.__cause__, asyncpg.LockNotAvailableError):
            raise CommandInProgress() from error
        raise
    if not noted:
        raise CommandRepeated()
    unit.command = under_way


class PostgresCommandLog(CommandLog):
    """Commands as rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, key: CommandKey) -> CommandNote | None:
        async with self._database.single() as session:
            rows = await session.fetch(FIND, company_id=key.company_id, user_id=key.user_id, key=key.key)
        return CommandNote(**rows[0]) if rows else None

    async def keep_answer(self, key: CommandKey, answer: bytes) -> None:
        async with self._database.company(key.company_id) as transaction:
            await transaction.fetch(
                KEEP_ANSWER, company_id=key.company_id, user_id=key.user_id, key=key.key, answer=answer
            )
            await transaction.commit()
