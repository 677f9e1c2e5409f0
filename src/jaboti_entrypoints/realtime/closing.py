"""Why a connection is closed."""

from enum import IntEnum


class CloseCode(IntEnum):
    """The codes that we close with; those under 4000 are RFC 6455's own."""

    NOT_TEXT = 1003
    TOO_LARGE = 1009
    OUR_FAULT = 1011
    TRY_AGAIN = 1013
    UNAUTHENTICATED = 4401
    FORBIDDEN = 4403
    SILENT = 4408
    SESSION_OVER = 4409
    TOO_SLOW = 4413
    TOO_FAST = 4429

    @property
    def meaning(self) -> str:
        """In a sentence."""
        return _MEANINGS[self]


_MEANINGS = {
    CloseCode.NOT_TEXT: "Frames are text.",
    CloseCode.TOO_LARGE: "A frame has at most 64 KiB.",
    CloseCode.OUR_FAULT: "Something went wrong on our side.",
    CloseCode.TRY_AGAIN: "Connect again with the cursor: this server is shutting down, or its history began anew.",
    CloseCode.UNAUTHENTICATED: "The first frame did not authenticate within 5 s, or the token has expired.",
    CloseCode.FORBIDDEN: "The origin or the role does not allow it.",
    CloseCode.SILENT: "No frame came for twice `heartbeatSeconds`.",
    CloseCode.SESSION_OVER: "The session was ended, or its user may no longer act for the company.",
    CloseCode.TOO_SLOW: "More than 256 frames or 1 MiB were waiting to be read.",
    CloseCode.TOO_FAST: "Too many commands came at once.",
}
