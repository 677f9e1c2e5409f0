"""Lists: pages by key, and documents that the store writes itself."""

from collections.abc import Sequence

from attrs import frozen

Json = bytes
"""JSON text in UTF-8."""


@frozen
class Cursor:
    """Where a page ended: the sort key of its last item, as text."""

    key: Sequence[str]


@frozen
class JsonPage:
    """A page of a list: a JSON array, and where the next page begins (None at the end)."""

    items: Json
    next: Cursor | None
