"""The outbound lanes of one company's chats."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Integer, Select, Uuid, column, delete, false, func, or_, select, true, update
from sqlalchemy.dialects.postgresql import INTERVAL

from jaboti_adapters.postgres.statements import COMPANY, Given, Statement, array, param
from jaboti_adapters.postgres.tables import chat, errand, journal, message
from jaboti_adapters.postgres.unit import CompanyUnit
from jaboti_domain.chat.model import Chat
from jaboti_domain.chat.ports import Errand, ErrandKind, OutboundRepository, Pair, Postponement, Settlement
from jaboti_domain.integration.ports.journal import Outcome
from jaboti_domain.kernel.ids import IntegrationId, MessageId

_earlier = errand.alias("earlier")
_IS_FIRST = ~(
    select(_earlier.c.id)
    .where(
        _earlier.c.company_id == errand.c.company_id,
        _earlier.c.chat_id == errand.c.chat_id,
        _earlier.c.id < errand.c.id,
    )
    .exists()
)
_IS_UNSURE = or_(errand.c.unsure, errand.c.sending)
_IS_UNREAD = (
    select(journal.c.id)
    .where(
        journal.c.company_id == errand.c.company_id,
        journal.c.outcome == Outcome.PENDING.value,
        journal.c.received_at <= errand.c.due_at,
    )
    .exists()
)
_IS_HEARD_OUT = or_(~_IS_UNSURE, ~_IS_UNREAD)
_IS_PASSED_OVER = (
    select(chat.c.id)
    .where(
        chat.c.company_id == errand.c.company_id,
        chat.c.id == errand.c.chat_id,
        chat.c.integration_id == func.any(array("passing_over", Uuid)),
    )
    .exists()
)
_DUE = (
    select(errand.c.id, _IS_UNSURE.label("unsure"))
    .where(errand.c.company_id == COMPANY, errand.c.due_at <= func.now(), _IS_FIRST, _IS_HEARD_OUT)
    .order_by(errand.c.due_at, errand.c.id)
    .limit(param("errands", Integer))
    .with_for_update(of=errand, skip_locked=True)
)
_GIVEN_PAIRS = Given("pair", chat.c.client_id, chat.c.integration_id)
_PAIRS = _GIVEN_PAIRS.many
_GIVEN = Given("settled", errand.c.id, errand.c.attempt, errand.c.unsure, column("wait", INTERVAL))
_SETTLED = _GIVEN.many
_GIVEN_POSTPONED = Given("postponed", errand.c.id, errand.c.attempt, errand.c.unsure, column("wait", INTERVAL))
_POSTPONED = _GIVEN_POSTPONED.many
_FREE = (
    select(errand.c.id, _SETTLED.c.unsure, _SETTLED.c.wait)
    .join(_SETTLED, (errand.c.id == _SETTLED.c.id) & (errand.c.attempt == _SETTLED.c.attempt))
    .where(errand.c.company_id == COMPANY)
    .with_for_update(of=errand, skip_locked=True)
)
_free = _FREE.cte("free")
_DELIVERED = (
    select(errand.c.id)
    .join(message, (message.c.chat_id == errand.c.chat_id) & (message.c.id == errand.c.message_id))
    .where(
        errand.c.company_id == COMPANY,
        errand.c.kind == ErrandKind.MESSAGE.value,
        message.c.company_id == COMPANY,
        message.c.id == func.any(array("ids", Uuid)),
    )
    .with_for_update(of=errand, skip_locked=True)
)


def _claim(due: Select[Any]) -> Statement:
    heads = due.cte("heads")
    return Statement(
        update(errand)
        .where(
            errand.c.company_id == COMPANY,
            errand.c.id == heads.c.id,
            chat.c.company_id == COMPANY,
            chat.c.id == errand.c.chat_id,
        )
        .values(
            sending=true(), unsure=false(), attempt=errand.c.attempt + 1, due_at=func.now() + param("wait", INTERVAL)
        )
        .returning(
            errand.c.id,
            errand.c.chat_id,
            chat.c.client_id,
            chat.c.integration_id,
            errand.c.kind,
            errand.c.message_id,
            errand.c.attempt,
            heads.c.unsure,
        )
    )


CLAIM = _claim(_DUE)
CLAIM_OF_OTHERS = _claim(_DUE.where(~_IS_PASSED_OVER))
UNDER_WAY = Statement(
    select(chat.c.client_id, chat.c.integration_id, errand.c.message_id)
    .join(chat, (chat.c.company_id == errand.c.company_id) & (chat.c.id == errand.c.chat_id))
    .join(_PAIRS, (_PAIRS.c.client_id == chat.c.client_id) & (_PAIRS.c.integration_id == chat.c.integration_id))
    .where(errand.c.company_id == COMPANY, errand.c.kind == ErrandKind.MESSAGE.value, _IS_UNSURE)
    .order_by(errand.c.id)
)
END = Statement(delete(errand).where(errand.c.company_id == COMPANY, errand.c.id.in_(select(_free.c.id))))
PUT_BACK = Statement(
    update(errand)
    .where(errand.c.company_id == COMPANY, errand.c.id == _free.c.id)
    .values(sending=false(), unsure=_free.c.unsure, due_at=func.now() + _free.c.wait)
)
POSTPONE = Statement(
    update(errand)
    .where(
        errand.c.company_id == COMPANY,
        errand.c.id == _POSTPONED.c.id,
        errand.c.attempt == _POSTPONED.c.attempt,
    )
    .values(
        sending=false(),
        unsure=_POSTPONED.c.unsure,
        attempt=errand.c.attempt - 1,
        due_at=func.now() + _POSTPONED.c.wait,
    )
)
DROP = Statement(delete(errand).where(errand.c.company_id == COMPANY, errand.c.id.in_(_DELIVERED)))


async def settle(unit: CompanyUnit) -> None:
    """End errands or put them back.

    One that is being claimed by another is passed over, for the claim fences this off; nobody waits for it, since the
    claimer may itself be waiting for a message that is locked here.
    """
    if unit.delivered:
        await unit.fetch(DROP, ids=unit.delivered)
    if unit.postponements:
        late = [(p.errand_id, p.attempt, p.unsure, p.wait) for p in unit.postponements]
        await unit.fetch(POSTPONE, **_GIVEN_POSTPONED.rows(late))
    ended = [s for s in unit.settlements if s.retry_in is None]
    put_back = [s for s in unit.settlements if s.retry_in is not None]
    for statement, settlements in ((END, ended), (PUT_BACK, put_back)):
        if settlements:
            rows = [(s.errand_id, s.attempt, s.unsure, s.retry_in) for s in settlements]
            await unit.fetch(statement, **_GIVEN.rows(rows))


class PostgresOutbound(OutboundRepository):
    """Errands as rows. A claim is written at once, and becomes visible with the commit."""

    def __init__(self, unit: CompanyUnit) -> None:
        self._unit = unit

    async def claim(
        self, *, errands: int, unsure_after: timedelta, passing_over: Collection[IntegrationId] = ()
    ) -> Sequence[Errand]:
        given = {"errands": errands, "wait": unsure_after}
        if passing_over:
            rows = await self._unit.fetch(CLAIM_OF_OTHERS, **given, passing_over=list(passing_over))
        else:
            rows = await self._unit.fetch(CLAIM, **given)
        claimed = [Errand(**{**row, "kind": ErrandKind(row["kind"])}) for row in rows]
        return sorted(claimed, key=lambda each: each.id)

    async def postpone(self, postponements: Collection[Postponement]) -> None:
        self._unit.postponements.extend(postponements)

    async def under_way(self, pairs: Collection[Pair]) -> Mapping[Pair, Sequence[MessageId]]:
        found: dict[Pair, list[MessageId]] = {}
        for row in await self._unit.fetch(UNDER_WAY, **_GIVEN_PAIRS.rows(pairs)):
            found.setdefault((row["client_id"], row["integration_id"]), []).append(row["message_id"])
        return found

    async def add_read(self, chat: Chat, message_id: MessageId) -> None:
        self._unit.receipts.append((chat.id, message_id))

    async def settle(self, settlements: Collection[Settlement]) -> None:
        self._unit.settlements.extend(settlements)

    async def drop(self, message_ids: Collection[MessageId]) -> None:
        self._unit.delivered.extend(message_ids)
