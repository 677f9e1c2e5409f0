"""A shop's instance on a sandbox behind a real socket, and the channel that talks to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from attrs import frozen

from jaboti_adapters.channels import HttpPool
from jaboti_adapters.channels.evolutionapi import EvolutionApiChannel
from jaboti_domain.integration.content import Content, Text
from jaboti_domain.integration.messaging import Outbound, Peer
from jaboti_domain.integration.model import Integration
from jaboti_domain.kernel.ids import MessageId, new_id
from jaboti_entrypoints.sandbox.evolutionapi import EvolutionApiSandbox, Instance, create_evolutionapi_sandbox
from jaboti_entrypoints.sandbox.loopback import serving
from tests.unit.channels.evolution import INSTANCE, KEY, OWN, PHONE, integration

MARINA = Peer(phone=PHONE)


def outbound(content: Content | str = "Olá, Marina", *, to: Peer = MARINA, reply_to: str | None = None) -> Outbound:
    """A message on its way to Marina."""
    said = Text(body=content) if isinstance(content, str) else content
    return Outbound(message_id=MessageId(new_id()), to=to, content=said, reply_to=reply_to)


@frozen(kw_only=True)
class Shop:
    """Both sides."""

    channel: EvolutionApiChannel
    integration: Integration
    server: EvolutionApiSandbox

    async def send(self, message: Outbound) -> str:
        """The message's id on the platform."""
        return (await self.channel.send(self.integration, message)).provider_id


@asynccontextmanager
async def a_shop(*, tied: bool = True) -> AsyncIterator[Shop]:
    """A shop whose phone is tied to its instance, or whose instance is yet to be made by who has the global key."""
    server = create_evolutionapi_sandbox([Instance(name=INSTANCE, token=KEY, own=OWN)] if tied else [], global_key=KEY)
    async with serving(server.app) as base, HttpPool(allowed_hosts=["127.0.0.1"]) as http:
        yield Shop(channel=EvolutionApiChannel(http), integration=integration(f"{base}/"), server=server)
