"""Working off the journal: what was answered with 200 takes effect, once, in its lane's order."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta

from attrs import field, frozen

from jaboti_domain.chat.ports import ChatUnitOfWork
from jaboti_domain.chat.use_cases.receive import Arrived, ReceiveInbound, Result
from jaboti_domain.integration.messaging import Ignored, Update
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.ports.channels import Channels
from jaboti_domain.integration.ports.journal import Entry, Outcome, Verdict
from jaboti_domain.integration.ports.stores import IntegrationDirectory
from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.ids import CompanyId, IntegrationId

LONGEST_WAIT = timedelta(minutes=5)


@frozen(kw_only=True)
class DrainJournal:
    """Takes what is due in a company's free lanes, many at a time; when a batch fails, each entry by itself.

    An entry that fails by itself waits, twice as long each time, and after `attempts` tries is a dead letter, kept
    whole; its lane goes on meanwhile.
    """

    new_uow: Callable[[CompanyId], ChatUnitOfWork]
    receive: ReceiveInbound
    channels: Channels
    directory: IntegrationDirectory
    lanes: int = 64
    entries: int = 256
    attempts: int = 6
    first_wait: timedelta = timedelta(seconds=1)
    on_failure: Callable[[Entry, BaseException], None] = field(default=lambda entry, error: None)
    """Told of each entry that failed by itself."""

    async def __call__(self, company_id: CompanyId) -> int:
        """How many entries were looked at; 0 when nothing is due. Raises Unavailable when the store is away."""
        taken: list[Entry] = []
        try:
            async with self.new_uow(company_id) as uow:
                taken.extend(await uow.lanes.claim(lanes=self.lanes, entries=self.entries))
                if taken:
                    await self._apply(uow, company_id, taken)
                    await uow.commit()
        except Exception:
            if not taken:
                raise
            await self._one_by_one(company_id, taken)
        return len(taken)

    async def _one_by_one(self, company_id: CompanyId, entries: Sequence[Entry]) -> None:
        for entry in entries:
            try:
                await self._alone(company_id, entry.id)
            except Unavailable:
                raise
            except Exception as error:
                self.on_failure(entry, error)
                await self._put_back(company_id, entry, error)

    async def _alone(self, company_id: CompanyId, entry_id: int) -> None:
        async with self.new_uow(company_id) as uow:
            entry = await uow.lanes.claim_entry(entry_id)
            if entry is not None:
                await self._apply(uow, company_id, [entry])
                await uow.commit()

    async def _put_back(self, company_id: CompanyId, entry: Entry, error: Exception) -> None:
        reason = f"{type(error).__name__}: {error}"[:500]
        async with self.new_uow(company_id) as uow:
            if await uow.lanes.claim_entry(entry.id) is not None:
                await uow.lanes.settle([self._again(entry, reason, dead=entry.attempts + 1 >= self.attempts)])
                await uow.commit()

    async def _apply(self, uow: ChatUnitOfWork, company_id: CompanyId, entries: Sequence[Entry]) -> None:
        integrations = await self._integrations({entry.integration_id for entry in entries})
        batch = [
            Arrived(integration_id=entry.integration_id, update=self._read(entry, integrations), waited=entry.attempts)
            for entry in entries
        ]
        results = await self.receive.apply(uow, company_id, batch, integrations)
        await uow.lanes.settle([self._verdict(e, r) for e, r in zip(entries, results, strict=True)])

    async def _integrations(self, ids: Collection[IntegrationId]) -> Mapping[IntegrationId, Integration]:
        found = [await self.directory.by_id(integration_id) for integration_id in ids]
        return {integration.id: integration for integration in found if integration is not None}

    def _read(self, entry: Entry, integrations: Mapping[IntegrationId, Integration]) -> Update:
        integration = integrations.get(entry.integration_id)
        if integration is None:
            return Ignored(reason="its integration was removed")
        return self.channels[integration.platform].read(entry.raw)

    def _verdict(self, entry: Entry, result: Result) -> Verdict:
        if result.outcome is Outcome.PENDING:
            return self._again(entry, result.reason or "", dead=False)
        nobody = result.is_about_nobody
        return Verdict(entry_id=entry.id, outcome=result.outcome, reason=result.reason, is_about_nobody=nobody)

    def _again(self, entry: Entry, reason: str, *, dead: bool) -> Verdict:
        wait = min(self.first_wait * 2**entry.attempts, LONGEST_WAIT)
        return Verdict(entry_id=entry.id, outcome=Outcome.DEAD if dead else Outcome.PENDING, reason=reason, wait=wait)
