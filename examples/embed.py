"""The library inside another program, in memory: a client writes, an attendant takes the chat and answers."""

import asyncio
import json
from uuid import UUID

from jaboti_domain.chat.queries import ChatFilter
from jaboti_domain.chat.use_cases.receive import Arrived
from jaboti_domain.integration.content import Text
from jaboti_domain.integration.messaging import Inbound, Peer, Platform
from jaboti_domain.kernel.actor import Actor, Role
from jaboti_domain.kernel.ids import ChatId, UserId, new_id
from jaboti_entrypoints.container import in_memory

SETTINGS = {"base_url": "memory:", "waba_id": "1"}
CREDENTIALS = {"access_token": "t", "app_secret": "s", "verify_token": "v"}


async def main() -> list[str]:
    """What the client's phone shows in the end."""
    jaboti, phone = in_memory()
    company, _ = await jaboti.found_company(name="Padaria Aurora")
    ana = Actor(user_id=UserId(new_id()), company_id=company.id, role=Role.ADMIN, name="Ana")
    line = await jaboti.connect_integration(
        ana, platform=Platform.CLOUD_API, account="1", name="WhatsApp", settings=SETTINGS, credentials=CREDENTIALS
    )

    marina = Peer(phone="5511955500101", name="Marina")
    hello = Inbound(provider_id="m1", peer=marina, content=Text(body="Vocês têm pão de queijo?"), at=None)
    await jaboti.receive_inbound(company.id, [Arrived(integration_id=line.id, update=hello)])

    page = await jaboti.chat_reads.page(company.id, viewer=ana, where=ChatFilter(), after=None, limit=10)
    chat_id = ChatId(UUID(json.loads(page.items)[0]["id"]))
    await jaboti.start_chat(ana, chat_id=chat_id)
    await jaboti.send_message(ana, chat_id=chat_id, content=Text(body="Temos, Marina! Saiu agora do forno."))

    for parcel in await jaboti.claim_errands(company.id, errands=10):
        await jaboti.settle_deliveries(company.id, [await jaboti.deliver(parcel)])
    return [outbound.content.text for outbound in phone.sent]


if __name__ == "__main__":
    print(asyncio.run(main()))
