"""What the server refuses, in its own words."""

from typing import Any

REASONS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    429: "Too Many Requests",
    500: "Internal Server Error",
}
WORDS: dict[int, Any] = {
    400: ["Error: Connection Closed"],
    401: "Unauthorized",
    403: ["Missing global api key", "The global api key must be set"],
    429: ["Too many requests"],
    500: ["Internal Server Error"],
}
"""What is said with a status when nothing else is to be said."""


class EvolutionError(Exception):
    """A request that the server refuses. `message` goes out as it is: a string, or lists of strings and objects."""

    def __init__(self, status: int, message: Any = None, *, retry_after: float | None = None) -> None:
        super().__init__(status, message)
        self.status, self.retry_after = status, retry_after
        self.message = WORDS.get(status) if message is None else message

    @property
    def is_gateway(self) -> bool:
        """Whether something in front of the server says it, in HTML."""
        return self.status in (502, 503, 504)

    def body(self) -> dict[str, Any]:
        """The answer's JSON."""
        response = {} if self.message is None else {"message": self.message}
        return {"status": self.status, "error": REASONS.get(self.status, "Error"), "response": response}


def unknown_instance(name: str) -> EvolutionError:
    """There is no such instance: said before anybody is asked for a key."""
    return EvolutionError(404, [f'The "{name}" instance does not exist'])


def missing_property(*names: str) -> EvolutionError:
    """The body lacks something: a list in a list."""
    return EvolutionError(400, [[f'instance requires property "{name}"' for name in names]])


def not_on_whatsapp(jid: str, number: str) -> EvolutionError:
    """Nobody has this number."""
    return EvolutionError(400, [{"jid": jid, "exists": False, "number": number}])
