"""How the server is made to misbehave: for all instances, or for one."""

from typing import Literal

from jaboti_entrypoints.sandbox.evolutionapi.errors import EvolutionError
from jaboti_entrypoints.sandbox.evolutionapi.versions import Version
from jaboti_entrypoints.sandbox.files import FileDials
from jaboti_entrypoints.sandbox.knobs import Board, Fate, Seconds


class Dials(FileDials, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The positions of all knobs."""

    version: Version = Version.V2_3_7
    lids: bool = False
    """Whether clients have a hidden id beside their phone, shown as the version does."""
    lid_only: bool = False
    """Whether clients show nothing but a hidden id, as some who come from an advertisement."""
    echo_upsert: bool = False
    """Whether what is sent is told by `messages.upsert`, too, and not by `send.message` alone."""
    lost_events: frozenset[str] = frozenset()
    """Events that never leave the server: it keeps them in memory only."""
    device_in_statuses: bool = False
    """Whether statuses name our own device instead of the client."""
    not_on_whatsapp: frozenset[str] = frozenset()
    """Numbers that nobody has, in this spelling."""
    qr_seconds: Seconds = 0.5
    """How long each QR code is good for."""
    qr_limit: int = 30
    media_stored: bool = False
    """Whether files go to a storage beside the server, as S3, and messages say where."""
    media_url_seconds: Seconds = 604800.0
    media_kept: bool = True
    """Whether the server can still get a message's file from WhatsApp."""


def refusal_of(fate: Fate) -> EvolutionError:
    """The answer to a send that is refused."""
    return EvolutionError(fate.code, [fate.words] if fate.words else None, retry_after=fate.retry_after)


class Knobs(Board[Dials]):
    """The board of knobs."""

    dials = Dials

    def fail_next(
        self,
        status: int,
        count: int = 1,
        *,
        words: str = "",
        mode: Literal["sync", "async"] = "sync",
        retry_after: float | None = None,
        number: str | None = None,
    ) -> None:
        """The next sends are refused with a status (sync), or accepted and then reported as an ERROR (async).

        502 to 504 are said by something in front of the server.
        """
        kind: Literal["refused", "failed"] = "refused" if mode == "sync" else "failed"
        self._plan(number, Fate(kind, code=status, words=words, retry_after=retry_after), count)
