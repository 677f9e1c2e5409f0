"""Files of messages on an EvolutionAPI server: in its storage, in its answers, or already in its webhooks."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from attrs import evolve, frozen

from jaboti_adapters.channels._fetching import fetched, harmless, received, taken
from jaboti_adapters.channels._files import PIECE, from_base64, split_at_base64
from jaboti_adapters.channels._json import NOTHING, Node, decode_clean
from jaboti_adapters.channels.evolutionapi.api import Api, key_of
from jaboti_adapters.channels.evolutionapi.errors import NOT_ON_WHATSAPP, refusal
from jaboti_adapters.channels.evolutionapi.inbound.contents import content_of, unwrapped
from jaboti_adapters.channels.evolutionapi.inbound.item import Item
from jaboti_adapters.channels.evolutionapi.inbound.shapes import whole
from jaboti_domain.integration.content import MediaFile
from jaboti_domain.integration.errors import GiveUp, SendingFailed
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.transfers import RemoteMedia

_GONE = ("http_400", NOT_ON_WHATSAPP)
"""The server has not kept the message, or WhatsApp not its file; what passes is known by its words."""


@frozen
class Chest:
    """The files of all servers."""

    api: Api

    @asynccontextmanager
    async def open(self, integration: Integration, file: MediaFile) -> AsyncIterator[RemoteMedia]:
        """See `MediaTransfer.open`: from the storage that the server put it in, else from the server itself."""
        async with AsyncExitStack() as stack:
            yield await self._opened(stack, integration, file)

    async def _opened(self, stack: AsyncExitStack, integration: Integration, file: MediaFile) -> RemoteMedia:
        if file.link:
            try:
                async with AsyncExitStack() as tried:
                    stream = await tried.enter_async_context(fetched(self.api.http, file.link, headers={}))
                    media = taken(stream, file)
                    stack.push_async_exit(tried.pop_all())
                    return media
            except SendingFailed:
                if not file.provider_id:
                    raise
        return await stack.enter_async_context(self._asked(integration, file))

    @asynccontextmanager
    async def _asked(self, integration: Integration, file: MediaFile) -> AsyncIterator[RemoteMedia]:
        if not file.provider_id:
            raise GiveUp(error_code="media_without_id", title="The file belongs to no message of the platform")
        asked = {"message": {"key": {"id": file.provider_id}}, "convertToMp4": False}
        with harmless():
            async with self.api.stream(integration, "/chat/getBase64FromMediaMessage", asked) as stream:
                if not stream.ok:
                    raise _about_file(refusal(await stream.answer(secret=key_of(integration))))
                head, text = await split_at_base64(stream.chunks())
                yield received(from_base64(text), _described(file, _read(head)))


def enclosed(raw: bytes) -> RemoteMedia | None:
    """See `Enclosing.enclosed`."""
    try:
        item = Item.of(raw)
        message = item.body["message"]
        text = (message["base64"] or unwrapped(message)["base64"]).text
        file = content_of(item.body, item.id).file
    except (ValueError, RecursionError):
        return None
    return received(from_base64(_in_pieces(text)), file) if text and file else None


async def _in_pieces(text: str) -> AsyncGenerator[bytes, None]:
    for place in range(0, len(text), PIECE):
        yield text[place : place + PIECE].encode("ascii", "replace")


def _read(head: bytes) -> Node:
    try:
        return decode_clean(head)
    except ValueError:
        return NOTHING


def _described(file: MediaFile, told: Node) -> MediaFile:
    return evolve(
        file,
        mime_type=file.mime_type or told["mimetype"].text or None,
        size=file.size if file.size is not None else whole(told["size"]["fileLength"]),
        filename=file.filename or told["fileName"].text or None,
    )


def _about_file(failure: SendingFailed) -> SendingFailed:
    """A refusal that will be the same tomorrow says that the file is gone."""
    if failure.error_code in _GONE:
        return GiveUp(error_code="media_gone", title=failure.title, info=failure.info)
    return failure
