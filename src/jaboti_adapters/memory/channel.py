"""A channel without a platform: for programs that embed the library, and for tests."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from attrs import define, field

from jaboti_domain.integration.content import MediaFile, Text
from jaboti_domain.integration.errors import GiveUp, UnreadableWebhook
from jaboti_domain.integration.messaging import (
    Accepted,
    Headers,
    Inbound,
    Items,
    Outbound,
    Peer,
    Platform,
    Unreadable,
    Update,
    WebhookItem,
)
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.ports.channels import (
    ConnectionTest,
    Health,
    MediaTransfer,
    MessagingChannel,
    TemplateCatalogue,
    TypingIndicator,
)
from jaboti_domain.integration.templates import TemplateInfo
from jaboti_domain.integration.transfers import MediaUpload, RemoteMedia


@define
class MemoryChannel(MessagingChannel, MediaTransfer, ConnectionTest, TemplateCatalogue, TypingIndicator):
    """Takes what is sent into `sent`; its webhooks are `[{"id", "from", "text"}, ...]`, signed by nobody.

    `refuse` may raise a SendingFailed for a message before it is taken, `approved` one instead of giving templates,
    `hinder` for a file before it is given or taken. Clients' files are given out of `files`, by the provider's id.
    """

    platform: Platform = Platform.CLOUD_API
    refuse: Callable[[Outbound], None] = lambda outbound: None
    health: Health = field(factory=lambda: Health(ok=True, detail="memory", latency_ms=0))
    approved: Callable[[], Sequence[TemplateInfo]] = lambda: ()
    hinder: Callable[[MediaFile | MediaUpload], None] = lambda file: None
    files: dict[str, bytes] = field(factory=dict, init=False)
    uploads: list[bytes] = field(factory=list, init=False)
    typed_after: list[str] = field(factory=list, init=False)
    sent: list[Outbound] = field(factory=list, init=False)
    read_up_to: list[str] = field(factory=list, init=False)

    def verify(self, integration: Integration, headers: Headers, body: bytes) -> None:
        """Everybody is believed."""

    def split(self, body: bytes) -> Items:
        try:
            return [_item(written) for written in json.loads(body)]
        except (ValueError, TypeError, KeyError) as error:
            raise UnreadableWebhook() from error

    def read(self, raw: bytes) -> Update:
        try:
            written = json.loads(raw)
            return Inbound(
                provider_id=written["id"], peer=Peer(phone=written["from"]), content=Text(body=written["text"]), at=None
            )
        except (ValueError, TypeError, KeyError) as error:
            return Unreadable(reason=repr(error))

    async def send(self, integration: Integration, outbound: Outbound) -> Accepted:
        """The provider's id is `memory-` and how many were sent before, from 1."""
        self.refuse(outbound)
        if outbound.fence is not None:
            outbound.fence()
        self.sent.append(outbound)
        return Accepted(provider_id=f"memory-{len(self.sent)}")

    async def mark_read(self, integration: Integration, provider_id: str, *, peer: Peer | None) -> None:
        self.read_up_to.append(provider_id)

    async def show_typing(self, integration: Integration, *, peer: Peer, newest: str) -> None:
        self.typed_after.append(newest)

    @asynccontextmanager
    async def open(self, integration: Integration, file: MediaFile) -> AsyncIterator[RemoteMedia]:
        self.hinder(file)
        content = self.files.get(file.provider_id or "")
        if content is None:
            raise GiveUp(error_code="media_gone", title="There is no such file")
        yield RemoteMedia(chunks=_pieces(content), mime_type=file.mime_type, sha256=file.sha256, filename=file.filename)

    async def upload(self, integration: Integration, file: MediaUpload) -> str | None:
        """The provider's id is `file-` and how many were uploaded before, from 1."""
        self.hinder(file)
        self.uploads.append(b"".join([piece async for piece in file.read()]))
        return f"file-{len(self.uploads)}"

    async def test(self, integration: Integration) -> Health:
        return self.health

    async def templates(self, integration: Integration) -> Sequence[TemplateInfo]:
        return self.approved()


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _item(written: dict[str, str]) -> WebhookItem:
    return WebhookItem(
        account=None,
        owner=None,
        event_key=f"m:{written['id']}",
        lane=f"p:{written['from']}",
        raw=json.dumps(written).encode(),
    )
