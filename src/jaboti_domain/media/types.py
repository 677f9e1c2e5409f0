"""What a file is, by its content: its name and whoever brings it may say anything."""

import re
from collections.abc import Mapping

import filetype

from jaboti_domain.media.errors import MediaTypeMismatch

HEAD = 8192
"""So many bytes of a file tell what it is."""
BYTES = "application/octet-stream"
PLAIN = "text/plain"
OPUS = "audio/ogg; codecs=opus"

_BRAND_3GPP = re.compile(rb"....ftyp3g", re.DOTALL)
_TEXTS = frozenset({PLAIN, "text/csv", "text/calendar", "text/vcard", "text/markdown", "application/json"})
_MARKUP = ((b"<svg", "image/svg+xml"), (b"<!doctype html", "text/html"), (b"<html", "text/html"))
_SCRIPTED = re.compile(rb"<(script|head|body|iframe|title|meta|a|img|table|div|p|br)[\s>/]", re.IGNORECASE)
_INSIDE_ZIP = re.compile(
    r"application/(vnd\.(openxmlformats|oasis\.opendocument|android|ms-)[a-z0-9.+-]{0,100}|epub\+zip|java-archive)"
)
_OLD_OFFICE = frozenset({"application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"})
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ACTIVE = ("image/", "audio/", "video/")
_OTHER_NAMES: Mapping[str, str] = {
    "audio/mp3": "audio/mpeg",
    "audio/m4a": "audio/mp4",
    "audio/x-m4a": "audio/mp4",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/opus": "audio/ogg",
    "application/ogg": "audio/ogg",
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "video/x-m4v": "video/mp4",
    "application/x-zip-compressed": "application/zip",
}


def bare(mime_type: str) -> str:
    """A type by its usual name, without parameters."""
    name = mime_type.partition(";")[0].strip().lower()
    return _OTHER_NAMES.get(name, name)


def type_of(head: bytes, *, declared: str | None = None) -> str:
    """The type of a file that begins like this. Raises MediaTypeMismatch when it is declared to be what it is not.

    What says nothing of itself (texts, archives) is what it is declared to be, as far as it can be that.
    """
    claim = bare(declared or BYTES)
    found = _sniffed(head)
    if found is None:
        return _unmarked(head, claim)
    if _may_be_inside(found, claim) or _is_other_half(bare(found), claim):
        return claim
    if not claim.startswith(_ACTIVE) or _family(claim) == _family(found):
        return found
    raise MediaTypeMismatch(given=claim, expected=bare(found))


def is_animated(head: bytes) -> bool:
    """Whether it is a picture in WebP that moves."""
    return head[:4] == b"RIFF" and head[8:16] == b"WEBPVP8X" and bool(head[20:21] and head[20] & 0x02)


def _sniffed(head: bytes) -> str | None:
    if _BRAND_3GPP.match(head):
        return "video/3gpp"
    if head.startswith(b"OggS"):
        return OPUS if b"OpusHead" in head[:256] else "audio/ogg"
    if head.startswith(_OLE):
        return "application/x-ole-storage"
    found = filetype.guess_mime(head)
    return bare(found) if found else None


def _unmarked(head: bytes, claim: str) -> str:
    if not _is_text(head):
        if claim.startswith((*_ACTIVE, "application/pdf")):
            raise MediaTypeMismatch(given=claim, expected=BYTES)
        return BYTES
    marked = _markup(head)
    if claim.startswith((*_ACTIVE, "application/pdf")) and claim != marked:
        raise MediaTypeMismatch(given=claim, expected=marked or PLAIN)
    return marked or (claim if claim in _TEXTS else PLAIN)


def _markup(head: bytes) -> str | None:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for mark, kind in _MARKUP:
        if mark in text[:1024]:
            return kind
    if text.startswith(b"<?xml"):
        return "application/xml"
    return "text/html" if _SCRIPTED.search(text) else None


def _is_text(head: bytes) -> bool:
    if b"\x00" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return len(head) >= HEAD and error.start > len(head) - 4
    return True


def _family(mime_type: str) -> str:
    return mime_type.partition("/")[0]


def _may_be_inside(found: str, claim: str) -> bool:
    """Whether the type that was found is only the wrapping of what it is declared to be."""
    if found == "application/zip":
        return bool(_INSIDE_ZIP.fullmatch(claim))
    return found == "application/x-ole-storage" and claim in _OLD_OFFICE


def _is_other_half(found: str, claim: str) -> bool:
    """The same wrapping holds sound with or without a picture."""
    return {found, claim} in ({"audio/mp4", "video/mp4"}, {"audio/3gpp", "video/3gpp"}, {"audio/ogg", "video/ogg"})
