"""Files in a bucket of S3, or of what speaks like it."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import obstore
import structlog
from attrs import define, field, frozen
from obstore.exceptions import BaseError
from obstore.store import S3Store

from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.media.model import StoredFile
from jaboti_domain.media.ports import MediaFiles
from jaboti_domain.media.types import HEAD

if TYPE_CHECKING:
    from obstore import GetOptions, ObjectMeta
    from obstore.store import ClientConfig, RetryConfig, S3Config

log = structlog.get_logger(__name__)
PART = 8 * 1024 * 1024
"""Bytes that travel at once; S3 takes parts of 5 MiB at least."""
PARTS_AT_ONCE = 2
PIECE = 256 * 1024
INCOMING = "incoming"
TICK = timedelta(seconds=1)
"""S3 tells in whole seconds when something was written."""
AWAY = 5.0
CONNECT, PATIENCE = timedelta(seconds=3), timedelta(seconds=60)
RETRIES: "RetryConfig" = {"max_retries": 3, "retry_timeout": timedelta(seconds=10)}


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        log.warning("media.storage_failed", error=type(error).__name__)
        raise Unavailable(retry_after=AWAY) from error


@frozen
class S3MediaFiles(MediaFiles):
    """`<company>/<hash>` in the bucket; what is not whole yet stands in `<company>/incoming`."""

    store: S3Store

    @classmethod
    def of_bucket(
        cls,
        bucket: str,
        *,
        region: str,
        endpoint: str | None = None,
        key_id: str | None = None,
        secret: str | None = None,
    ) -> "S3MediaFiles":
        """Without a key, the machine's own (its role, or the usual variables of AWS); `endpoint` None is AWS's."""
        config: S3Config = {"region": region}
        if key_id and secret:
            config |= {"access_key_id": key_id, "secret_access_key": secret}
        if endpoint:
            config["endpoint"] = endpoint
        client: ClientConfig = {"connect_timeout": CONNECT, "timeout": PATIENCE}
        if endpoint and endpoint.startswith("http:"):
            client["allow_http"] = True
        return cls(S3Store(bucket, config=config, client_options=client, retry_config=RETRIES))

    async def put(self, company_id: CompanyId, pieces: AsyncIterable[bytes]) -> StoredFile:
        incoming = f"{company_id}/{INCOMING}/{uuid4().hex}"
        measured = _Measured(pieces)
        try:
            with _in_our_words(), measured.own_error():
                await obstore.put_async(
                    self.store, incoming, measured.passed_on(), chunk_size=PART, max_concurrency=PARTS_AT_ONCE
                )
                stored = measured.stored()
                await obstore.copy_async(self.store, incoming, _place(company_id, stored.sha256))
            return stored
        finally:
            await asyncio.shield(self._forget(incoming))

    async def read(
        self, company_id: CompanyId, sha256: str, *, start: int = 0, end: int | None = None
    ) -> AsyncGenerator[bytes, None]:
        place = _place(company_id, sha256)
        if end is not None and end <= start:
            return
        with _in_our_words():
            part: GetOptions = {"range": {"offset": start} if end is None else (start, end)}
            found = await obstore.get_async(self.store, place, options=None if (start, end) == (0, None) else part)
            pieces = aiter(found.stream(min_chunk_size=PIECE))
        while True:
            with _in_our_words():
                try:
                    piece = await anext(pieces)
                except StopAsyncIteration:
                    return
            yield bytes(piece)

    async def size(self, company_id: CompanyId, sha256: str) -> int | None:
        found = await self._head(_place(company_id, sha256))
        return found["size"] if found else None

    async def delete(self, company_id: CompanyId, sha256: str, *, unless_since: datetime | None = None) -> bool:
        place = _place(company_id, sha256)
        found = await self._head(place)
        if found is None or (unless_since is not None and found["last_modified"] + TICK >= unless_since):
            return False
        with _in_our_words():
            await obstore.delete_async(self.store, place)
        return True

    async def older_than(self, company_id: CompanyId, moment: datetime) -> AsyncGenerator[str, None]:
        listed = aiter(obstore.list(self.store, prefix=str(company_id)))
        while True:
            with _in_our_words():
                try:
                    some = await anext(listed)
                except StopAsyncIteration:
                    return
            for each in some:
                if each["last_modified"] + TICK >= moment:
                    continue
                _, *folder, name = each["path"].split("/")
                if folder:
                    await self._forget(each["path"])
                else:
                    yield name

    async def _head(self, place: str) -> "ObjectMeta | None":
        with _in_our_words():
            try:
                return await obstore.head_async(self.store, place)
            except FileNotFoundError:
                return None

    async def _forget(self, place: str) -> None:
        """S3 has no objection to what is not there; what could not be taken away is cleared with what is old."""
        try:
            await obstore.delete_async(self.store, place)
        except (BaseError, OSError) as error:
            log.warning("media.leftover", error=type(error).__name__)


def _place(company_id: CompanyId, sha256: str) -> str:
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise ValueError("not the hash of a file")
    return f"{company_id}/{sha256}"


@define(eq=False)
class _Measured:
    """Pieces that are passed on, and what they are in all."""

    pieces: AsyncIterable[bytes]
    size: int = 0
    head: bytes = b""
    error: BaseException | None = None
    _hash: "hashlib._Hash" = field(factory=hashlib.sha256, init=False)

    async def passed_on(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self.pieces:
                self.size += len(piece)
                if len(self.head) < HEAD:
                    self.head += piece[: HEAD - len(self.head)]
                self._hash.update(piece)
                yield bytes(piece)
        except BaseException as error:
            self.error = error
            raise

    @contextmanager
    def own_error(self) -> Iterator[None]:
        """What the pieces raised, and not what the storage made of it."""
        try:
            yield
        except Exception as error:
            if self.error is not None and self.error is not error:
                raise self.error from None
            raise

    def stored(self) -> StoredFile:
        return StoredFile(sha256=self._hash.hexdigest(), size=self.size, head=self.head)
