"""What the repositories of one unit of work share."""

from collections.abc import Awaitable, Collection
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from attrs import define, field

from jaboti_adapters.postgres.engine import Transaction
from jaboti_adapters.postgres.statements import Statement
from jaboti_domain.chat.ports import Postponement, Settlement
from jaboti_domain.integration.costs import Charge
from jaboti_domain.integration.ports.journal import Verdict
from jaboti_domain.kernel.commands import CommandUnderWay
from jaboti_domain.kernel.deeds import Deed
from jaboti_domain.kernel.events import Aggregate
from jaboti_domain.kernel.ids import ChatId, CompanyId, MessageId
from jaboti_domain.privacy.model import Receipt

if TYPE_CHECKING:
    from jaboti_adapters.postgres.pool import Rows

A = TypeVar("A", bound=Aggregate)


@define
class Unit:
    """A transaction, and what is to be written at its end."""

    transaction: Transaction
    _saved: dict[int, Aggregate] = field(factory=dict, init=False)

    def fetch(self, statement: Statement, /, **values: object) -> Awaitable["Rows"]:
        """The rows that the statement gives."""
        return self.transaction.fetch(statement, **values)

    def save(self, *aggregates: Aggregate) -> None:
        """Write them at the end, each once."""
        for aggregate in aggregates:
            self._saved[id(aggregate)] = aggregate

    @property
    def everything(self) -> Collection[Aggregate]:
        """All that is to be written, in the order in which it was first saved."""
        return self._saved.values()

    def saved(self, kind: type[A]) -> list[A]:
        """Those of a kind."""
        return [aggregate for aggregate in self._saved.values() if isinstance(aggregate, kind)]


@define
class CompanyUnit(Unit):
    """The same for one company, whose id every statement is given."""

    company_id: CompanyId
    verdicts: list[Verdict] = field(factory=list, init=False)
    settlements: list[Settlement] = field(factory=list, init=False)
    postponements: list[Postponement] = field(factory=list, init=False)
    delivered: list[MessageId] = field(factory=list, init=False)
    receipts: list[tuple[ChatId, MessageId]] = field(factory=list, init=False)
    charges: list[Charge] = field(factory=list, init=False)
    deeds: list[Deed] = field(factory=list, init=False)
    command: CommandUnderWay | None = field(default=None, init=False)
    """The one that is noted with this unit."""
    forgotten: list[tuple[str, UUID]] = field(factory=list, init=False)
    """Subjects whose details go out of the audit log."""
    forgotten_events: int = field(default=0, init=False)
    """Up to which number the stream's events are gone."""
    receipts_of_erasures: list[Receipt] = field(factory=list, init=False)

    def fetch(self, statement: Statement, /, **values: object) -> Awaitable["Rows"]:
        """The rows that the statement gives in this company."""
        return self.transaction.fetch(statement, company_id=self.company_id, **values)
