"""What pydantic found wrong, in our own words."""

from collections.abc import Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from jaboti_entrypoints.errors import FIELDS, FieldError

MOST = 100
"""So many errors are told; a body of a thousand unknown fields is not answered with a thousand sentences."""

_CODES = {
    "missing": "required",
    "extra_forbidden": "unknown",
    "enum": "choice",
    "literal_error": "choice",
    "string_too_short": "too_short",
    "string_too_long": "too_long",
    "greater_than_equal": "too_small",
    "less_than_equal": "too_large",
    "int_parsing_size": "number",
    "int_from_float": "type",
}
_LIMITS = ("limit", "expected", "min_length", "max_length", "ge", "le")


def errors_of(error: ValidationError, *, query: bool = False) -> tuple[FieldError, ...]:
    """Every field that is wrong, where it stands, and why; never what was given."""
    found = error.errors(include_url=False, include_input=False)[:MOST]
    return tuple(FieldError(_pointer(each["loc"], query=query), _code(each["type"]), _limit(each)) for each in found)


def _pointer(location: Sequence[int | str], *, query: bool) -> str:
    if query:
        return "?" + ".".join(map(str, location))
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)


def _code(kind: str) -> str:
    if kind in FIELDS:
        return kind
    return _CODES.get(kind) or ("type" if kind.endswith("_type") else "format")


def _limit(error: ErrorDetails) -> object:
    context = error.get("ctx", {})
    return next((context[name] for name in _LIMITS if name in context), None)
