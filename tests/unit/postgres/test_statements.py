"""Statements are written once and compiled once."""

from uuid import uuid4

import pytest
from sqlalchemy import Text, Uuid, column, select

from jaboti_adapters.postgres.statements import COMPANY, Given, Statement, param
from jaboti_adapters.postgres.tables import chat
from jaboti_domain.kernel.errors import Invalid

OPEN = Statement(
    select(chat.c.id).where(chat.c.id == param("id", Uuid), chat.c.company_id == COMPANY, chat.c.status != "CLOSED")
)


def test_parameters_are_numbered_and_constants_written_out() -> None:
    assert "chat.id = $1::UUID AND chat.company_id = $2::UUID AND chat.status != 'CLOSED'" in OPEN.sql


def test_arguments_stand_in_the_order_of_the_numbers() -> None:
    assert OPEN.arguments({"company_id": 2, "more": 3, "id": 1}) == [1, 2]


def test_a_constant_in_a_subquery_is_written_out_too() -> None:
    inner = select(chat.c.id).where(chat.c.status == "it's").cte("inner")
    assert "'it''s'" in Statement(select(inner.c.id)).sql


def test_one_row_travels_as_a_parameter_per_column() -> None:
    given = Given("pair", column("id", Uuid), column("name", Text))
    identity = uuid4()
    assert Statement(select(given.one)).names == ("pair_id", "pair_name")
    assert given.one_row((identity, "a")) == {"pair_id": identity, "pair_name": "a"}


def test_many_rows_travel_as_one_document() -> None:
    given = Given("pair", column("id", Uuid), column("name", Text))
    identity = uuid4()
    assert Statement(select(given.many)).names == ("pair",)
    assert given.rows([(identity, "a")]) == {"pair": f'[{{"id":"{identity}","name":"a"}}]'}


def test_half_a_character_is_refused() -> None:
    with pytest.raises(Invalid):
        Given("name", column("name", Text)).rows([("\ud800",)])
