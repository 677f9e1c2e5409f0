"""The documents of chats: what each row shows, joined with the names of its people."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Text, case, func, literal, select

from jaboti_adapters.postgres.queries.scope import HERE
from jaboti_adapters.postgres.tables import chat, client, department, membership

COLUMNS = (
    chat.c.id,
    chat.c.active_at,
    chat.c.shown,
    chat.c.window_closes_at,
    chat.c.client_id,
    chat.c.attendant_id,
    chat.c.department_id,
)
"""What `documents_of` needs of a chat."""


def documents_of(chats: FromClause, *more: ColumnElement[Any]) -> Select[Any]:
    """One row for each of these chats: its document as `document`, and what else is asked for.

    Every join is an outer one: it leaves the number of rows alone, and also what the planner makes of it.
    """
    people = (
        chats.outerjoin(client, (client.c.company_id == HERE) & (client.c.id == chats.c.client_id))
        .outerjoin(membership, (membership.c.company_id == HERE) & (membership.c.user_id == chats.c.attendant_id))
        .outerjoin(department, (department.c.company_id == HERE) & (department.c.id == chats.c.department_id))
    )
    is_open = case(
        (chats.c.window_closes_at > func.now(), _text(',"open":true},"client":')),
        else_=_text(',"open":false},"client":'),
    )
    document = (
        chats.c.shown
        + is_open
        + client.c.shown
        + _member("attendant", membership.c.shown)
        + _member("department", department.c.shown)
        + _text("}")
    )
    return select(document.label("document"), *more).select_from(people)


def _member(name: str, shown: ColumnElement[str]) -> ColumnElement[str]:
    return func.coalesce(_text(f',"{name}":') + shown, _text(f',"{name}":null'), type_=Text)


def _text(constant: str) -> ColumnElement[str]:
    return literal(constant, Text)


def array_of(
    documents: ColumnElement[str],
    *order: ColumnElement[Any],
    where: ColumnElement[bool] | None = None,
    if_none: ColumnElement[str] | None = None,
) -> ColumnElement[str]:
    """JSON documents between brackets, in this order; where there are none, what `if_none` says between them."""
    every = func.string_agg(documents, _text(",")).aggregate_order_by(*order)
    listed = every if where is None else every.filter(where)
    between = func.coalesce(listed, _text("") if if_none is None else if_none, type_=Text)
    return _text("[") + between + _text("]")
