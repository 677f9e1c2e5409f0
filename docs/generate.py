"""Writes docs/reference from the code: `make docs`; with `--check` it says what is out of date instead."""

import ast
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from inspect import cleandoc, getsource
from itertools import pairwise
from pathlib import Path
from textwrap import dedent

from pydantic import SecretStr
from pydantic.fields import FieldInfo

import jaboti_entrypoints.container  # whose refusals are told, too
import jaboti_entrypoints.rates
import jaboti_entrypoints.retention
import jaboti_entrypoints.server
import jaboti_entrypoints.sessions  # noqa: F401
from jaboti_domain.kernel.actor import LEAST_ROLE, Operation
from jaboti_entrypoints.errors import all_refusals, family_of
from jaboti_entrypoints.realtime.shapes import SHAPE_OF
from jaboti_entrypoints.rest.app import ROUTES
from jaboti_entrypoints.rest.route import Access, Route
from jaboti_entrypoints.settings import Settings

REFERENCE = Path(__file__).parent / "reference"
_ACCESS = {Access.ANYONE: "anyone", Access.SIGNED_IN: "who is signed in"}


def routes() -> str:
    """What can be asked."""
    asked = [(f"`{r.method} {r.path}`", _least(r), r.summary) for r in ROUTES if r.documented]
    return _page(
        "Routes",
        "What can be asked, and the least role that may. A running server tells the rest at `/docs`.",
        _table(("route", "least role", "what it does"), asked),
    )


def roles() -> str:
    """What each role may."""
    served: dict[Operation, list[str]] = {operation: [] for operation in Operation}
    for route in ROUTES:
        if isinstance(route.access, Operation):
            served[route.access].append(f"`{route.method} {route.path}`")
    told = ((f"`{o}`", LEAST_ROLE[o], "<br>".join(served[o])) for o in Operation)
    return _page(
        "Roles",
        "One table says what the least role is for each operation; every role may do what those before it may:"
        " OPERATOR, SUPERVISOR, ADMIN.",
        _table(("operation", "least role", "asked by"), told),
    )


def refusals() -> str:
    """Why something may be refused."""
    told = sorted(
        (f"`{each.code}`", str(family_of(each).status), cleandoc(each.__doc__ or "").split("\n")[0], each.portuguese)
        for each in all_refusals()
    )
    return _page(
        "Refusals",
        "The `code` of a problem is stable; its sentence is told in the language that was asked for.",
        _table(("code", "status", "English", "português"), told),
    )


def events() -> str:
    """What is told live."""
    told = ((f"`{name}`", _first_line(shape)) for name, shape in SHAPE_OF.items())
    return _page(
        "Live events",
        "What a WebSocket is told. Their fields are in `/asyncapi.json` of a running server.",
        _table(("event", "what it carries"), told),
    )


def settings() -> str:
    """What can be set."""
    fields = Settings.model_fields
    told = ((f"`JABOTI_{name.upper()}`", _default(fields[name]), about) for name, about in about_settings().items())
    return _page(
        "Settings",
        "Read from the environment. Times are in seconds.",
        _table(("variable", "unless set", "what"), told),
    )


def about_settings() -> Mapping[str, str]:
    """What stands below each field; the class itself does not look at it, for that takes time at every start."""
    (read,) = ast.parse(dedent(getsource(Settings))).body
    assert isinstance(read, ast.ClassDef)
    about = dict.fromkeys(Settings.model_fields, "")
    for field, text in pairwise(read.body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr):
            about[field.target.id] = cleandoc(ast.literal_eval(text.value))
    return about


PAGES: Mapping[str, Callable[[], str]] = {
    "routes.md": routes,
    "roles.md": roles,
    "refusals.md": refusals,
    "events.md": events,
    "settings.md": settings,
}


def outdated() -> list[str]:
    """The pages that the code would write otherwise."""
    return [name for name, page in PAGES.items() if not _is(REFERENCE / name, page())]


def _is(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


def _least(route: Route[object]) -> str:
    return LEAST_ROLE[route.access] if isinstance(route.access, Operation) else _ACCESS[route.access]


def _first_line(kind: type) -> str:
    return cleandoc(kind.__doc__ or "").split("\n")[0]


def _default(field: FieldInfo) -> str:
    value = field.default
    if value in (None, (), {}) or isinstance(value, SecretStr):
        return ""
    return f"`{value}`"


def _page(title: str, about: str, table: Iterable[str]) -> str:
    made = "Written by `make docs` from the code; a test holds it against the code."
    return "\n".join([f"# {title}", "", about, "", *table, "", f"_{made}_", ""])


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(heads) + " |"
    yield "| " + " | ".join("---" for _ in heads) + " |"
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |"


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(f"out of date, run `make docs`: {', '.join(outdated())}" if outdated() else 0)
    REFERENCE.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), encoding="utf-8")
