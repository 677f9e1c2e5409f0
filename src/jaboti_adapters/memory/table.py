"""Rows by key, with unique names and groups."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

from attrs import define, field, frozen

from jaboti_domain.kernel.errors import Refusal, StaleVersion


class Row(Protocol):
    """Something that is kept, and counts its changes."""

    @property
    def version(self) -> int: ...


R = TypeVar("R", bound=Row)
K = TypeVar("K", bound=Hashable)


@frozen
class Change(Generic[R]):
    """A row as it shall be, and the version that it must have had: 0 where there was none."""

    row: R
    was: int


@frozen(kw_only=True)
class Unique(Generic[R]):
    """Names that no two rows share, and what is said to the second one."""

    names: Callable[[R], Iterable[Hashable]]
    refusal: type[Refusal]


@define(kw_only=True, eq=False)
class Table(Generic[K, R]):
    """Rows are replaced, never changed: whoever hands one out hands out a copy."""

    unique: Sequence[Unique[R]] = ()
    groups: Mapping[str, Callable[[R], Hashable]] = field(factory=dict)
    doubled: type[Refusal] = StaleVersion
    """What is said to a new row whose key is taken."""
    rows: dict[K, R] = field(factory=dict, init=False)
    _holders: dict[tuple[int, Hashable], K] = field(factory=dict, init=False)
    _members: dict[tuple[str, Hashable], dict[K, None]] = field(factory=dict, init=False)

    def get(self, key: K) -> R | None:
        """The row of this key."""
        return self.rows.get(key)

    def named(self, name: Hashable, *, rule: int = 0) -> R | None:
        """The row that has this name by the rule of that number."""
        key = self._holders.get((rule, name))
        return None if key is None else self.rows[key]

    def where(self, group: str, value: Hashable) -> list[R]:
        """The rows of a group, in the order in which they came into it."""
        return [self.rows[key] for key in self._members.get((group, value), ())]

    def check(self, changes: Mapping[K, Change[R]]) -> None:
        """Raise StaleVersion, or what a unique rule says, unless all changes may be made together."""
        for key, change in changes.items():
            row = self.rows.get(key)
            if (row.version if row else 0) != change.was:
                raise StaleVersion() if change.was else self.doubled()
        for number, rule in enumerate(self.unique):
            self._check_unique(number, rule, changes)

    def put(self, changes: Mapping[K, Change[R]]) -> None:
        """Make changes that were checked."""
        for key in changes:
            self._unlink(key)
        for key, change in changes.items():
            self._link(key, change.row)

    def replace(self, key: K, row: R) -> None:
        """Put another row in the place of one; it breaks no rule."""
        self._unlink(key)
        self._link(key, row)

    def drop(self, key: K) -> None:
        """Let a row be gone."""
        self._unlink(key)
        row = self.rows.pop(key)
        for group, value_of in self.groups.items():
            del self._members[(group, value_of(row))][key]

    def _check_unique(self, number: int, rule: Unique[R], changes: Mapping[K, Change[R]]) -> None:
        claimed: dict[Hashable, K] = {}
        for key, change in changes.items():
            for name in rule.names(change.row):
                holder = self._holders.get((number, name), key)
                if claimed.setdefault(name, key) != key or (holder != key and holder not in changes):
                    raise rule.refusal()

    def _unlink(self, key: K) -> None:
        row = self.rows.get(key)
        if row is not None:
            for number, rule in enumerate(self.unique):
                for name in rule.names(row):
                    del self._holders[(number, name)]

    def _link(self, key: K, row: R) -> None:
        old = self.rows.get(key)
        self.rows[key] = row
        for number, rule in enumerate(self.unique):
            for name in rule.names(row):
                self._holders[(number, name)] = key
        for group, value_of in self.groups.items():
            value = value_of(row)
            if old is not None and value_of(old) != value:
                del self._members[(group, value_of(old))][key]
            self._members.setdefault((group, value), {})[key] = None
