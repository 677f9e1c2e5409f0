"""How a single statement says for whom it reads.

`set_config(..., true)` holds for one transaction, and a statement outside of a transaction is one by itself: so the
round trips of BEGIN and COMMIT can be spared, which is half of what a read costs. The read stands in a LATERAL
subquery that refers to the call's result, so that it can't begin before; if it did, the policies would let nothing
through. OFFSET 0 keeps the planner from taking the subquery apart, and then joining the other way round.
"""

from sqlalchemy import GenerativeSelect, String, Uuid, cast, func, literal_column, select, true

from jaboti_adapters.postgres.statements import COMPANY, Statement

HERE = literal_column("entered.company_id", Uuid)
"""The company that was entered: what a read compares every `company_id` with."""

_entered = (
    select(cast(func.set_config("app.company_id", cast(COMPANY, String), true()), Uuid).label("company_id"))
    .offset(0)
    .subquery("entered")
)


def within_company(read: GenerativeSelect) -> Statement:
    """The read as a statement of its own, with the parameter `company_id`; within, that company is `HERE`."""
    inner = read.offset(0).lateral("read")
    return Statement(select(*inner.c).select_from(_entered.join(inner, true())))
