"""Nobody adds a column with words in it without saying whether it tells of persons."""

from sqlalchemy import JSON, LargeBinary, Text

from jaboti_adapters.postgres.erasing import ELSEWHERE, ERASERS, NOT_PERSONAL, Columns
from jaboti_adapters.postgres.tables import metadata


def named(*columns: Columns) -> list[str]:
    return sorted(f"{table}.{name}" for each in columns for table, names in each.items() for name in names)


def test_every_column_with_words_is_erased_or_not_personal() -> None:
    there = sorted(
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.c
        if isinstance(column.type, Text | JSON | LargeBinary)
    )
    assert named(NOT_PERSONAL, ELSEWHERE, *(eraser.columns for eraser in ERASERS.values())) == there
