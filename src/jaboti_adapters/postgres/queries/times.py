"""Times in documents."""

from typing import Any

from sqlalchemy import JSON, ColumnElement, Interval, Text, cast, func, literal, literal_column


def time_text(at: ColumnElement[Any]) -> ColumnElement[str]:
    """RFC 3339 in quotes, with milliseconds and `Z`; null stays null.

    A microsecond more makes the server write all digits, of which all but three are cut off.
    """
    written = cast(func.to_json(at + literal_column("interval '1 microsecond'", Interval)), Text)
    return func.left(written, literal_column(str(len('"2026-01-01T00:00:00.000')))) + literal('Z"', Text)


def time_in_json(at: ColumnElement[Any]) -> ColumnElement[Any]:
    """The same as a part of a JSON document."""
    return cast(time_text(at), JSON)
