"""The errands of all outbound lanes."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count

from attrs import define, field

from jaboti_adapters.memory.bell import Bell
from jaboti_domain.chat.ports import ErrandKind, OutboxAccount, Postponement, Settlement
from jaboti_domain.kernel.ids import ChatId, CompanyId, MessageId


@define(kw_only=True)
class ErrandRow:
    """An errand, and where it stands."""

    id: int
    company_id: CompanyId
    chat_id: ChatId
    kind: ErrandKind
    message_id: MessageId
    due_at: datetime
    attempt: int = 0
    sending: bool = False
    unsure: bool = False

    @property
    def is_unsure(self) -> bool:
        """Whether nobody knows how its last attempt ended."""
        return self.unsure or self.sending

    def place(self) -> tuple[datetime, int]:
        """Where it stands among those that wait."""
        return self.due_at, self.id

    def claimed(self, *, until: datetime) -> None:
        """It is being sent, and falls due again then."""
        self.attempt, self.sending, self.due_at = self.attempt + 1, True, until

    def postponed(self, wait: timedelta, *, unsure: bool, at: datetime) -> None:
        """It was not claimed after all."""
        self.put_back(wait, unsure=unsure, at=at)
        self.attempt -= 1

    def put_back(self, retry_in: timedelta, *, unsure: bool, at: datetime) -> None:
        """It is to be tried again after a time."""
        self.sending, self.unsure, self.due_at = False, unsure, at + retry_in


@define(eq=False)
class Errands:
    """What has not ended."""

    bell: Bell = field(factory=Bell)
    _ids: Iterator[int] = field(factory=lambda: count(1))
    _rows: dict[int, ErrandRow] = field(factory=dict)
    _lanes: dict[CompanyId, dict[ChatId, dict[int, ErrandRow]]] = field(factory=dict)

    def add(
        self, company_id: CompanyId, chat_id: ChatId, kind: ErrandKind, message_id: MessageId, *, at: datetime
    ) -> None:
        """Let it join its chat's lane."""
        row = ErrandRow(
            id=next(self._ids), company_id=company_id, chat_id=chat_id, kind=kind, message_id=message_id, due_at=at
        )
        self._rows[row.id] = row
        self._lanes.setdefault(company_id, {}).setdefault(chat_id, {})[row.id] = row
        self.bell.ring()

    def companies(self) -> Sequence[CompanyId]:
        """Those with errands."""
        return [company_id for company_id, lanes in self._lanes.items() if lanes]

    def of_company(self, company_id: CompanyId) -> Sequence[ErrandRow]:
        """All of a company's."""
        return [row for lane in self._lanes.get(company_id, {}).values() for row in lane.values()]

    def due(self, company_id: CompanyId, *, at: datetime) -> Sequence[ErrandRow]:
        """The first errand of each lane where it is due, longest waiting first."""
        firsts = [next(iter(lane.values())) for lane in self._lanes.get(company_id, {}).values()]
        return sorted((row for row in firsts if row.due_at <= at), key=ErrandRow.place)

    def account(self) -> OutboxAccount:
        """How much of all companies waits, or is on its way."""
        sending = sum(row.sending for row in self._rows.values())
        oldest = min((row.due_at for row in self._rows.values() if not row.sending), default=None)
        return OutboxAccount(waiting=len(self._rows) - sending, sending=sending, oldest=oldest)

    def settle(self, company_id: CompanyId, settlement: Settlement, *, at: datetime) -> None:
        """End or put back, unless a later attempt was made."""
        row = self._rows.get(settlement.errand_id)
        if row is None or row.company_id != company_id or row.attempt != settlement.attempt:
            return
        if settlement.retry_in is None:
            self._end(row)
        else:
            row.put_back(settlement.retry_in, unsure=settlement.unsure, at=at)

    def postpone(self, postponement: Postponement, *, at: datetime) -> None:
        """Let one that was just claimed wait."""
        row = self._rows.get(postponement.errand_id)
        if row is not None and row.attempt == postponement.attempt:
            row.postponed(postponement.wait, unsure=postponement.unsure, at=at)

    def drop(self, company_id: CompanyId, chat_id: ChatId, message_id: MessageId) -> None:
        """End what would send this message."""
        for row in list(self._lanes.get(company_id, {}).get(chat_id, {}).values()):
            if row.kind is ErrandKind.MESSAGE and row.message_id == message_id:
                self._end(row)

    def drop_lane(self, company_id: CompanyId, chat_id: ChatId) -> None:
        """End all that a chat has."""
        for row in list(self._lanes.get(company_id, {}).get(chat_id, {}).values()):
            self._end(row)

    def _end(self, row: ErrandRow) -> None:
        del self._rows[row.id]
        lanes = self._lanes[row.company_id]
        del lanes[row.chat_id][row.id]
        if not lanes[row.chat_id]:
            del lanes[row.chat_id]
