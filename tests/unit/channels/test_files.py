"""Bytes on their way are the same at the other end, in whatever pieces they come."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaboti_adapters.channels._files import (
    LARGEST_HEAD,
    base64_inside,
    from_base64,
    multipart,
    split_at_base64,
    to_base64,
)
from jaboti_domain.integration.errors import TryAgain
from jaboti_domain.integration.transfers import MediaUpload

pytestmark = pytest.mark.asyncio


async def pieces(data: bytes, sizes: Sequence[int] = (1 << 16,)) -> AsyncIterator[bytes]:
    place, turn = 0, 0
    while place < len(data):
        size = sizes[turn % len(sizes)]
        yield data[place : place + size]
        place, turn = place + size, turn + 1


async def whole(parts: AsyncIterator[bytes]) -> bytes:
    return b"".join([part async for part in parts])


SIZES = st.lists(st.integers(1, 17), min_size=1, max_size=5)


@given(st.binary(max_size=300), SIZES)
async def test_base64_is_written_and_read_in_any_pieces(data: bytes, sizes: list[int]) -> None:
    assert await whole(to_base64(pieces(data, sizes))) == b64encode(data)
    assert await whole(from_base64(pieces(b64encode(data), sizes))) == data


@given(st.binary(max_size=300), st.text(max_size=30), SIZES)
async def test_a_file_is_found_in_an_answer_whatever_stands_beside_it(
    data: bytes, caption: str, sizes: list[int]
) -> None:
    told = {"mediaType": "imageMessage", "caption": f'{caption}","base64":"QUJD', "size": {"fileLength": "3"}}
    answer = json.dumps({**told, "base64": b64encode(data).decode(), "buffer": None}).encode()
    head, text = await split_at_base64(pieces(answer, sizes))
    assert await whole(from_base64(text)) == data
    assert json.loads(head) == {**told, "base64": ""}


@pytest.mark.parametrize("answer", [b"", b"{}", b"<html>", b'{"base64":null}', b'{"x":"' + b"x" * 3 * LARGEST_HEAD])
async def test_an_answer_without_a_file_is_tried_again(answer: bytes) -> None:
    with pytest.raises(TryAgain) as failed:
        await split_at_base64(pieces(answer))
    assert failed.value.error_code == "media_unreadable"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b'{"base64":"QUJD', "media_cut_short"),
        (b'{"base64":"QUJ"}', "media_unreadable"),
        (b'{"base64":"QU!D"}', "media_unreadable"),
        (b'{"base64":"QUI=QUJD"}', "media_unreadable"),
        (b'{"base64":"QUJD\\nQUJD"}', "media_unreadable"),
        ('{"base64":"QUJé"}'.encode(), "media_unreadable"),
    ],
)
async def test_what_is_no_whole_base64_is_tried_again(answer: bytes, code: str) -> None:
    _, text = await split_at_base64(pieces(answer))
    with pytest.raises(TryAgain) as failed:
        await whole(from_base64(text))
    assert failed.value.error_code == code


def upload(data: bytes, name: str | None = None) -> MediaUpload:
    return MediaUpload(
        type="document", mime_type="text/plain", size=len(data), filename=name, read=lambda: pieces(data, (7,))
    )


@given(st.binary(max_size=100))
async def test_what_is_sent_has_the_length_that_was_announced(data: bytes) -> None:
    for parcel in (base64_inside(b'{"media":"', upload(data), b'"}'), multipart({"a": "b"}, upload(data))):
        sent = await whole(parcel.pieces())
        assert parcel.headers["content-length"] == str(len(sent))


async def test_a_name_cannot_leave_its_quotes() -> None:
    sent = await whole(multipart({}, upload(b"x", 'a"\r\nContent-Type: text/html\r\n\r\n.txt')).pieces())
    assert b'filename="a%22%0D%0AContent-Type: text/html%0D%0A%0D%0A.txt"\r\nContent-Type: text/plain' in sent
