"""Files on the server: in its answers, in a storage beside it, and in webhooks that want them."""

import asyncio
from base64 import b64encode
from collections.abc import Callable, Mapping
from hmac import new as new_hmac
from mimetypes import guess_extension
from secrets import compare_digest, token_bytes
from typing import Any
from urllib.parse import quote

import msgspec
from attrs import define, field
from starlette.requests import Request
from starlette.responses import Response

from jaboti_entrypoints.sandbox.evolutionapi.contents import file_of, type_of
from jaboti_entrypoints.sandbox.evolutionapi.errors import EvolutionError
from jaboti_entrypoints.sandbox.evolutionapi.instances import Instance
from jaboti_entrypoints.sandbox.evolutionapi.knobs import Knobs
from jaboti_entrypoints.sandbox.evolutionapi.records import Record, Records
from jaboti_entrypoints.sandbox.evolutionapi.versions import Long, written
from jaboti_entrypoints.sandbox.files import File, altered, handed

STORAGE = "/__storage"


@define(eq=False)
class Storage:
    """Where a bucket's files are, for as long as their addresses say."""

    records: Records
    knobs: Knobs
    clock: Callable[[], float]
    base: str = "http://localhost:8080"
    _secret: bytes = field(factory=lambda: token_bytes(16), init=False)

    def told(self, instance: Instance, data: dict[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
        """A message as events tell it: with its file, or where that is, for those who want it so."""
        found, dials = file_of(content), self.knobs.of(instance.name)
        if found is None:
            return data
        beside = {}
        if instance.webhook.base64:
            beside["base64"] = b64encode(altered(found.data, dials)).decode()
        if dials.media_stored:
            beside["mediaUrl"] = self.url(instance.name, data["key"]["id"])
        return {**data, "message": {**data["message"], **beside}} if beside else data

    def url(self, instance: str, message_id: str) -> str:
        """Where a message's file is."""
        dials = self.knobs.of(instance)
        expires = f"{self.clock() + dials.media_url_seconds:.3f}"
        place = f"{dials.media_elsewhere or self.base}{STORAGE}/{quote(instance, safe='')}/{message_id}"
        return f"{place}?X-Amz-Expires={expires}&X-Amz-Signature={self._seal(message_id, expires)}"

    async def fetch(self, request: Request, released: asyncio.Event) -> Response:
        """A file of the bucket; 403 once its address has ended, as there."""
        instance, message_id = request.path_params["instance"], request.path_params["message_id"]
        expires = request.query_params.get("X-Amz-Expires", "0")
        genuine = compare_digest(self._seal(message_id, expires), request.query_params.get("X-Amz-Signature", ""))
        record = self.records.find(instance, message_id)
        found = file_of(record.said.content) if record else None
        if found is None or not genuine or float(expires) <= self.clock():
            return Response("<Error><Code>AccessDenied</Code></Error>", 403, media_type="application/xml")
        dials = self.knobs.of(instance)
        return await handed(request, File(altered(found.data, dials), found.mime_type), dials, released=released)

    def _seal(self, message_id: str, expires: str) -> str:
        return new_hmac(self._secret, f"{message_id} {expires}".encode("utf-8", "replace"), "sha256").hexdigest()


def as_base64(record: Record | None, knobs: Knobs) -> bytes:
    """The answer to `getBase64FromMediaMessage`. EvolutionError 400 for a message without a file, or not kept."""
    if record is None:
        raise EvolutionError(400, ["Message not found"])
    found, dials = file_of(record.said.content), knobs.of(record.instance)
    if found is None:
        raise EvolutionError(400, ["The message is not of the media type"])
    if not dials.media_kept:
        raise EvolutionError(400, ["Error: Failed to fetch stream from https://mmg.whatsapp.net"])
    kind = type_of(record.said.content)
    part = record.said.content[kind]
    extension = (guess_extension(found.mime_type.partition(";")[0]) or ".bin").lstrip(".")
    return msgspec.json.encode(
        {
            "mediaType": kind,
            "fileName": part.get("fileName") or f"{record.said.id}.{extension}",
            "caption": part.get("caption"),
            "size": {"fileLength": written(Long(len(found.data)), dials.version), "height": None, "width": None},
            "mimetype": found.mime_type,
            "base64": b64encode(altered(found.data, dials)).decode(),
            "buffer": None,
        }
    )
