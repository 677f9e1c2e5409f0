"""Files that came with messages are fetched, apart from the messages: none of those waits for its file."""

import random
from collections.abc import AsyncIterable, AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from attrs import evolve, field, frozen

from jaboti_domain.chat.message import Message
from jaboti_domain.chat.ports import ChatUnitOfWork
from jaboti_domain.integration.content import Media as MediaContent
from jaboti_domain.integration.content import MediaFile
from jaboti_domain.integration.errors import (
    GiveUp,
    SendingFailed,
    SlowDown,
    TryAgain,
    is_final,
)
from jaboti_domain.integration.messaging import Inbound, Platform
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.ports.channels import Enclosing, MediaTransfer
from jaboti_domain.integration.ports.stores import IntegrationDirectory
from jaboti_domain.integration.transfers import RemoteMedia
from jaboti_domain.kernel.errors import Unavailable
from jaboti_domain.kernel.ids import CompanyId, IntegrationId, MediaId, MessageId, new_id
from jaboti_domain.kernel.ports import Clock
from jaboti_domain.media.limits import LARGEST
from jaboti_domain.media.model import Media, MediaState, StoredFile
from jaboti_domain.media.ports import MediaFiles
from jaboti_domain.media.use_cases import DropContents

LEASE = timedelta(seconds=90)
"""How long a file stays with whoever fetches it and says nothing; a process that died holds it up for so long."""
GIVE_UP_AFTER = timedelta(days=6)
"""Platforms keep what clients send for a week."""
LONGEST_WAIT = 900.0
SPOILT_TRIES = 3
"""A file that is not the one that was promised is fetched so often."""
UNFORESEEN_TRIES = 6

Transfers = Mapping[Platform, MediaTransfer]


def with_file_to_come(inbound: Inbound) -> tuple[Inbound, MediaId | None]:
    """The message as it is kept: its file has an id of ours, under which it will be found. None: there is none."""
    content = inbound.content
    if not isinstance(content, MediaContent) or not (content.media.provider_id or content.media.link):
        return inbound, None
    media_id = MediaId(new_id())
    ours = evolve(content.media, media_id=str(media_id), state=MediaState.PENDING.value)
    return evolve(inbound, content=evolve(content, media=ours)), media_id


@frozen(kw_only=True)
class ExpectedFile:
    """A file to be fetched: of which message, through which account, and what the message says of it."""

    media: Media
    integration: Integration
    file: MediaFile

    @property
    def attempt(self) -> int:
        """Which one this is, from 1."""
        return self.media.attempts


@frozen(kw_only=True)
class ClaimFiles:
    """A worker takes files that are due."""

    new_uow: Callable[[CompanyId], ChatUnitOfWork]
    directory: IntegrationDirectory
    clock: Clock
    lease: timedelta = LEASE

    async def __call__(
        self, company_id: CompanyId, *, at_most: int, passing_over: Collection[IntegrationId] = ()
    ) -> list[ExpectedFile]:
        """What to fetch now. Files of which the message or the account is gone are given up on the way."""
        async with self.new_uow(company_id) as uow:
            claimed = await uow.media.claim(at_most=at_most, lease=self.lease, passing_over=passing_over)
            if not claimed:
                return []
            messages = await uow.messages.find([media.message_id for media in claimed if media.message_id])
            expected, given_up = await self._sorted(claimed, messages)
            for media in given_up:
                media.lost()
                _tell(media, messages, at=self.clock())
            await uow.media.save(*given_up)
            await uow.messages.save(*(m for m in messages.values() if m.has_news))
            await uow.commit()
        return expected

    async def renew(self, expected: ExpectedFile) -> bool:
        """It is being fetched still: the lease begins anew. Returns whether it is the caller's."""
        return await self._due(expected, at=self.clock() + self.lease)

    async def give_back(self, expected: ExpectedFile) -> None:
        """It is not fetched any more: somebody else may, at once."""
        await self._due(expected, at=self.clock())

    async def _due(self, expected: ExpectedFile, *, at: datetime) -> bool:
        async with self.new_uow(expected.media.company_id) as uow:
            media = (await uow.media.find([expected.media.id])).get(expected.media.id)
            if media is None or not media.is_held_by(expected.attempt):
                return False
            media.due_at = at
            await uow.media.save(media)
            await uow.commit()
        return True

    async def _sorted(
        self, claimed: Sequence[Media], messages: Mapping[MessageId, Message]
    ) -> tuple[list[ExpectedFile], list[Media]]:
        expected, given_up = list[ExpectedFile](), list[Media]()
        for media in claimed:
            integration = await self.directory.by_id(media.integration_id) if media.integration_id else None
            message = messages.get(media.message_id) if media.message_id else None
            file = message.content.file if message else None
            if integration is None or file is None or file.media_id != str(media.id):
                given_up.append(media)
            else:
                expected.append(ExpectedFile(media=media, integration=integration, file=file))
        return expected, given_up


@frozen(kw_only=True)
class FetchFile:
    """One file is fetched, and what became of it is written down."""

    new_uow: Callable[[CompanyId], ChatUnitOfWork]
    media_files: MediaFiles
    drop: DropContents
    transfers: Transfers
    enclosers: Mapping[Platform, Enclosing]
    clock: Clock
    give_up_files_after: timedelta = GIVE_UP_AFTER
    largest: int = LARGEST
    chance: Callable[[], float] = field(default=random.random)

    async def __call__(self, expected: ExpectedFile) -> MediaState:
        """How it stands with it now. Raises Unavailable when nobody can write that down: it falls due again."""
        try:
            stored, declared, filename = await self._fetched(expected)
        except Exception as error:
            return await self._failed(expected, _failure(error))
        return await self._settle(
            expected, lambda media: media.arrived(stored, declared=declared, filename=filename), stored=stored
        )

    async def _fetched(self, expected: ExpectedFile) -> tuple[StoredFile, str | None, str | None]:
        transfer = self.transfers.get(expected.integration.platform)
        if transfer is None:
            raise GiveUp(error_code="media_unsupported", title="This channel gives no files")
        if (enclosed := await self._enclosed(expected)) is not None:
            with suppress(SendingFailed):
                return await self._taken(expected, enclosed)
        async with transfer.open(expected.integration, expected.file) as remote:
            return await self._taken(expected, remote)

    async def _enclosed(self, expected: ExpectedFile) -> RemoteMedia | None:
        """What came along with the message, where the platform's webhooks bring files, while it is kept."""
        encloser, name = self.enclosers.get(expected.integration.platform), expected.file.provider_id
        if encloser is None or name is None:
            return None
        async with self.new_uow(expected.media.company_id) as uow:
            raw = await uow.lanes.raw_of(expected.integration.id, f"m:{name}")
        return encloser.enclosed(raw) if raw is not None else None

    async def _taken(self, expected: ExpectedFile, remote: RemoteMedia) -> tuple[StoredFile, str | None, str | None]:
        promised = remote.sha256 or expected.file.sha256
        pieces = _held_to(remote.chunks, largest=self.largest)
        stored = await self.media_files.put(expected.media.company_id, pieces)
        try:
            _must_be(promised, stored)
        except SendingFailed:
            await self.drop(expected.media.company_id, [stored.sha256])
            raise
        return stored, remote.mime_type or expected.file.mime_type, remote.filename

    async def _failed(self, expected: ExpectedFile, failure: SendingFailed) -> MediaState:
        at, media = self.clock(), expected.media
        is_over = at - media.created_at > self.give_up_files_after or is_final(failure, expected.attempt)

        def change(media: Media) -> None:
            if is_over:
                media.lost()
            else:
                media.due_at = at + self._pause(failure, expected.attempt)

        return await self._settle(expected, change)

    async def _settle(
        self, expected: ExpectedFile, change: Callable[[Media], None], *, stored: StoredFile | None = None
    ) -> MediaState:
        """When somebody else has the file by now, or it was erased, nothing is changed, and what came is dropped."""
        company_id = expected.media.company_id
        if (state := await self._written_down(expected, change, stored)) is not None:
            return state
        if stored is not None:
            await self.drop(company_id, [stored.sha256])
        return MediaState.FAILED

    async def _written_down(
        self, expected: ExpectedFile, change: Callable[[Media], None], stored: StoredFile | None
    ) -> MediaState | None:
        async with self.new_uow(expected.media.company_id) as uow:
            media = (await uow.media.find([expected.media.id])).get(expected.media.id)
            if media is None or not media.is_held_by(expected.attempt):
                return None
            if stored is not None:
                await uow.media.hold(stored.sha256)
                if await self.media_files.size(media.company_id, stored.sha256) != stored.size:
                    raise Unavailable()
            messages = await uow.messages.find([media.message_id] if media.message_id else [])
            change(media)
            if media.due_at is None:
                _tell(media, messages, at=self.clock())
                await uow.messages.save(*messages.values())
            await uow.media.save(media)
            await uow.commit()
        return media.state

    def _pause(self, failure: SendingFailed, attempt: int) -> timedelta:
        if isinstance(failure, SlowDown) and failure.retry_after is not None:
            return timedelta(seconds=failure.retry_after)
        return timedelta(seconds=min(LONGEST_WAIT, 2.0 ** min(attempt, 12)) * (0.5 + self.chance() / 2))


def _tell(media: Media, messages: Mapping[MessageId, Message], *, at: datetime) -> None:
    message = messages.get(media.message_id) if media.message_id else None
    file = message.content.file if message else None
    if message is not None and file is not None and file.media_id == str(media.id):
        message.file_changed(media.shown_in(file), at=at)


def _must_be(promised: str | None, stored: StoredFile) -> None:
    if promised is not None and stored.sha256 != promised:
        raise TryAgain(error_code="media_hash_mismatch", title="Not the file that was described", at_most=SPOILT_TRIES)


def _failure(error: Exception) -> SendingFailed:
    if isinstance(error, SendingFailed):
        return error
    if isinstance(error, Unavailable):
        return TryAgain(error_code="storage_away", title="The file could not be stored")
    return TryAgain(error_code="unforeseen", title=type(error).__name__, at_most=UNFORESEEN_TRIES)


async def _held_to(chunks: AsyncIterable[bytes], *, largest: int) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > largest:
            raise GiveUp(error_code="media_too_large", title="The file is larger than any that is taken")
        yield chunk
