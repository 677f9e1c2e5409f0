"""The tree of refusals.

Refusal
├── NotFound         what was named is not there, or belongs to another company
├── Conflict         the state of things forbids it
├── Invalid          what was given can't be right
├── Forbidden        the role may not
├── Unauthenticated  nobody knows who asks
├── Unavailable      something we depend on is away; the same request may succeed later
└── TooMany          too often

A refusal carries a stable code, a sentence in English (its docstring) and in Portuguese, and details, never a status of
a protocol.
"""

from typing import ClassVar


class Refusal(Exception):
    """The request was refused."""

    code: ClassVar[str] = "refused"
    portuguese: ClassVar[str] = "O pedido foi recusado."
    field: ClassVar[str] = ""
    """The given value that it is about, when it is always the same; a detail of this name says which one it was."""

    def __init__(self, **details: object) -> None:
        self.details = details
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The sentence for people, in English: the class's docstring."""
        return (type(self).__doc__ or self.code).strip()


class NotFound(Refusal):
    """There is no such thing."""

    code = "not_found"
    portuguese = "Isso não existe."


class Conflict(Refusal):
    """The current state forbids it."""

    code = "conflict"
    portuguese = "O estado atual não permite."


class StaleVersion(Conflict):
    """It was changed by somebody else in the meantime."""

    code = "conflict.stale_version"
    portuguese = "Outra pessoa alterou isso nesse meio-tempo."


class Invalid(Refusal):
    """A value is not acceptable."""

    code = "invalid"
    portuguese = "Um valor não é aceitável."


class InvalidCursor(Invalid):
    """The cursor was not made by this list."""

    code = "invalid.cursor"
    portuguese = "O cursor não foi criado por esta lista."


class Forbidden(Refusal):
    """The role does not allow it."""

    code = "forbidden"
    portuguese = "O papel não permite."


class Unauthenticated(Refusal):
    """Authentication is needed."""

    code = "auth.unauthenticated"
    portuguese = "É preciso se autenticar."


class Unavailable(Refusal):
    """A service that this depends on is away for the moment."""

    code = "unavailable"
    portuguese = "Um serviço do qual isso depende está fora do ar no momento."

    def __init__(self, *, retry_after: float = 1.0, **details: object) -> None:
        self.retry_after = retry_after
        super().__init__(**details)


class TooMany(Refusal):
    """Too many requests."""

    code = "too_many"
    portuguese = "Requisições demais."

    def __init__(self, *, retry_after: float = 1.0, **details: object) -> None:
        self.retry_after = retry_after
        super().__init__(**details)
