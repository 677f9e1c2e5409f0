"""Rate cards."""

import time
from collections.abc import Callable, Collection, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.statements import Given, Statement
from jaboti_adapters.postgres.tables import rate
from jaboti_domain.integration.costs import RateBook, RateCard
from jaboti_domain.integration.ports.stores import RateCards

BEHIND = 60.0
"""Seconds for which the book is remembered."""

_GIVEN = Given("card", *rate.c)
_adding = insert(rate).from_select([*rate.c], select(*_GIVEN.many.c))

ALL = Statement(select(rate).order_by(rate.c.market, rate.c.category, rate.c.currency, rate.c.valid_from))
PUT = Statement(
    _adding.on_conflict_do_update(index_elements=[*rate.primary_key], set_={"amount": _adding.excluded.amount})
)


class PostgresRateCards(RateCards):
    """Rate cards as rows, which every process reads once a minute while it needs them.

    They are read beside the companies' connections: whoever needs a price may hold the last of those.
    """

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._known: tuple[float, RateBook] | None = None

    async def all(self) -> Sequence[RateCard]:
        async with self._database.queue() as session:
            return [RateCard(**row) for row in await session.fetch(ALL)]

    async def put(self, cards: Collection[RateCard]) -> None:
        rows = {card.key: _row_of(card) for card in cards}
        async with self._database.queue() as session:
            await session.fetch(PUT, **_GIVEN.rows(rows.values()))
        self._known = None

    async def book(self) -> RateBook:
        now = self._clock()
        if self._known is None or self._known[0] <= now:
            self._known = (now + BEHIND, RateBook(await self.all()))
        return self._known[1]


def _row_of(card: RateCard) -> tuple[str, str, str, date, Decimal]:
    return (card.market, card.category, card.currency, card.valid_from, card.amount)
