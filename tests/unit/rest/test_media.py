"""Files up and down."""

import hashlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from attrs import evolve

from jaboti_adapters.contracts.media import an_upload, keep_media
from jaboti_adapters.memory.store import MemoryStore
from jaboti_domain.chat.model import Chat
from jaboti_domain.media.limits import LARGEST
from jaboti_domain.media.model import MediaState
from jaboti_domain.media.types import BYTES
from jaboti_entrypoints.rest.forms import FRAME
from tests.unit.media.samples import ANIMATED, HTML, JPEG, MP3, PDF, PNG, STICKER, SVG
from tests.unit.memory.on_memory import memory_backend
from tests.unit.rest.office import Desk, Office, open_office
from tests.unit.rest.test_repeats import Forgetful

BOUNDARY = "4f1e"


@pytest.fixture
async def chat(office: Office) -> Chat:
    """Ana's chat with Maria."""
    return await office.scene.a_chat(office.scene.maria, attendant=office.scene.ana)


async def upload(
    desk: Desk, content: bytes, name: str = "foto.png", kind: str = BYTES, **headers: str
) -> httpx.Response:
    """POST /media"""
    return await desk.http.post("/media", files={"file": (name, content, kind)}, headers=desk.headers | headers)


async def uploaded(desk: Desk, content: bytes, name: str = "foto.png", kind: str = BYTES) -> Any:
    """What the answer tells of it."""
    answer = await upload(desk, content, name, kind)
    assert answer.status_code == 201, answer.text
    return answer.json()


def form(*parts: bytes, end: bytes = b"--4f1e--\r\n") -> bytes:
    """A form's body."""
    return b"".join(b"--4f1e\r\n" + part + b"\r\n" for part in parts) + end


def part(content: bytes = PNG, *, name: str = "file", more: str = '; filename="a.png"') -> bytes:
    return f'Content-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + content


async def send(desk: Desk, body: Any, kind: str = f"multipart/form-data; boundary={BOUNDARY}") -> httpx.Response:
    """A body as it is."""
    return await desk.http.post("/media", content=body, headers=desk.headers | {"content-type": kind})


async def test_what_was_brought_is_had_again(ana: Desk) -> None:
    answer = await upload(ana, PNG, "conta de luz.png", "image/png")
    shown = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (201, f"/media/{shown['id']}")
    assert shown | {"createdAt": ""} == {
        "id": shown["id"],
        "url": f"/media/{shown['id']}",
        "mediaType": "image",
        "mimeType": "image/png",
        "size": len(PNG),
        "sha256": hashlib.sha256(PNG).hexdigest(),
        "filename": "conta de luz.png",
        "createdAt": "",
    }
    had = await ana.get(shown["url"])
    assert (had.status_code, had.content, had.headers["content-type"]) == (200, PNG, "image/png")
    assert had.headers["content-length"] == str(len(PNG))


async def test_it_is_for_saving_never_for_showing_in_place(ana: Desk) -> None:
    for content, kind in ((PNG, "image/png"), (HTML, "application/octet-stream"), (SVG, "application/octet-stream")):
        had = await ana.get((await uploaded(ana, content, "x"))["url"])
        assert had.headers["content-disposition"].startswith("attachment;")
        assert (had.headers["content-type"], had.headers["x-content-type-options"]) == (kind, "nosniff")
        assert "sandbox" in had.headers["content-security-policy"]
        assert had.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("ação.png", "attachment; filename=\"a__o.png\"; filename*=UTF-8''a%C3%A7%C3%A3o.png"),
        ("../../etc/passwd", "attachment; filename=\"passwd\"; filename*=UTF-8''passwd"),
        ('a"b;c.png', "attachment; filename=\"a_22b;c.png\"; filename*=UTF-8''a%2522b%3Bc.png"),
        ("\u202egnp.exe", "attachment; filename=\"gnp.exe\"; filename*=UTF-8''gnp.exe"),
        ("50%.png", "attachment; filename=\"50_.png\"; filename*=UTF-8''50%25.png"),
    ],
)
async def test_names_are_cleaned_and_told_in_every_script(ana: Desk, given: str, told: str) -> None:
    had = await ana.get((await uploaded(ana, PNG, given))["url"])
    assert had.headers["content-disposition"] == told


@pytest.mark.parametrize(
    "more", ['; filename="a\x00b.png"', '; filename="..\\\\..\\\\b.png"', '; filename="\xff\xfe.png"', ""]
)
async def test_odd_names_harm_nobody(ana: Desk, more: str) -> None:
    answer = await send(ana, form(part(more=more)))
    assert answer.status_code in (201, 400)
    if answer.status_code == 201:
        had = await ana.get(answer.json()["url"])
        assert had.content == PNG
        assert "/" not in had.headers["content-disposition"].replace("application/", "")


@pytest.mark.parametrize("content", [HTML, SVG, b"Oi", bytes(range(256))])
async def test_what_pretends_to_be_a_picture_is_refused(ana: Desk, content: bytes) -> None:
    answer = await upload(ana, content, "foto.jpg", "image/jpeg")
    assert (answer.status_code, answer.json()["code"]) == (422, "media.type_mismatch")
    assert answer.json()["errors"][0]["pointer"] == "/file"


async def test_nothing_is_no_file(ana: Desk) -> None:
    answer = await upload(ana, b"")
    assert (answer.status_code, answer.json()["code"]) == (422, "media.empty")


@pytest.mark.parametrize(
    ("body", "status", "code", "pointer"),
    [
        (b"", 400, "request.unreadable", ""),
        (b"nonsense", 400, "request.unreadable", ""),
        (form(), 422, "request.invalid_fields", "/file"),
        (form(part(), end=b""), 400, "request.unreadable", ""),
        (form(part(name="outro")), 422, "request.invalid_fields", "/outro"),
        (form(part(), part()), 422, "request.invalid_fields", "/file"),
        (form(part(), part(name="x")), 422, "request.invalid_fields", "/x"),
        (form(b"X: y\r\n\r\n"), 422, "request.invalid_fields", "/"),
        (form(b"X: " + b"y" * 9000 + b"\r\n\r\n"), 400, "request.unreadable", ""),
        (form(b"".join(b"X%d: y\r\n" % n for n in range(99)) + b"\r\n"), 400, "request.unreadable", ""),
    ],
)
async def test_what_is_no_form_with_a_file_is_refused(
    ana: Desk, body: bytes, status: int, code: str, pointer: str
) -> None:
    answer = await send(ana, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "multipart/form-data",
        f"multipart/mixed; boundary={BOUNDARY}",
        f"multipart/form-data; boundary={'x' * 71}",
    ],
)
async def test_another_type_of_body_is_refused(ana: Desk, kind: str) -> None:
    assert (await send(ana, form(part()), kind)).status_code == 415


async def test_too_much_is_refused_while_it_comes(ana: Desk) -> None:
    """No length is told, and no more than the limit is ever taken in."""
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        yield b"--4f1e\r\n" + part(b"")
        while taken < 2 * LARGEST:
            taken += 2**20
            yield bytes(2**20)

    answer = await send(ana, endless())
    assert (answer.status_code, answer.headers["connection"]) == (413, "close")
    assert taken <= LARGEST + 2**20


async def test_a_length_that_is_too_large_is_refused_at_once(ana: Desk) -> None:
    headers = ana.headers | {
        "content-type": f"multipart/form-data; boundary={BOUNDARY}",
        "content-length": str(LARGEST + FRAME + 1),
    }
    answer = await ana.http.post("/media", content=form(part()), headers=headers)
    assert answer.status_code == 413


async def test_nobody_else_sees_it(office: Office, ana: Desk) -> None:
    """What another company has is answered to the byte as what nobody has."""
    elsewhere = await open_office(office.scene.backend)
    stranger = await elsewhere.desk(elsewhere.scene.alda)
    path, request_id = (await uploaded(ana, PNG))["url"], {"x-request-id": "1"}
    foreign, absent = [await stranger.get(each, headers=request_id) for each in (path, f"/media/{uuid4()}")]
    assert (foreign.status_code, foreign.json()["code"]) == (404, "media.not_found")
    assert (foreign.content, foreign.status_code) == (absent.content, absent.status_code)
    assert (await office.stranger.get(path)).status_code == 401
    assert (await upload(office.stranger, PNG)).status_code == 401


@pytest.mark.parametrize(
    ("asked", "status", "content", "told"),
    [
        ("bytes=0-3", 206, PNG[:4], f"bytes 0-3/{len(PNG)}"),
        ("bytes=4-", 206, PNG[4:], f"bytes 4-{len(PNG) - 1}/{len(PNG)}"),
        ("bytes=-5", 206, PNG[-5:], f"bytes {len(PNG) - 5}-{len(PNG) - 1}/{len(PNG)}"),
        ("bytes=-9999", 206, PNG, f"bytes 0-{len(PNG) - 1}/{len(PNG)}"),
        ("bytes=2-9999999999", 206, PNG[2:], f"bytes 2-{len(PNG) - 1}/{len(PNG)}"),
        (f"bytes={len(PNG)}-", 416, None, f"bytes */{len(PNG)}"),
        ("bytes=-0", 416, None, f"bytes */{len(PNG)}"),
        ("bytes=0-1,4-5", 200, PNG, None),
        ("bytes=5-4", 200, PNG, None),
        ("bytes=-", 200, PNG, None),
        ("bytes=a-b", 200, PNG, None),
        ("pages=1-2", 200, PNG, None),
        (f"bytes=0-{'9' * 4301}", 200, PNG, None),
        ("bytes=٠-٣", 200, PNG, None),
    ],
)
async def test_a_part_of_it_can_be_had(
    ana: Desk, asked: str, status: int, content: bytes | None, told: str | None
) -> None:
    path = (await uploaded(ana, PNG))["url"]
    named = {name.encode(): value.encode() for name, value in (ana.headers | {"range": asked}).items()}
    answer = await ana.http.get(path, headers=named)
    assert (answer.status_code, answer.headers.get("content-range")) == (status, told)
    if content is not None:
        assert (answer.content, answer.headers["content-length"]) == (content, str(len(content)))
        assert answer.headers["accept-ranges"] == "bytes"


async def test_a_part_of_another_version_is_the_whole(ana: Desk) -> None:
    path = (await uploaded(ana, PNG))["url"]
    tag = (await ana.get(path)).headers["etag"]
    for only_of, status in ((tag, 206), ('"other"', 200), (f"W/{tag}", 200)):
        assert (await ana.get(path, headers={"range": "bytes=0-1", "if-range": only_of})).status_code == status


async def test_who_has_it_already_is_told_so(ana: Desk) -> None:
    path = (await uploaded(ana, PNG))["url"]
    tag = (await ana.get(path)).headers["etag"]
    for given, status in ((tag, 304), (f'"x", W/{tag}', 304), ("*", 304), ('"x"', 200)):
        answer = await ana.get(path, headers={"if-none-match": given})
        assert (answer.status_code, answer.headers["etag"]) == (status, tag)


async def test_its_head_is_that_of_the_whole(ana: Desk) -> None:
    path = (await uploaded(ana, PNG))["url"]
    whole, head = await ana.get(path), await ana.send("HEAD", path)
    assert (head.status_code, head.content) == (200, b"")
    same = ("content-length", "content-type", "etag", "content-disposition", "accept-ranges")
    assert [head.headers[name] for name in same] == [whole.headers[name] for name in same]


async def test_what_is_on_its_way_is_asked_for_again(office: Office, ana: Desk) -> None:
    pending = evolve(an_upload(office.scene), state=MediaState.PENDING)
    failed = evolve(an_upload(office.scene), state=MediaState.FAILED)
    await keep_media(office.scene, pending, failed)
    later, never = await ana.get(f"/media/{pending.id}"), await ana.get(f"/media/{failed.id}")
    assert (later.status_code, later.json()["code"], later.headers["retry-after"]) == (409, "media.pending", "2")
    assert (never.status_code, never.json()["code"]) == (404, "media.lost")


async def test_what_is_known_but_not_there_is_not_available(office: Office, ana: Desk) -> None:
    media = an_upload(office.scene)
    await keep_media(office.scene, media)
    assert (await ana.get(f"/media/{media.id}")).status_code == 503


async def test_the_same_key_is_the_same_file(ana: Desk) -> None:
    key = {"idempotency-key": "a-1"}
    first, again = [await upload(ana, PNG, **key) for _ in range(2)]
    other = await upload(ana, JPEG, **key)
    renamed = await upload(ana, PNG, "outra.png", **key)
    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")
    assert [each.json()["code"] for each in (other, renamed)] == ["command.key_reused"] * 2


async def test_an_answer_that_was_lost_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jaboti_entrypoints.rest.repeats.PAUSE", 0.0)
    backend = memory_backend(MemoryStore())
    office = await open_office(evolve(backend, command_log=Forgetful(backend.command_log)))
    ana, key = await office.desk(office.scene.ana), {"idempotency-key": "a-1"}
    first, again = [await upload(ana, PNG, **key) for _ in range(2)]
    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")


async def test_a_file_is_sent_with_its_words(ana: Desk, chat: Chat) -> None:
    file = await uploaded(ana, PDF, "boleto.pdf")
    path = f"/chats/{chat.id}/messages"
    shown = (await ana.post(path, {"mediaId": file["id"], "content": "Segue o boleto"})).json()
    assert (shown["mediaType"], shown["content"], shown["status"]) == ("document", "Segue o boleto", "QUEUED")
    assert shown["media"] == {
        "id": file["id"],
        "url": file["url"],
        "mimeType": "application/pdf",
        "size": len(PDF),
        "filename": "boleto.pdf",
    }
    assert (await ana.get(path)).json()["items"] == [shown]


async def test_it_is_shown_as_the_sender_likes_where_the_channel_takes_it(ana: Desk, chat: Chat) -> None:
    file, path = await uploaded(ana, PNG), f"/chats/{chat.id}/messages"
    for kind, code in (("image", None), ("document", None), ("sticker", "message.unfit_media")):
        answer = await ana.post(path, {"mediaId": file["id"], "mediaType": kind})
        assert answer.json().get("code") == code
    assert [each["mediaType"] for each in (await ana.get(path)).json()["items"]] == ["image", "document"]


@pytest.mark.parametrize(
    ("content", "given", "code", "pointer"),
    [
        (STICKER + bytes(101 * 1024), {"mediaType": "sticker"}, "message.oversized_media", "/mediaId"),
        (PNG + bytes(5 * 2**20), {}, "message.oversized_media", "/mediaId"),
        (HTML, {"mediaType": "image"}, "message.unfit_media", "/mediaType"),
        (ANIMATED, {"content": "Oi"}, "message.unfit_caption", "/content"),
        (MP3, {"content": "Oi"}, "message.unfit_caption", "/content"),
        (PNG, {"content": "x" * 1025}, "message.unfit_caption", "/content"),
    ],
)
async def test_what_the_channel_does_not_take_is_not_queued(
    ana: Desk, chat: Chat, content: bytes, given: dict[str, str], code: str, pointer: str
) -> None:
    file, path = await uploaded(ana, content), f"/chats/{chat.id}/messages"
    answer = await ana.post(path, {"mediaId": file["id"], **given})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert (await ana.get(path)).json()["items"] == []


async def test_another_companys_file_can_not_be_sent(office: Office, ana: Desk, chat: Chat) -> None:
    elsewhere = await open_office(office.scene.backend)
    foreign = await uploaded(await elsewhere.desk(elsewhere.scene.ana), PNG)
    pending = evolve(an_upload(office.scene), state=MediaState.PENDING)
    await keep_media(office.scene, pending)
    path = f"/chats/{chat.id}/messages"
    refused = await ana.post(path, {"mediaId": foreign["id"]})
    later = await ana.post(path, {"mediaId": str(pending.id)})
    assert (refused.status_code, refused.json()["code"]) == (422, "message.no_such_media")
    assert (later.status_code, later.json()["code"]) == (409, "media.pending")
