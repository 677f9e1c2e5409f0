"""Text as bytes, so that the driver has nothing to decode."""

from sqlalchemy import ColumnElement, func, literal
from sqlalchemy.dialects.postgresql import BYTEA


def utf8(text: ColumnElement[str]) -> ColumnElement[bytes]:
    """The text in UTF-8."""
    return func.convert_to(text, literal("UTF8"), type_=BYTEA)
