"""Files on the platform: uploaded by the business or sent by clients."""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import sha256
from secrets import randbelow, token_bytes
from typing import Any

from attrs import define, field, frozen

from jaboti_entrypoints.sandbox.cloudapi.errors import GraphError, unknown_object

DOWNLOADS = "/whatsapp_business/attachments/"
MEBIBYTE = 1024 * 1024
LIMITS = {"audio": 16 * MEBIBYTE, "image": 5 * MEBIBYTE, "video": 16 * MEBIBYTE, "sticker": 500 * 1024}
DOCUMENT_LIMIT = 100 * MEBIBYTE
MIME_TYPES = {
    "audio": ("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"),
    "image": ("image/jpeg", "image/png"),
    "video": ("video/mp4", "video/3gpp"),
    "sticker": ("image/webp",),
}
_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
SAMPLES = {
    "image": ("image/png", b64decode(_PIXEL)),
    "audio": ("audio/ogg; codecs=opus", b"OggS\x00\x02" + bytes(20) + b"\x01\x13OpusHead\x01\x01" + bytes(9)),
    "video": ("video/mp4", b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"),
    "sticker": ("image/webp", b"RIFF\x0c\x00\x00\x00WEBPVP8L\x00\x00\x00\x00"),
    "document": ("application/pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"),
}


@frozen
class StoredMedia:
    """One file; the numbers of its WhatsApp Business Account may use it."""

    id: str
    waba_id: str
    mime_type: str
    data: bytes
    sha256: bytes

    def received(self, url: str | None) -> dict[str, Any]:
        """How a webhook describes a client's file."""
        shown = {"id": self.id, "mime_type": self.mime_type, "sha256": b64encode(self.sha256).decode("ascii")}
        return shown | ({"url": url} if url else {})

    def described(self, url: str) -> dict[str, Any]:
        """The answer to `GET /{media_id}`."""
        return {
            "messaging_product": "whatsapp",
            "url": url,
            "mime_type": self.mime_type,
            "sha256": self.sha256.hex(),
            "file_size": len(self.data),
            "id": self.id,
        }


@define(eq=False)
class MediaShelf:
    """All files, in memory, and the short-lived addresses from which they are fetched."""

    clock: Callable[[], float]
    _files: dict[str, StoredMedia] = field(factory=dict, init=False)
    _secret: bytes = field(factory=lambda: token_bytes(16), init=False)

    def upload(self, waba_id: str, data: bytes, mime_type: str) -> StoredMedia:
        """Keeps a file of the business; GraphError 100 or 131053 for one that WhatsApp could not show."""
        limit = _limit(mime_type)
        if len(data) > limit:
            raise GraphError(131053, f"The file is larger than {limit} bytes.")
        return self.keep(waba_id, data, mime_type)

    def keep(self, waba_id: str, data: bytes, mime_type: str) -> StoredMedia:
        """Keeps any file."""
        media_id = str(10**15 + randbelow(9 * 10**15))
        media = StoredMedia(media_id, waba_id, mime_type, data, sha256(data).digest())
        self._files[media_id] = media
        return media

    def find(self, media_id: str, waba_ids: set[str]) -> StoredMedia | None:
        """The file with this id, if one of these accounts may use it."""
        media = self._files.get(media_id)
        return media if media and media.waba_id in waba_ids else None

    def get(self, media_id: str, waba_ids: set[str], *, verb: str = "get") -> StoredMedia:
        """As `find`, but GraphError 100 when there is none."""
        media = self.find(media_id, waba_ids)
        if media is None:
            raise unknown_object(media_id, verb=verb)
        return media

    def delete(self, media_id: str) -> None:
        """Throws a file away."""
        self._files.pop(media_id, None)

    def url(self, media: StoredMedia, *, base: str, seconds: float) -> str:
        """An address of the file that ends after so many seconds."""
        expiry = f"{self.clock() + seconds:.3f}"
        return f"{base}{DOWNLOADS}?mid={media.id}&ext={expiry}&hash={self._seal(media.id, expiry)}"

    def fresh(self, media_id: str, expiry: str, seal: str) -> bool:
        """Whether an address was made here and has not ended."""
        genuine = hmac.compare_digest(self._seal(media_id, expiry).encode(), seal.encode("utf-8", "replace"))
        return genuine and float(expiry) > self.clock()

    def clear(self) -> None:
        """Throws everything away."""
        self._files.clear()

    def _seal(self, media_id: str, expiry: str) -> str:
        return hmac.new(self._secret, f"{media_id} {expiry}".encode("utf-8", "replace"), "sha256").hexdigest()[:32]


def _limit(mime_type: str) -> int:
    base = mime_type.partition(";")[0].strip().lower()
    for kind, accepted in MIME_TYPES.items():
        if base in accepted:
            return LIMITS[kind]
    if base.partition("/")[0] in ("audio", "image", "video"):
        known = ", ".join(each for accepted in MIME_TYPES.values() for each in accepted)
        raise GraphError(100, f"Param file must be a file with one of the following types: {known}.")
    return DOCUMENT_LIMIT
