"""How files of all kinds begin."""

from collections.abc import Mapping

from jaboti_domain.media.types import OPUS

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(64)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(64)
STICKER = b"RIFF\x24\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00" + bytes(64)
ANIMATED = b"RIFF\x24\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02" + bytes(64)
MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + bytes(64)
VOICE = b"OggS\x00\x02" + bytes(22) + b"OpusHead" + bytes(64)
MP3 = b"ID3\x03\x00" + bytes(64)
PDF = b"%PDF-1.7\n" + bytes(64)
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
ZIP = b"PK\x03\x04\x14\x00\x00\x00" + bytes(64)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)

TYPES: Mapping[str, tuple[bytes, str]] = {
    "png": (PNG, "image/png"),
    "jpeg": (JPEG, "image/jpeg"),
    "webp": (STICKER, "image/webp"),
    "gif": (b"GIF89a" + bytes(64), "image/gif"),
    "mp4": (MP4, "video/mp4"),
    "3gp": (b"\x00\x00\x00\x14ftyp3gp4\x00\x00\x00\x00" + bytes(64), "video/3gpp"),
    "m4a": (b"\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00M4A mp42isom" + bytes(64), "audio/mp4"),
    "voice": (VOICE, OPUS),
    "vorbis": (b"OggS\x00\x02" + bytes(22) + b"\x01vorbis" + bytes(64), "audio/ogg"),
    "mp3": (MP3, "audio/mpeg"),
    "aac": (b"\xff\xf1\x50\x80" + bytes(64), "audio/aac"),
    "amr": (b"#!AMR\n" + bytes(64), "audio/amr"),
    "pdf": (PDF, "application/pdf"),
    "zip": (ZIP, "application/zip"),
    "html": (HTML, "text/html"),
    "html without a doctype": (b"  \n<IMG src=x onerror=alert(1)>", "text/html"),
    "svg": (SVG, "image/svg+xml"),
    "xml": (b"\xef\xbb\xbf<?xml version='1.0'?><a/>", "application/xml"),
    "text": ("Olá, mundo".encode(), "text/plain"),
    "bytes": (bytes(range(256)), "application/octet-stream"),
}
