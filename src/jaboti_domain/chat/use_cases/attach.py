"""Files that go out with messages."""

from attrs import frozen

from jaboti_domain.chat.errors import UnfitCaption
from jaboti_domain.integration.content import Content, Media
from jaboti_domain.kernel.ids import MediaId
from jaboti_domain.media.errors import NoSuchMedia
from jaboti_domain.media.limits import MediaType
from jaboti_domain.media.ports import MediaUnitOfWork

CAPTION_LIMIT = 1024
_WORDLESS = frozenset({MediaType.AUDIO, MediaType.STICKER})


@frozen(kw_only=True)
class Attachment:
    """A file of ours, and as what it is shown: None, as files of its type usually are."""

    media_id: MediaId
    kind: MediaType | None = None


async def attached(uow: MediaUnitOfWork, content: Content, attachment: Attachment | None) -> Content:
    """The content with its file, if there is one; its words are the caption.

    Raises NoSuchMedia, MediaPending, UnfitMedia, OversizedMedia, UnfitCaption.
    """
    if attachment is None:
        return content
    media = await uow.media.peek(attachment.media_id)
    if media is None:
        raise NoSuchMedia()
    file, caption = media.attached(attachment.kind), content.text
    if len(caption) > (0 if file.type in _WORDLESS else CAPTION_LIMIT):
        raise UnfitCaption(limit=CAPTION_LIMIT)
    return Media(media=file, caption=caption)
