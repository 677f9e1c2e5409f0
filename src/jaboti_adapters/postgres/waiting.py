"""Which companies have something due: a look at the beginning of each company's part of an index."""

from sqlalchemy import CTE, ColumnElement, Table, select


def companies_with(table: Table, *conditions: ColumnElement[bool]) -> CTE:
    """The companies of the rows that meet the conditions, found by hopping from one to the next.

    So it costs a step per company, however many rows wait. Its `company_id` is null once, at the end.
    """
    first = select(table.c.company_id).where(*conditions).order_by(table.c.company_id).limit(1)
    waiting = select(first.scalar_subquery().label("company_id")).cte("waiting", recursive=True)
    following = first.where(table.c.company_id > waiting.c.company_id).correlate(waiting)
    return waiting.union_all(select(following.scalar_subquery()).where(waiting.c.company_id.is_not(None)))
