"""What a file is, its content says."""

import pytest

from jaboti_domain.media.errors import MediaTypeMismatch
from jaboti_domain.media.types import HEAD, OPUS, is_animated, type_of
from tests.unit.media.samples import (
    ANIMATED,
    HTML,
    JPEG,
    MP4,
    OLE,
    PDF,
    PNG,
    STICKER,
    SVG,
    TYPES,
    VOICE,
    ZIP,
)

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("declared", [None, "application/octet-stream", "application/x-nonsense"])
def test_the_content_says_what_it_is(name: str, declared: str | None) -> None:
    head, expected = TYPES[name]
    assert type_of(head, declared=declared) == expected


@pytest.mark.parametrize(
    ("head", "declared", "expected"),
    [
        (PNG, "image/jpeg", "image/png"),
        (JPEG, "IMAGE/JPG; charset=binary", "image/jpeg"),
        (JPEG, "text/html", "image/jpeg"),
        (VOICE, "audio/ogg", OPUS),
        (VOICE, "audio/opus", OPUS),
        (MP4, "audio/mp4", "audio/mp4"),
        (ZIP, DOCX, DOCX),
        (OLE, "application/msword", "application/msword"),
        (ZIP, "application/pdf", "application/zip"),
        (ZIP, "application/vnd.ms-é\r\nX: y", "application/zip"),
        (b"a;b\n1;2\n", "text/csv", "text/csv"),
        (b"a;b\n1;2\n", "application/javascript", "text/plain"),
        (HTML, "text/plain", "text/html"),
        (SVG, "image/svg+xml", "image/svg+xml"),
        ("é".encode() * (HEAD // 2) + b"", "text/plain", "text/plain"),
        (("x" + "é" * HEAD).encode()[:HEAD], "text/plain", "text/plain"),
        ("ação".encode("latin-1"), "text/plain", "application/octet-stream"),
    ],
)
def test_what_it_is_declared_to_be_helps_where_it_can_be_that(head: bytes, declared: str, expected: str) -> None:
    assert type_of(head, declared=declared) == expected


@pytest.mark.parametrize(
    ("head", "declared"),
    [
        (HTML, "image/jpeg"),
        (SVG, "image/png"),
        (HTML, "video/mp4"),
        (HTML, "application/pdf"),
        (bytes(range(256)), "image/jpeg"),
        (bytes(range(256)), "application/pdf"),
        (b"Oi", "audio/mpeg"),
        (ZIP, "image/png"),
        (PDF, "image/png"),
        (PNG, "video/mp4"),
        (MP4, "image/jpeg"),
        (JPEG, "audio/ogg"),
    ],
)
def test_what_pretends_to_be_something_else_is_refused(head: bytes, declared: str) -> None:
    with pytest.raises(MediaTypeMismatch):
        type_of(head, declared=declared)


def test_a_picture_that_moves_is_told_from_one_that_does_not() -> None:
    assert [is_animated(head) for head in (ANIMATED, STICKER, PNG, b"", ANIMATED[:20])] == [True, *[False] * 4]
