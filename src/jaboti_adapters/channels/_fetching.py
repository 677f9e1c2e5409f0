"""Files that are fetched: what a server's behaviour means for a file, whoever's server it is."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

from attrs import evolve

from jaboti_adapters.channels._files import checked, spoilt, too_large
from jaboti_adapters.channels._http import HttpPool, Stream
from jaboti_domain.integration.content import MediaFile
from jaboti_domain.integration.errors import GiveUp, MendSettings, OutcomeUnknown, SendingFailed, SlowDown, TryAgain
from jaboti_domain.integration.transfers import LARGEST, RemoteMedia

ENDED = (401, 403, 404, 410)
"""What servers say of an address that was good for a while."""
_USER_AGENT = "Mozilla/5.0 (compatible; Jaboti)"
"""Meta answers those who name no browser with a page."""
_PASSING = (408, 425)


@contextmanager
def harmless() -> Iterator[None]:
    """What is done within may be repeated: an unknown outcome means to try again."""
    try:
        yield
    except OutcomeUnknown as failure:
        raise TryAgain(error_code=failure.error_code, title=failure.title, info=failure.info, is_outage=True) from None


@asynccontextmanager
async def fetched(http: HttpPool, url: str, *, headers: Mapping[str, str]) -> AsyncIterator[Stream]:
    """What is at an address that somebody else gave. One that may not be called is GiveUp: nobody here can mend it."""
    with harmless():
        async with AsyncExitStack() as stack:
            try:
                http.reach.check(url)
                asked = http.stream("GET", url, headers={"user-agent": _USER_AGENT, **headers})
                stream = await stack.enter_async_context(asked)
            except MendSettings as failure:
                raise GiveUp(error_code=failure.error_code, title=failure.title) from None
            yield stream


def taken(stream: Stream, promised: MediaFile) -> RemoteMedia:
    """The file that is in an answer, held to what was promised. Raises a SendingFailed when there is none."""
    if not stream.ok:
        raise _refusal(stream)
    return received(stream.chunks(), evolve(promised, size=promised.size or stream.length), length=stream.length)


def received(chunks: AsyncIterator[bytes], promised: MediaFile, *, length: int | None = None) -> RemoteMedia:
    """Bytes that are held to what was promised. Raises GiveUp when too many of them were."""
    if max(promised.size or 0, length or 0) > LARGEST:
        raise too_large()
    return RemoteMedia(
        chunks=_harmlessly(checked(chunks, size=promised.size, sha256=promised.sha256)),
        mime_type=promised.mime_type,
        size=promised.size,
        sha256=promised.sha256,
        filename=promised.filename,
    )


async def _harmlessly(chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    with harmless():
        async for chunk in chunks:
            yield chunk


def _refusal(stream: Stream) -> SendingFailed:
    code, title = f"http_{stream.status}", "The file could not be fetched"
    if stream.status == 429:
        return SlowDown(error_code=code, title=title, retry_after=stream.retry_after)
    if stream.status in ENDED:
        return spoilt(code, "The file's address has ended")
    if stream.status >= 500 or stream.status in _PASSING:
        return TryAgain(error_code=code, title=title, is_outage=True)
    return GiveUp(error_code=code, title=title)
