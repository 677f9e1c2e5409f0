"""Reading query strings: unknown parameters are let pass, known ones are strict."""

from functools import cache, lru_cache
from typing import TypeVar
from urllib.parse import parse_qsl

from pydantic import ValidationError
from starlette.types import Scope

from jaboti_entrypoints.errors import FieldError, InvalidFields
from jaboti_entrypoints.rest.fields import errors_of
from jaboti_entrypoints.rest.wire import Query

Q = TypeVar("Q", bound=Query)

_MOST = 100
_SHORT = 128


def read_query(scope: Scope, model: type[Q]) -> Q:
    """The query string as the model. Raises InvalidFields with all errors."""
    raw: bytes = scope["query_string"]
    return _read_often(raw, model) if len(raw) <= _SHORT else _read(raw, model)


def _read(raw: bytes, model: type[Q]) -> Q:
    given, wrong = _known(_pairs(raw), model)
    try:
        read = model.model_validate(given)
    except ValidationError as error:
        raise InvalidFields(*wrong, *errors_of(error, query=True)) from None
    if wrong:
        raise InvalidFields(*wrong)
    return read


# Models are frozen, and most callers ask for the same few lists.
_read_often = lru_cache(maxsize=1024)(_read)


@cache
def _names(model: type[Query]) -> frozenset[str]:
    return frozenset(field.alias or name for name, field in model.model_fields.items())


def _pairs(raw: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST)
    except ValueError:
        raise InvalidFields(FieldError("?", "characters")) from None


def _known(pairs: list[tuple[str, str]], model: type[Query]) -> tuple[dict[str, str], list[FieldError]]:
    names = _names(model)
    given: dict[str, str] = {}
    wrong = []
    for name, value in pairs:
        if name not in names:
            continue
        if name in given:
            wrong.append(FieldError(f"?{name}", "repeated"))
        if "\x00" in value:
            wrong.append(FieldError(f"?{name}", "characters"))
        given[name] = value
    return given, wrong
