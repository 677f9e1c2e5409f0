"""What the driver says, in the domain's words."""

from collections.abc import Mapping
from types import TracebackType

import asyncpg

from jaboti_domain.chat.errors import AttendantDisabled, ChatIsOpen
from jaboti_domain.client.errors import ClientExists, DocumentTaken
from jaboti_domain.company.errors import DepartmentExists, DepartmentNotFound, MemberExists
from jaboti_domain.identity.errors import EmailTaken
from jaboti_domain.integration.errors import AccountTaken
from jaboti_domain.kernel.errors import Conflict, Invalid, NotFound, Refusal, StaleVersion, Unavailable
from jaboti_domain.media.errors import NoSuchMedia

OF_CONSTRAINT: Mapping[str, type[Refusal]] = {
    "chat_interval_pkey": StaleVersion,
    "chat_open_key": ChatIsOpen,
    "chat_pkey": StaleVersion,
    "client_document_key": DocumentTaken,
    "client_identity_pkey": ClientExists,
    "department_name_key_key": DepartmentExists,
    "integration_account_pkey": AccountTaken,
    "membership_pkey": MemberExists,
    "message_pkey": StaleVersion,
    "milestone_pkey": StaleVersion,
    "user_account_email_key": EmailTaken,
}
"""Uniqueness by name; any other is a Conflict."""

OF_TRIGGER: Mapping[str, type[Refusal]] = {
    "chat_attendant_is_there": AttendantDisabled,
    "chat_department_is_there": DepartmentNotFound,
    "message_media_company_id_fkey": NoSuchMedia,
}
"""What our triggers refuse in the manner of a foreign key, by the name that they give to it; and one that is one."""

OF_STATE: Mapping[str, type[Refusal]] = {
    "21000": StaleVersion,
    "22000": Invalid,
    "22001": Invalid,
    "22003": Invalid,
    "22021": Invalid,
    "22P02": Invalid,
    "22P05": Invalid,
    "23503": NotFound,
    "23505": Conflict,
    "25P02": Unavailable,
    "25P03": Unavailable,
    "40001": Unavailable,
    "40P01": Unavailable,
    "55P03": Unavailable,
    "57014": Unavailable,
}
"""By SQLSTATE; what is not here is a mistake of ours and goes on as it is."""

_AWAY = ("08", "53", "57P")
"""Classes of SQLSTATE that say that the server is away, full or stopping."""


class _Translation:
    """Turns what asyncpg and the network raise into refusals, and keeps the cause."""

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None and (refusal := refusal_of(error)) is not None:
            raise refusal from error


in_our_words = _Translation()
"""The context in which the driver is called."""


def refusal_of(error: BaseException) -> Refusal | None:
    """The refusal that an error means; None when it means none.

    An internal error of the client is what it makes of a server that went away between two statements.
    """
    if isinstance(error, asyncpg.PostgresError):
        return _of_server(error)
    if isinstance(error, UnicodeEncodeError):
        return Invalid()
    if isinstance(error, OSError | TimeoutError | asyncpg.InternalClientError) or _says_closed(error):
        return Unavailable()
    return None


def _of_server(error: asyncpg.PostgresError) -> Refusal | None:
    state = error.sqlstate or ""
    if state.startswith(_AWAY):
        return Unavailable()
    named = {"23505": OF_CONSTRAINT, "23503": OF_TRIGGER}.get(state, {})
    found = named.get(error.constraint_name or "") or OF_STATE.get(state)
    return found() if found else None


def _says_closed(error: BaseException) -> bool:
    return isinstance(error, asyncpg.InterfaceError) and "closed" in str(error)
