"""Retention, as the command line works it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from attrs import frozen

from jaboti_domain.company.model import CompanyChange
from jaboti_domain.company.retention import Held
from jaboti_domain.kernel.actor import Actor, Role
from jaboti_domain.kernel.errors import Invalid
from jaboti_domain.kernel.ids import CompanyId, UserId, new_id
from jaboti_entrypoints.application import Application

FOR_EVER = "forever"
COMPANIES = 1_000_000

Counts = Mapping[str, int]


class UnknownTerm(Invalid):
    """What is kept is one of those that the settings of a company name, for a number of days or `forever`."""

    code = "retention.unknown_term"
    portuguese = "O que se guarda é um dos nomes das configurações da empresa, por um número de dias ou `forever`."


@frozen(kw_only=True)
class Found:
    """What went, or would go."""

    companies: Mapping[UUID, Counts]
    busy: Sequence[UUID]
    """Companies at which another process was at that moment."""
    sessions: int | None
    """Records of sessions; None: they were not looked at."""


@frozen(kw_only=True)
class Housekeeping:
    """What is too old, of one company or of all."""

    application: Application

    async def run(self, company_id: CompanyId | None, *, dry: bool) -> Found:
        """What too old things there were: they are gone, or (dry) would be. Raises CompanyNotFound."""
        companies = [company_id] if company_id else await every_company(self.application)
        removed = {each: await self._removed(each, dry=dry) for each in companies}
        return Found(
            companies={each: _counts(counts) for each, counts in removed.items() if counts is not None},
            busy=[each for each, counts in removed.items() if counts is None],
            sessions=None if company_id or dry else await self.application.keep_house.forget_sessions(),
        )

    async def change(self, company_id: CompanyId, terms: Mapping[str, str]) -> Mapping[str, int | None]:
        """The company's terms afterwards. Raises UnknownTerm, InvalidRetention, CompanyNotFound."""
        operator = Actor(user_id=UserId(new_id()), company_id=company_id, role=Role.ADMIN, name="jaboti")
        days = {_held(name): _days(given) for name, given in terms.items()}
        company = await self.application.change_company(operator, to=CompanyChange(retention=days))
        return company.retention.record()

    async def _removed(self, company_id: CompanyId, *, dry: bool) -> Mapping[Held, int] | None:
        apply = self.application.apply_retention
        return await apply.preview(company_id) if dry else await apply(company_id)


async def every_company(application: Application) -> Sequence[CompanyId]:
    """All that there are."""
    return await application.retention_reads.due(before=application.clock(), limit=COMPANIES)


def _counts(removed: Mapping[Held, int]) -> Counts:
    return {held.value: removed.get(held, 0) for held in Held}


def _held(name: str) -> Held:
    try:
        return Held(name)
    except ValueError:
        raise UnknownTerm(name=name, names=[held.value for held in Held]) from None


def _days(given: str) -> int | None:
    if given == FOR_EVER:
        return None
    if not given.isdecimal():
        raise UnknownTerm(days=given)
    return int(given)
