"""What the driver says, in the domain's words."""

import asyncpg
import pytest

from jaboti_adapters.postgres.errors import OF_CONSTRAINT, in_our_words, refusal_of
from jaboti_adapters.postgres.tables import metadata
from jaboti_domain.chat.errors import ChatIsOpen
from jaboti_domain.kernel.errors import Conflict, Invalid, NotFound, Refusal, Unavailable


def an_error(state: str, *, constraint: str | None = None) -> asyncpg.PostgresError:
    return asyncpg.PostgresError.new({"C": state, "n": constraint or "", "M": "as the server puts it"})


@pytest.mark.parametrize(
    ("error", "refusal"),
    [
        (an_error("23505", constraint="chat_open_key"), ChatIsOpen),
        (an_error("23505", constraint="message_provider_key"), Conflict),
        (an_error("23503"), NotFound),
        (an_error("22021"), Invalid),
        (an_error("40P01"), Unavailable),
        (an_error("55P03"), Unavailable),
        (an_error("57P01"), Unavailable),
        (an_error("53300"), Unavailable),
        (an_error("08006"), Unavailable),
        (asyncpg.DataError("invalid input for query argument $1"), Invalid),
        (UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"), Invalid),
        (asyncpg.InterfaceError("connection is closed"), Unavailable),
        (ConnectionRefusedError(), Unavailable),
        (TimeoutError(), Unavailable),
    ],
)
def test_an_error_is_refused_as_what_it_means(error: Exception, refusal: type[Refusal]) -> None:
    assert type(refusal_of(error)) is refusal


@pytest.mark.parametrize("error", [an_error("42703"), an_error("42501"), asyncpg.InterfaceError("busy"), KeyError("x")])
def test_a_mistake_of_ours_goes_on_as_it_is(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, in_our_words:
        raise error
    assert raised.value is error


def test_the_cause_is_kept() -> None:
    cause = an_error("40001")
    with pytest.raises(Unavailable) as raised, in_our_words:
        raise cause
    assert raised.value.__cause__ is cause


def test_every_constraint_of_the_table_exists() -> None:
    tables = metadata.tables.values()
    names = {c.name for table in tables for c in table.constraints} | {
        i.name for table in tables for i in table.indexes
    }
    assert OF_CONSTRAINT.keys() <= names
