"""The messages that the server keeps, and how they are looked for."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import define, field
from msgspec import Struct

from jaboti_entrypoints.sandbox.evolutionapi.payloads import Said
from jaboti_entrypoints.sandbox.evolutionapi.people import Person

ROW = ("key", "pushName", "messageType", "message", "messageTimestamp", "instanceId", "source", "contextInfo")


class Record(Struct, frozen=True):
    """One message as it was said, and as the version of then wrote it."""

    instance: str
    person: Person
    said: Said
    data: dict[str, Any]
    statuses: list[str] = []

    def row(self) -> dict[str, Any]:
        """As the server's database has it: its own `id` is not WhatsApp's."""
        kept = {name: self.data[name] for name in ROW if name in self.data}
        updates = [{"status": status} for status in self.statuses]
        return {"id": f"cm{self.said.id.lower()}", **kept, "MessageUpdate": updates}


@define(eq=False)
class Records:
    """All messages of all instances."""

    _rows: dict[tuple[str, str], Record] = field(factory=dict, init=False)

    def keep(self, record: Record) -> None:
        """Keeps a message."""
        self._rows[record.instance, record.said.id] = record

    def find(self, instance: str, name: str) -> Record | None:
        """The message with this id of WhatsApp's."""
        return self._rows.get((instance, name))

    def get(self, instance: str, name: str) -> Record:
        """As `find`, but LookupError when there is none."""
        record = self.find(instance, name)
        if record is None:
            raise LookupError(f"{instance} has no message {name}")
        return record

    def page(self, instance: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to `findMessages`: the newest first, `offset` to a page."""
        found = self._found(instance, asked.get("where") or {})
        size, page = int(asked.get("offset") or 50), int(asked.get("page") or 1)
        shown = found[(page - 1) * size : page * size]
        pages = -(-len(found) // size)
        rows = [record.row() for record in shown]
        return {"messages": {"total": len(found), "pages": pages, "currentPage": page, "records": rows}}

    def clear(self) -> None:
        """Forgets everything."""
        self._rows.clear()

    def _found(self, instance: str, where: Mapping[str, Any]) -> Sequence[Record]:
        fits = _filter(where)
        rows = [row for (name, _), row in self._rows.items() if name == instance and fits(row)]
        rows.reverse()
        return sorted(rows, key=lambda row: int(row.said.at), reverse=True)


def _filter(where: Mapping[str, Any]) -> Callable[[Record], bool]:
    key, span = where.get("key") or {}, where.get("messageTimestamp") or {}
    # Only what is true narrows, and only both ends of a time together: so the server does it.
    wanted = {name: key[name] for name in ("id", "fromMe", "remoteJid") if key.get(name)}
    both = span.get("gte") and span.get("lte")
    first, last = (_seconds(span["gte"]), _seconds(span["lte"])) if both else (0, 1 << 62)

    def fits(record: Record) -> bool:
        own = record.data["key"]
        return all(own.get(name) == value for name, value in wanted.items()) and first <= int(record.said.at) <= last

    return fits


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())
