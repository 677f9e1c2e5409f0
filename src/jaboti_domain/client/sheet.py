"""Clients as a sheet of CSV: read row by row, and written."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from attrs import field, frozen

from jaboti_domain.client.details import (
    ATTRIBUTE_NAME,
    ATTRIBUTE_VALUE,
    MOST_ATTRIBUTES,
    Details,
    checked_email,
    checked_name,
)
from jaboti_domain.client.document import Document
from jaboti_domain.client.errors import InvalidAttributes, InvalidSheet, TooManyRows
from jaboti_domain.client.phone import Phone
from jaboti_domain.kernel.errors import Invalid, Refusal

COLUMNS = ("name", "document", "phone", "email")
MOST_ROWS = 20_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
T = TypeVar("T")


@frozen(kw_only=True)
class Trouble:
    """Why a row was passed over. An empty `column`: the row as a whole."""

    line: int
    column: str
    refusal: Refusal


@frozen(kw_only=True)
class SheetRow:
    """One row, read; empty cells say nothing. With troubles, the rest is as far as it could be read."""

    line: int
    name: str | None = None
    document: Document | None = None
    phone: Phone | None = None
    email: str | None = None
    attributes: Mapping[str, str] = field(factory=dict)
    troubles: Sequence[Trouble] = ()


def read_sheet(body: bytes) -> Sequence[SheetRow]:
    """The rows below the first, but for empty ones. Raises InvalidSheet, TooManyRows.

    UTF-8, with commas or semicolons; columns other than the known ones are attributes. A cell is text, whatever it
    begins with; the apostrophe that protects it in spreadsheets is taken off.
    """
    try:
        text = body.decode("utf-8-sig")
        rows = list(_lines_of(text))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidSheet() from error
    if not rows or "\x00" in text:
        raise InvalidSheet()
    columns = _columns_of(rows[0][1])
    filled = [(line, cells) for line, cells in rows[1:] if any(cell.strip() for cell in cells)]
    if len(filled) > MOST_ROWS:
        raise TooManyRows(limit=MOST_ROWS)
    return [_row_of(line, columns, cells) for line, cells in filled]


def write_sheet(attributes: Sequence[str], clients: Iterable[Details]) -> bytes:
    """Rows with these attributes; `header` writes what comes before."""
    rows = (
        (
            client.name,
            client.document.number if client.document else "",
            client.phone.e164 if client.phone else "",
            client.email or "",
            *(client.attributes.get(name, "") for name in attributes),
        )
        for client in clients
    )
    return _written(rows)


def header(attributes: Sequence[str]) -> bytes:
    """The first row."""
    return _written([(*COLUMNS, *attributes)])


def _lines_of(text: str) -> Iterator[tuple[int, list[str]]]:
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;", key=first.count), strict=True)
    line = 1
    for cells in reader:
        yield line, cells
        line = reader.line_num + 1


def _columns_of(cells: Sequence[str]) -> Sequence[str]:
    names = [_unprotected(cell.strip()) for cell in cells]
    columns = [name.lower() if name.lower() in COLUMNS else name for name in names]
    attributes = set(columns).difference(COLUMNS)
    fit = all(1 <= len(name) <= ATTRIBUTE_NAME for name in columns) and len(attributes) <= MOST_ATTRIBUTES
    if not fit or len(set(columns)) < len(columns) or len(attributes) == len(columns):
        raise InvalidSheet()
    return columns


def _row_of(line: int, columns: Sequence[str], cells: Sequence[str]) -> SheetRow:
    if len(cells) > len(columns):
        return SheetRow(line=line, troubles=[Trouble(line=line, column="", refusal=InvalidSheet())])
    given = {column: _unprotected(cell.strip()) for column, cell in zip(columns, cells, strict=False)}
    troubles: list[Trouble] = []

    def read(column: str, reading: Callable[[str], T]) -> T | None:
        text = given.pop(column, "")
        try:
            return reading(text) if text else None
        except Invalid as refusal:
            troubles.append(Trouble(line=line, column=column, refusal=refusal))
            return None

    name, document = read("name", checked_name), read("document", Document.parse)
    phone, email = read("phone", Phone.parse), read("email", checked_email)
    troubles += [
        Trouble(line=line, column=column, refusal=InvalidAttributes())
        for column, text in given.items()
        if len(text) > ATTRIBUTE_VALUE
    ]
    attributes = {column: text for column, text in given.items() if text}
    return SheetRow(
        line=line, name=name, document=document, phone=phone, email=email, attributes=attributes, troubles=troubles
    )


def _unprotected(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def _protected(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _written(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_protected(cell) for cell in row] for row in rows)
    return text.getvalue().encode()
