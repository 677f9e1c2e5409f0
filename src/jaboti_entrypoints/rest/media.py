"""/media: files that are sent with messages, and those that came with them."""

from urllib.parse import quote
from uuid import UUID

from pydantic import Field

from jaboti_domain.kernel.actor import Operation
from jaboti_domain.kernel.ids import MediaId
from jaboti_domain.media.limits import LARGEST, natural_type
from jaboti_domain.media.model import Media
from jaboti_domain.media.types import BYTES, PLAIN, bare
from jaboti_entrypoints.rest.answer import Answer, Streamed, shown
from jaboti_entrypoints.rest.ranges import has_not_changed, span_of
from jaboti_entrypoints.rest.route import Call, FileUpload, Header, Route
from jaboti_entrypoints.rest.wire import Id, Shown, Time

PATH = "/media/{mediaId}"
ANY_TYPE = "*/*"
_HARMLESS = ("image/jpeg", "image/png", "image/webp", "image/gif", "application/pdf", PLAIN)
"""What is told to be what it is, beside sound and moving pictures; no browser runs any of it."""


class UploadedMedia(Shown):
    """A file that can be sent: `id` is the `mediaId` of a message, `mediaType` how it is shown if nobody says."""

    id: Id
    url: str
    media_type: str
    mime_type: str = Field(description="What the content is, whatever it was said to be.")
    size: int
    sha256: str
    filename: str | None
    created_at: Time


async def upload_media(call: Call[None]) -> Answer:
    """POST /media"""
    file = call.file
    media = await call.application.add_media(
        call.actor, stored=file.stored, declared=file.declared, filename=file.filename
    )
    return _created(call, media)


async def uploaded_before(call: Call[None], subject: UUID) -> Answer:
    """The file as it was uploaded, as the answer to what brought it."""
    media = await call.application.media_reads.one(call.actor.company_id, MediaId(subject))
    return _created(call, media)


async def media(call: Call[None]) -> Answer | Streamed:
    """GET /media/{mediaId}"""
    found = await call.application.open_media(call.actor, media_id=MediaId(call.ids["mediaId"]))
    sha256, size = found.content()
    tag = f'"{sha256}"'
    named = (
        (b"etag", tag.encode()),
        (b"accept-ranges", b"bytes"),
        (b"cache-control", b"private, no-cache"),
        (b"content-disposition", disposition(found)),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; sandbox"),
    )
    if has_not_changed(call.scope, tag):
        return Answer(b"", 304, named)
    span = span_of(call.scope, size, tag)
    start, end = (span.start, span.end) if span else (0, size)
    told = ((b"content-range", span.told),) if span else ()
    return Streamed(
        call.application.open_media.pieces(found, start=start, end=end),
        _told_type(found.mime_type or BYTES).encode(),
        (*named, *told, (b"content-length", b"%d" % (end - start))),
        206 if span else 200,
    )


def disposition(found: Media) -> bytes:
    """To be saved, under its name (RFC 6266)."""
    name = found.filename or str(found.id)
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}".encode()


def _told_type(mime_type: str) -> str:
    is_harmless = mime_type.startswith(("audio/", "video/")) or bare(mime_type) in _HARMLESS
    return mime_type if is_harmless else BYTES


def _created(call: Call[None], found: Media) -> Answer:
    sha256, size = found.content()
    mime_type = found.mime_type or BYTES
    answer = shown(
        UploadedMedia(
            id=found.id,
            url=f"/media/{found.id}",
            media_type=natural_type(mime_type).value,
            mime_type=mime_type,
            size=size,
            sha256=sha256,
            filename=found.filename,
            created_at=found.created_at,
        ),
        status=201,
    )
    return answer._replace(headers=(*answer.headers, call.location(f"/media/{found.id}")))


ROUTES = (
    Route(
        method="POST",
        path="/media",
        endpoint=upload_media,
        recover=uploaded_before,
        access=Operation.UPLOAD_MEDIA,
        upload=FileUpload(LARGEST),
        answers={201: UploadedMedia},
        headers=(Header.IDEMPOTENCY_KEY,),
        answer_headers=("Location",),
        tag="media",
        summary="Bring a file to be sent",
        description="A form with one field, `file`, of at most 100 MiB. What it is, its content tells: a picture that "
        "is none is refused (422 `media.type_mismatch`). What the channel takes as which message is checked when it is "
        "sent.",
    ),
    Route(
        method="GET",
        path=PATH,
        endpoint=media,
        access=Operation.READ_MEDIA,
        answers={200: ANY_TYPE, 206: ANY_TYPE, 304: None},
        problems=(409, 416),
        answer_headers=("ETag", "Accept-Ranges", "Content-Disposition"),
        tag="media",
        summary="A file",
        description="To be saved, never to be shown in place. One range at a time. A file that came with a message and "
        "is still on its way is 409 `media.pending` with `Retry-After`; one that the platform did not give us is 404 "
        "`media.lost`.",
    ),
)
