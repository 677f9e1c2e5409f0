"""Files that go out: the platform has them, or gets them along, before the message is sent."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from attrs import evolve, frozen

from jaboti_domain.chat.ports import ChatUnitOfWork
from jaboti_domain.chat.use_cases.fetch import Transfers
from jaboti_domain.chat.use_cases.parcels import Delivery, Parcel
from jaboti_domain.integration.content import Media as MediaContent
from jaboti_domain.integration.content import MediaFile
from jaboti_domain.integration.errors import GiveUp, NotTried, OutcomeUnknown, SendingFailed
from jaboti_domain.integration.messaging import Outbound
from jaboti_domain.integration.transfers import MediaUpload
from jaboti_domain.kernel.ids import CompanyId, MediaId
from jaboti_domain.kernel.ports import Clock
from jaboti_domain.media.model import Media, MediaState
from jaboti_domain.media.ports import MediaFiles


@frozen(kw_only=True)
class HandOver:
    """A parcel's file is given to its platform, once for each account and for as long as the platform keeps it.

    Until it is there the message was not tried: whatever goes wrong here, nobody has to wonder whether it was sent.
    """

    new_uow: Callable[[CompanyId], ChatUnitOfWork]
    media_files: MediaFiles
    transfers: Transfers
    clock: Clock

    async def __call__(self, parcel: Parcel) -> Parcel | Delivery:
        """The parcel, ready to be delivered; or how it failed. Never raises. Repeating it changes nothing."""
        outbound = parcel.outbound
        if outbound is None or not _is_to_be_handed_over(outbound):
            return parcel
        try:
            return evolve(parcel, outbound=await self._ready(parcel, outbound))
        except Exception as error:
            failure = _failure(error)
            is_unsure = parcel.errand.unsure and not isinstance(failure, GiveUp)
            return Delivery(parcel=parcel, failure=failure, still_unsure=is_unsure)

    async def _ready(self, parcel: Parcel, outbound: Outbound) -> Outbound:
        integration, content = parcel.integration, outbound.content
        transfer, file = self.transfers.get(integration.platform), content.file
        if transfer is None or file is None or not isinstance(content, MediaContent):
            return outbound
        media = await self._media(integration.company_id, file)
        name = media.handle(integration.id, at=self.clock())
        if name is None:
            upload = self._upload_of(media, file)
            name = await transfer.upload(integration, upload)
            if name is None:
                return evolve(outbound, file=upload)
            await self._remember(media, parcel, name)
        return evolve(outbound, content=evolve(content, media=evolve(file, provider_id=name)))

    async def _media(self, company_id: CompanyId, file: MediaFile) -> Media:
        async with self.new_uow(company_id) as uow:
            media = await uow.media.peek(_id_of(file))
        if media is None or media.state is not MediaState.READY:
            raise GiveUp(error_code="media_gone", title="The file is no longer there")
        return media

    def _upload_of(self, media: Media, file: MediaFile) -> MediaUpload:
        sha256, size = media.content()
        return MediaUpload(
            type=file.type,
            mime_type=media.mime_type or "",
            size=size,
            filename=media.filename,
            read=partial(self.media_files.read, media.company_id, sha256),
        )

    async def _remember(self, media: Media, parcel: Parcel, name: str) -> None:
        async with self.new_uow(media.company_id) as uow:
            kept = (await uow.media.find([media.id])).get(media.id)
            if kept is not None:
                kept.handed_over(parcel.integration.id, name, at=self.clock())
                await uow.media.save(kept)
                await uow.commit()


def _is_to_be_handed_over(outbound: Outbound) -> bool:
    file = outbound.content.file
    return file is not None and file.media_id is not None and file.provider_id is None and outbound.file is None


def _id_of(file: MediaFile) -> MediaId:
    return MediaId(UUID(file.media_id))


def _failure(error: Exception) -> SendingFailed:
    if isinstance(error, SendingFailed) and not isinstance(error, OutcomeUnknown):
        return error
    return NotTried(error_code="media_not_handed_over", title=type(error).__name__)
