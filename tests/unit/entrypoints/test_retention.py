"""Retention, as the command line works it."""

import pytest

from jaboti_domain.company.errors import CompanyNotFound, InvalidRetention
from jaboti_domain.kernel.ids import CompanyId, new_id
from jaboti_entrypoints.container import in_memory
from jaboti_entrypoints.retention import Housekeeping, UnknownTerm


async def a_house() -> tuple[Housekeeping, CompanyId]:
    application, _ = in_memory()
    company, _ = await application.found_company(name="Padaria Aurora")
    return Housekeeping(application=application), company.id


async def test_terms_are_days_or_for_ever() -> None:
    house, company_id = await a_house()
    terms = await house.change(company_id, {"messages": "730", "deadLetters": "forever"})
    assert (terms["messages"], terms["deadLetters"], terms["journal"]) == (730, None, 30)
    assert await house.change(company_id, {}) == terms


@pytest.mark.parametrize(
    ("terms", "refusal"),
    [
        ({"words": "9"}, UnknownTerm),
        ({"usage": "soon"}, UnknownTerm),
        ({"usage": "-99"}, UnknownTerm),
        ({"usage": "1"}, InvalidRetention),
    ],
)
async def test_what_is_no_term_is_refused(terms: dict[str, str], refusal: type[Exception]) -> None:
    house, company_id = await a_house()
    with pytest.raises(refusal):
        await house.change(company_id, terms)


@pytest.mark.parametrize("dry", [True, False])
async def test_a_company_that_is_not_there_is_refused(dry: bool) -> None:
    house, _ = await a_house()
    with pytest.raises(CompanyNotFound):
        await house.run(CompanyId(new_id()), dry=dry)


async def test_a_company_at_which_another_process_is_is_told_of() -> None:
    house, company_id = await a_house()
    other = CompanyId((await house.application.found_company(name="Oficina"))[0].id)
    async with house.application.apply_retention.new_uow(company_id) as uow:
        assert await uow.holdings.run(at=house.application.clock())
        found = await house.run(None, dry=False)
    assert (found.busy, list(found.companies), found.sessions) == ([company_id], [other], 0)
