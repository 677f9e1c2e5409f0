"""The channel of examples/small_channel.py at work: registered, written to by a client, answered by an attendant."""

import json
from collections.abc import Sequence
from uuid import UUID

import httpx

from examples.small_channel import POMBO, PomboChannel
from jaboti_adapters.channels import HttpPool
from jaboti_domain.chat.queries import ChatFilter
from jaboti_domain.integration.content import Text
from jaboti_domain.integration.ports.channels import MessagingChannel
from jaboti_domain.kernel.actor import Actor, Role
from jaboti_domain.kernel.ids import ChatId, UserId, new_id
from jaboti_entrypoints.application import Application
from jaboti_entrypoints.container import in_memory, open_application
from jaboti_entrypoints.rest.app import create_app
from jaboti_entrypoints.server import serving_application
from jaboti_entrypoints.settings import Settings
from jaboti_entrypoints.webhooks import Webhooks, webhook_path

CREDENTIALS = {"token": "t", "webhook_secret": "coo"}
HELLO = {"id": "p1", "from": {"phone": "5511955500101", "name": "Marina"}, "date": 1781000000, "text": "Oi!"}


def channels(http: HttpPool) -> Sequence[MessagingChannel]:
    """This is the registration: what `open_application` is given beside our own channels."""
    return [PomboChannel(http)]


async def serve(settings: Settings) -> None:
    """A server like ours, on PostgreSQL, that speaks Pombo, too."""
    async with open_application(settings, more=channels) as jaboti, serving_application(jaboti, settings) as base:
        print(f"{base}/webhooks/pombo/<integration>")


async def main(base_url: str) -> str:
    """In memory: what the attendant's answer is called on the Pombo at `base_url`."""
    async with HttpPool(allowed_hosts=["127.0.0.1"]) as http:
        jaboti, _ = in_memory(more=channels(http))
        company, _ = await jaboti.found_company(name="Padaria Aurora")
        ana = Actor(user_id=UserId(new_id()), company_id=company.id, role=Role.ADMIN, name="Ana")
        line = await jaboti.connect_integration(
            ana,
            platform=POMBO,
            account="padaria",
            name="Pombo",
            settings={"base_url": base_url},
            credentials=CREDENTIALS,
        )
        await tell(jaboti, webhook_path(POMBO, line.id))
        await jaboti.drain_journal(company.id)
        page = await jaboti.chat_reads.page(company.id, viewer=ana, where=ChatFilter(), after=None, limit=10)
        chat_id = ChatId(UUID(json.loads(page.items)[0]["id"]))
        await jaboti.start_chat(ana, chat_id=chat_id)
        await jaboti.send_message(ana, chat_id=chat_id, content=Text(body="Oi, Marina!"))
        (parcel,) = await jaboti.claim_errands(company.id, errands=1)
        delivery = await jaboti.deliver(parcel)
        await jaboti.settle_deliveries(company.id, [delivery])
    return delivery.accepted.provider_id if delivery.accepted else ""


async def tell(jaboti: Application, path: str) -> None:
    """Pombo calls our webhook."""
    app = create_app(jaboti, extra_routes=Webhooks(application=jaboti).routes())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://jaboti") as pombo:
        answer = await pombo.post(path, json={"message": HELLO}, headers={"x-pombo-secret": "coo"})
        answer.raise_for_status()
