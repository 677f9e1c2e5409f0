"""What the hub needs of a connection, whatever protocol it speaks."""

from typing import Protocol

from jaboti_domain.identity.ports import Grant
from jaboti_domain.kernel.actor import Actor
from jaboti_entrypoints.realtime.closing import CloseCode
from jaboti_entrypoints.realtime.frames import Frame


class Connection(Protocol):
    """Somebody who listens."""

    actor: Actor
    """Who they are at present; the hub keeps it true."""

    @property
    def grant(self) -> Grant:
        """What their newest token says."""
        ...

    @property
    def is_silent(self) -> bool:
        """Whether they have given no sign of life for so long that they count as gone."""
        ...

    def send(self, frame: Frame) -> None:
        """Queue a frame. Never waits and never raises; a connection with too much to read closes itself."""
        ...

    def close(self, code: CloseCode) -> None:
        """End it soon. Never waits and never raises; the first code counts."""
        ...
