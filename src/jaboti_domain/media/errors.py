"""Refusals about files.

NotFound ── MediaNotFound, MediaLost
Conflict ── MediaPending
Invalid ── NoSuchMedia, EmptyMedia, MediaTypeMismatch, UnfitMedia, OversizedMedia
"""

from jaboti_domain.kernel.errors import Conflict, Invalid, NotFound


class MediaNotFound(NotFound):
    """There is no such file."""

    code = "media.not_found"
    portuguese = "Este arquivo não existe."


class MediaLost(NotFound):
    """The platform did not give us this file."""

    code = "media.lost"
    portuguese = "A plataforma não nos entregou este arquivo."


class MediaPending(Conflict):
    """The file is still on its way to us: try again in a moment."""

    code = "media.pending"
    portuguese = "O arquivo ainda está a caminho: tente de novo em instantes."

    def __init__(self, *, retry_after: float = 2.0, **details: object) -> None:
        self.retry_after = retry_after
        super().__init__(**details)


class NoSuchMedia(Invalid):
    """There is no such file: upload it first."""

    code = "message.no_such_media"
    portuguese = "Este arquivo não existe: envie-o primeiro."
    field = "mediaId"


class EmptyMedia(Invalid):
    """The file is empty."""

    code = "media.empty"
    portuguese = "O arquivo está vazio."
    field = "file"


class MediaTypeMismatch(Invalid):
    """The file is not of the type that it claims to be."""

    code = "media.type_mismatch"
    portuguese = "O arquivo não é do tipo que diz ser."
    field = "file"


class UnfitMedia(Invalid):
    """The channel does not take a file of this type as such a message."""

    code = "message.unfit_media"
    portuguese = "O canal não aceita um arquivo deste tipo em uma mensagem assim."
    field = "mediaType"


class OversizedMedia(Invalid):
    """The file is larger than the channel takes."""

    code = "message.oversized_media"
    portuguese = "O arquivo é maior do que o canal aceita."
    field = "mediaId"
