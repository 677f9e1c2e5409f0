"""What the database says, read by somebody whom nothing binds."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Self

import asyncpg
from attrs import field, frozen

Row = Mapping[str, Any]

_QUERIES = {
    "messages": "SELECT * FROM message ORDER BY chat_id, seq",
    "chats": "SELECT * FROM chat ORDER BY id",
    "clients": "SELECT * FROM client ORDER BY id",
    "journal": "SELECT company_id, integration_id, event_key, outcome, reason FROM journal ORDER BY id",
    "events": "SELECT company_id, seq, at, name, data FROM event ORDER BY company_id, seq",
    "streams": "SELECT company_id, seq FROM company_stream",
}


@frozen(kw_only=True)
class Books:
    """The rows of the tables that count, as they stood at one moment."""

    messages: Sequence[Row] = field(repr=False)
    chats: Sequence[Row] = field(repr=False)
    clients: Sequence[Row] = field(repr=False)
    journal: Sequence[Row] = field(repr=False)
    events: Sequence[Row] = field(repr=False)
    streams: Sequence[Row] = field(repr=False)

    @classmethod
    async def read(cls, superuser_url: str) -> Self:
        """Everything, in one snapshot."""
        connection = await asyncpg.connect(superuser_url)
        try:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                rows = {name: [dict(row) for row in await connection.fetch(sql)] for name, sql in _QUERIES.items()}
        finally:
            await connection.close()
        return cls(**rows)

    @property
    def inbound(self) -> list[Row]:
        """What clients wrote."""
        return [message for message in self.messages if message["sender_type"] == "CLIENT"]

    @property
    def outbound(self) -> list[Row]:
        """What was sent to clients."""
        return [message for message in self.messages if message["outbound"]]

    def told(self, name: str) -> list[dict[str, Any]]:
        """What events of this name say, and `at` what time."""
        return [{"at": e["at"], **json.loads(e["data"])} for e in self.events if e["name"] == name]
