"""Answers that show one versioned thing, as the store wrote it."""

import msgspec

from jaboti_domain.kernel.paging import Json
from jaboti_entrypoints.rest import headers
from jaboti_entrypoints.rest.answer import Answer


class _Versioned(msgspec.Struct):
    version: int


_decode_version = msgspec.json.Decoder(_Versioned).decode


def version_of(document: Json) -> int:
    """The version in a document of the store."""
    return _decode_version(document).version


def versioned(document: Json, *, status: int = 200) -> Answer:
    """The document with its ETag."""
    return Answer(document, status, (headers.etag(version_of(document)),))
