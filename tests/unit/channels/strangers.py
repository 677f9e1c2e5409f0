"""Whatever JSON somebody may put anywhere in a webhook."""

import copy
from collections.abc import Iterator, Sequence
from typing import Any

from hypothesis import strategies as st

NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
WORDS = ("", "0", "messages", "554190011223", "BR.1", "\x00", "\ud83d", "é" * 300)
KEYS = ("id", "text", "status")


def values(*words: str, keys: Sequence[str]) -> st.SearchStrategy[object]:
    """Any JSON, often made of a platform's own words and keys."""
    scalars = st.none() | st.booleans() | NUMBERS | st.sampled_from([*WORDS, *words]) | st.text(max_size=5)
    names = st.sampled_from([*KEYS, *keys]) | st.text(max_size=3)
    return st.recursive(scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4))


def places(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield (*path, key)
        yield from places(each, (*path, key))


def with_stranger(document: Any, path: tuple[Any, ...], stranger: object) -> Any:
    """The document with something else in one place."""
    changed = copy.deepcopy(document)
    parent = changed
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = stranger
    return changed
