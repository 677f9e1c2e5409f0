"""Files from both platforms, over real HTTP: what a client sends, and what our channel makes of it."""

import json
from collections.abc import AsyncIterable, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Protocol

from attrs import evolve, frozen

from jaboti_adapters.channels import HttpPool
from jaboti_adapters.channels.cloudapi import CloudApiChannel
from jaboti_adapters.channels.evolutionapi import EvolutionApiChannel
from jaboti_domain.integration.content import Content, Media, MediaFile
from jaboti_domain.integration.messaging import Inbound, Outbound, Peer
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.ports.channels import Enclosing, MediaTransfer, MessagingChannel
from jaboti_domain.integration.transfers import MediaUpload
from jaboti_domain.kernel.ids import MessageId, new_id
from jaboti_entrypoints.sandbox.cloudapi import contents as clouds
from jaboti_entrypoints.sandbox.evolutionapi import Webhook
from jaboti_entrypoints.sandbox.evolutionapi import contents as evolutions
from tests.integration.sandbox.evolution_shop import NAME, SECRET, EvolutionShop
from tests.integration.sandbox.evolution_shop import TOKEN as KEY
from tests.integration.sandbox.shop import PNID, TOKEN, Shop
from tests.unit.channels.evolution import integration as on_evolution
from tests.unit.channels.integrations import integration as on_cloud

MARIA = Peer(phone="5541988887777")
HERE = "127.0.0.1"


class Channel(MessagingChannel, MediaTransfer, Protocol):
    """One that carries files."""


class Playing(Protocol):
    """A shop of either platform."""

    @property
    def knobs(self) -> Any: ...
    async def settled(self) -> bool: ...


@frozen(kw_only=True)
class Side:
    """A shop, its sandbox, and our channel to it."""

    channel: Channel
    integration: Integration
    shop: Playing
    say: Callable[[str, bytes, Mapping[str, Any]], object]
    bodies: Callable[[], list[bytes]]

    async def hears(self, kind: str, data: bytes, **facts: Any) -> MediaFile:
        """A client sends a file; returns it as the webhook tells of it."""
        return (await self.hears_item(kind, data, **facts))[1]

    async def hears_item(self, kind: str, data: bytes, **facts: Any) -> tuple[bytes, MediaFile]:
        """The same, with the item that told of it."""
        self.say(kind, data, facts)
        assert await self.shop.settled()
        items = [item.raw for body in self.bodies() for item in self.channel.split(body)]
        told = [(raw, update) for raw in items if isinstance(update := self.channel.read(raw), Inbound)]
        raw, last = told[-1]
        assert last.content.file is not None
        return raw, last.content.file

    async def fetch(self, file: MediaFile) -> bytes:
        """The file, from the platform."""
        async with self.channel.open(self.integration, file) as media:
            return b"".join([chunk async for chunk in media.chunks])

    async def enclosed(self, raw: bytes) -> bytes | None:
        """The file that an item brings."""
        assert isinstance(self.channel, Enclosing)
        media = self.channel.enclosed(raw)
        return None if media is None else b"".join([chunk async for chunk in media.chunks])

    async def sends(self, upload: MediaUpload, **facts: Any) -> str:
        """A file of ours goes to Maria, as the dispatcher does it; returns the message's id."""
        known = await self.channel.upload(self.integration, upload)
        media = MediaFile(type=upload.type, provider_id=known, mime_type=upload.mime_type, filename=upload.filename)
        voice, caption = facts.pop("voice", False), facts.pop("caption", "")
        content: Content = Media(media=evolve(media, voice=voice), caption=caption)
        outbound = Outbound(message_id=MessageId(new_id()), to=MARIA, content=content, file=upload)
        return (await self.channel.send(self.integration, outbound)).provider_id


def upload(kind: str, data: bytes, mime_type: str, *, size: int | None = None, name: str | None = None) -> MediaUpload:
    """A file of ours, read in pieces of odd sizes."""

    async def read() -> AsyncIterator[bytes]:
        for place in range(0, len(data), 1001):
            yield data[place : place + 1001]

    again: Callable[[], AsyncIterable[bytes]] = read
    stored = len(data) if size is None else size
    return MediaUpload(type=kind, mime_type=mime_type, size=stored, filename=name, read=again)


@asynccontextmanager
async def cloud_side(shop: Shop, http: HttpPool | None = None) -> AsyncIterator[Side]:
    """The CloudAPI."""
    pool = http or HttpPool(allowed_hosts=[HERE])
    base = str(shop.graph.base_url).rstrip("/")
    shop.knobs.turn(window_enforced=False)
    async with pool:
        yield Side(
            channel=CloudApiChannel(pool),
            integration=on_cloud(f"{base}/v25.0", account=PNID, access_token=TOKEN),
            shop=shop,
            say=lambda kind, data, facts: shop.hears(clouds.file(kind, data, **facts)),
            bodies=lambda: [raw for raw, _ in shop.posts],
        )


@asynccontextmanager
async def evolution_side(
    shop: EvolutionShop, http: HttpPool | None = None, *, base64: bool = False
) -> AsyncIterator[Side]:
    """EvolutionAPI."""
    pool = http or HttpPool(allowed_hosts=[HERE])
    base = str(shop.server.base_url).rstrip("/")
    shop.sandbox.served_at(base)
    shop.instance.webhook = Webhook(url=shop.url, headers=SECRET, base64=base64)
    async with pool:
        yield Side(
            channel=EvolutionApiChannel(pool),
            integration=evolve(on_evolution(base, api_key=KEY), account=NAME),
            shop=shop,
            say=lambda kind, data, facts: shop.hears(evolutions.file(kind, data, **facts)),
            bodies=lambda: [json.dumps(body).encode() for body, _, _ in shop.posts],
        )
