"""The table of routes that the wire contract promises, as data: path, and least role by method."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from jaboti_domain.kernel.actor import Role

O, S, A = Role  # noqa: E741  # as the table writes them
Row = tuple[str, str]
"""A method and a path with every id as `{}`."""

TABLE: Mapping[str, Mapping[str, Role | None]] = {
    "/auth/login": {"POST": None},
    "/auth/refresh": {"POST": None},
    "/auth/logout": {"POST": O},
    "/auth/me": {"GET": O},
    "/auth/companies": {"GET": O},
    "/auth/company": {"POST": O},
    "/auth/sessions": {"GET": O},
    "/auth/sessions/{}": {"DELETE": O},
    "/auth/password": {"PUT": O},
    "/companies": {"GET": O},
    "/companies/{}": {"GET": O, "PATCH": A},
    "/companies/{}/members": {"GET": S},
    "/companies/{}/members/{}": {"PUT": A, "DELETE": A},
    "/departments": {"GET": O, "POST": S},
    "/departments/{}": {"GET": O, "PUT": S, "DELETE": S},
    "/departments/{}/users/{}": {"PUT": S, "DELETE": S},
    "/users": {"GET": O, "POST": A},
    "/users/{}": {"GET": O, "PUT": A, "DELETE": A},
    "/users/me/presence": {"PUT": O},
    "/clients": {"GET": O, "POST": O},
    "/clients/{}": {"GET": O, "PUT": O, "PATCH": O, "DELETE": S},
    "/clients/{}/history": {"GET": O},
    "/clients/{}/notes": {"GET": O},
    "/clients/{}/export": {"GET": A},
    "/clients/{}/anonymize": {"POST": A},
    "/chats": {"GET": O, "POST": O},
    "/chats/counts": {"GET": O},
    "/chats/history": {"GET": O},
    "/chats/{}": {"GET": O},
    "/chats/{}/messages": {"GET": O, "POST": O},
    "/chats/{}/read": {"POST": O},
    "/chats/{}/start": {"POST": O},
    "/chats/{}/transfer": {"POST": O},
    "/chats/{}/end": {"POST": O},
    "/chats/{}/timeline": {"GET": O},
    "/notes": {"GET": O, "POST": O},
    "/notes/{}": {"GET": O, "PUT": O, "DELETE": O},
    "/media": {"POST": O},
    "/media/{}": {"GET": O},
    "/integrations/config": {"GET": S, "POST": A},
    "/integrations/config/{}": {"GET": S, "PUT": A, "DELETE": A},
    "/integrations/config/{}/test": {"POST": A},
    "/integrations/config/{}/status": {"GET": S},
    "/integrations/logs": {"GET": S},
    "/integrations/dead-letters": {"GET": A},
    "/integrations/dead-letters/{}/replay": {"POST": A},
    "/integrations/templates": {"GET": O},
    "/integrations/usage": {"GET": S},
    "/dashboard/metrics": {"GET": O},
    "/dashboard/layout": {"GET": O, "PUT": O},
    "/audit": {"GET": A},
    "/health/live": {"GET": None},
    "/health/ready": {"GET": None},
    "/metrics": {"GET": None},
}
BEYOND: Mapping[str, Mapping[str, Role | None]] = {
    "/chats/windows": {"GET": O},
    "/integrations/budget": {"GET": S, "PUT": A, "DELETE": A},
    "/clients/{}/block": {"POST": S},
    "/clients/{}/unblock": {"POST": S},
    "/clients/{}/merge": {"POST": S},
    "/clients/{}/unmerge": {"POST": S},
    "/clients/import": {"POST": S},
    "/clients/export": {"GET": S},
}
"""What there is besides, and is walked as well."""
TO_COME: frozenset[Row] = frozenset()
"""Promised rows that are not there yet: whoever builds one takes it out of here, and walks it."""

ROLES: Mapping[Row, Role | None] = {
    (method, path): role for path, methods in {**TABLE, **BEYOND}.items() for method, role in methods.items()
}
PROMISED: frozenset[Row] = frozenset((method, path) for path, methods in TABLE.items() for method in methods)

_ID = re.compile(r"\{\w+\}")
_METHODS = re.compile(
    r"(?P<methods>(?:GET|POST|PUT|PATCH|DELETE)(?:/(?:GET|POST|PUT|PATCH|DELETE))*)\s*(?P<path>/\S+)?"
)


def bare(path: str) -> str:
    """A path with every id as `{}`."""
    return _ID.sub("{}", path)


def written(contract: Path) -> frozenset[Row]:
    """The rows of the table as it is written in the contract."""
    lines = contract.read_text(encoding="utf-8").split("## REST")[1].split("\n## ")[0].splitlines()
    cells = [
        line.replace("\\|", "/").split("|")[1] for line in lines if re.match(r"\| (GET|POST|PUT|PATCH|DELETE)", line)
    ]
    return frozenset(row for cell in cells for row in _rows(cell))


def _rows(cell: str) -> Iterator[Row]:
    path = ""
    for part in re.sub(r"`[^`]*`", "", cell).split("·"):
        found = _METHODS.match(part.strip())
        assert found, part
        path = found["path"] or path
        for method in found["methods"].split("/"):
            yield method, bare(path.partition("?")[0])
