"""Jaboti with one promise broken: `python -m tests.integration.faults.mutants <name> serve`.

A test that can't fail proves nothing: each of these has to be found out by the tests of this folder.
"""

import asyncio
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from attrs import evolve
from sqlalchemy import CTE, func, select

from jaboti_adapters.postgres import commands, flush, journal_statements, outbound, stream
from jaboti_adapters.postgres.journal import PostgresJournal
from jaboti_adapters.postgres.messages import PostgresMessages
from jaboti_adapters.postgres.outbound import PostgresOutbound
from jaboti_adapters.postgres.statements import Statement
from jaboti_domain.chat.delivery import DeliveryState
from jaboti_domain.chat.message import Message
from jaboti_domain.chat.ports import Errand, ProviderId
from jaboti_domain.chat.use_cases import acquaint
from jaboti_domain.chat.use_cases.acquaint import names_of as understood
from jaboti_domain.chat.use_cases.dispatch import Deliver
from jaboti_domain.client import identity
from jaboti_domain.client.model import Client
from jaboti_domain.integration.errors import SendingFailed
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.ports.journal import Arrival
from jaboti_domain.integration.traffic import Traffic, tells_of_platform
from jaboti_domain.kernel.events import Recorded
from jaboti_domain.kernel.ids import IntegrationId
from jaboti_entrypoints import cli
from jaboti_entrypoints.realtime.feed import Feed
from jaboti_entrypoints.realtime.replay import Replay

LATER = 0.3
SEQUENCE = "mutant_ids"


def answer_before_commit() -> None:
    """Webhooks are answered first and kept a little later."""
    keep = PostgresJournal.append
    kept = set[asyncio.Task[int]]()

    async def append(self: PostgresJournal, arrivals: Sequence[Arrival]) -> int:
        async def late() -> int:
            await asyncio.sleep(LATER)
            return await keep(self, arrivals)

        kept.add(asyncio.create_task(late()))
        return len(arrivals)

    _replace(PostgresJournal, "append", append)


def no_unique_key() -> None:
    """Whatever is delivered again is new: without the tables' unique keys, and with nobody who looks for it first."""

    async def find_nothing(self: PostgresMessages, ids: object) -> Mapping[ProviderId, Message]:
        return {}

    head, _, tail = journal_statements.APPEND.sql.rpartition("ON CONFLICT DO NOTHING")
    _rewrite(journal_statements.APPEND, head + tail)
    _replace(PostgresMessages, "find_by_provider", find_nothing)


def blind_resend() -> None:
    """What has no answer yet is sent again at once."""
    claim = PostgresOutbound.claim

    async def impatient(
        self: PostgresOutbound, *, errands: int, unsure_after: timedelta, passing_over: Collection[IntegrationId] = ()
    ) -> Sequence[Errand]:
        return await claim(self, errands=errands, unsure_after=timedelta(0), passing_over=passing_over)

    _replace(PostgresOutbound, "claim", impatient)


def no_asking() -> None:
    """What nobody knows the outcome of is sent again without asking the platform whether it has it."""

    async def unasked(self: Deliver, parcel: object, outbound: object) -> None:
        return None

    _replace(Deliver, "_ask", unasked)


def no_lanes() -> None:
    """A chat's messages are sent side by side."""
    earlier = "earlier.id < errand.id"
    _rewrite(outbound.CLAIM, outbound.CLAIM.sql.replace(earlier, f"{earlier} AND false"))


def one_breaker_for_all() -> None:
    """When a platform is away for one integration, all are left alone."""
    closed_for, ended = Traffic.closed_for, Traffic.ended
    everybody = IntegrationId(UUID(int=0))

    def closed(self: Traffic, integration: Integration, at: datetime) -> timedelta:
        return closed_for(self, evolve(integration, id=everybody, settings={}, credentials={}), at)

    def learned(self: Traffic, integration: Integration, failure: SendingFailed | None, *, at: datetime) -> str | None:
        trouble = failure and tells_of_platform(failure)
        shared = evolve(integration, id=everybody, settings={}, credentials={})
        return ended(self, shared, failure, at=at) if trouble else None

    _replace(Traffic, "closed_for", closed)
    _replace(Traffic, "ended", learned)


def status_not_monotonic() -> None:
    """The newest word on a message counts, whatever was said before."""
    _replace(DeliveryState, "advanced", lambda self, other: other)


def no_replay() -> None:
    """Who comes back is told only what happens from then on."""

    async def begin(feed: Feed, resume: str | None) -> Replay:
        replay = Replay(feed, feed.position)
        replay.resumed = resume is not None
        return replay

    _replace(Replay, "begin", begin)


def ids_before_commit() -> None:
    """Events are numbered by a sequence, and readers ask for what is above the last number that they saw."""

    def numbered(before: Mapping[str, CTE]) -> CTE:
        done = [flush._all_written(part, rows) for part, rows in before.items()]
        slow_commit = func.pg_sleep(func.random() * 0.2)
        return select((func.nextval(SEQUENCE) * 1000).label("seq"), slow_commit).where(*done).cte("stream")

    def hear(self: Feed, events: Sequence[Recorded]) -> None:
        for event in events:
            if event.seq > self.position.seq:
                self._tell(event)
        self.look()

    newest = "(SELECT max(seq) FROM event WHERE event.company_id = company_stream.company_id) AS seq"
    _rewrite(stream.HEAD, stream.HEAD.sql.replace("company_stream.seq AS seq", newest))
    _replace(flush, "_advance_stream", numbered)
    _replace(Feed, "hear", hear)


def no_command_notes() -> None:
    """A command is not noted with what it does."""
    _replace(commands, "to_be_noted", lambda company_id: None)


def numbers_as_written() -> None:
    """A mobile with the ninth digit and without it are two numbers."""
    _replace(identity, "line_key", lambda digits: digits)


def no_hidden_ids() -> None:
    """Who writes by their hidden id is nobody whom we know."""
    _replace(acquaint, "names_of", lambda peer: understood(evolve(peer, lid=None)))


def no_user_ids() -> None:
    """Who writes by their user id is nobody whom we know."""
    _replace(acquaint, "names_of", lambda peer: understood(evolve(peer, cloud_user_id=None)))


def never_as_one() -> None:
    """Two who turn out to be one stay two."""
    _replace(acquaint.Acquaintance, "_as_one", lambda self, clients: clients[0])
    _replace(Client, "meet", lambda self, **_: None)


MUTANTS: Mapping[str, Callable[[], None]] = {
    mutant.__name__: mutant
    for mutant in (
        answer_before_commit,
        no_unique_key,
        blind_resend,
        no_asking,
        no_lanes,
        one_breaker_for_all,
        status_not_monotonic,
        no_replay,
        ids_before_commit,
        no_command_notes,
        numbers_as_written,
        no_hidden_ids,
        no_user_ids,
        never_as_one,
    )
}


def _replace(owner: object, name: str, other: object) -> None:
    assert hasattr(owner, name)
    setattr(owner, name, other)


def _rewrite(statement: Statement, sql: str) -> None:
    assert sql != statement.sql
    statement.__dict__["sql"] = sql


if __name__ == "__main__":
    MUTANTS[sys.argv.pop(1)]()
    cli.main()
