"""CloudAPI's bodies at the real endpoint: ours and recorded ones, each item accounted for once."""

import hmac
import random
import re
from collections import Counter
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from attrs import define, evolve, field

from jaboti_domain.company.model import Company
from jaboti_domain.integration.errors import UnreadableWebhook
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.model import Integration
from jaboti_domain.integration.ports.journal import Outcome
from jaboti_domain.kernel.actor import Actor, Role
from jaboti_domain.kernel.ids import UserId, new_id
from jaboti_entrypoints.application import Application
from jaboti_entrypoints.container import channel_alone, in_memory
from jaboti_entrypoints.rest.app import create_app
from jaboti_entrypoints.webhooks import Webhooks, webhook_path
from tests.unit.channels.payloads import CORPUS, PAYLOADS
from tests.unit.entrypoints.evolution_site import bodies

CHANNEL = channel_alone(Platform.CLOUD_API)
SECRET = "secret-of-the-app"
CREDENTIALS = {"access_token": "t", "app_secret": SECRET, "verify_token": "v"}
ACCOUNT = re.compile(rb'"phone_number_id"\s*:\s*"([^"]{1,64})"')


@define
class Desk:
    """A company whose numbers are those that payloads name."""

    jaboti: Application
    company: Company
    http: httpx.AsyncClient
    lines: dict[str, Integration] = field(factory=dict, init=False)

    async def line(self, body: bytes) -> Integration:
        found = ACCOUNT.search(body)
        account = found[1].decode() if found else "nobody's"
        if account not in self.lines:
            self.lines[account] = await self.jaboti.connect_integration(
                Actor(user_id=UserId(new_id()), company_id=self.company.id, role=Role.ADMIN, name="jaboti"),
                platform=Platform.CLOUD_API,
                account=account,
                name=account,
                settings={"base_url": "https://graph.example/v25.0", "waba_id": "1"},
                credentials=CREDENTIALS,
            )
        return self.lines[account]

    async def post(self, body: bytes) -> int:
        line = await self.line(body)
        proof = {"x-hub-signature-256": f"sha256={hmac.new(SECRET.encode(), body, 'sha256').hexdigest()}"}
        return (await self.http.post(webhook_path(line.platform, line.id), content=body, headers=proof)).status_code

    async def keys(self, body: bytes) -> set[tuple[str, str]]:
        line = str((await self.line(body)).id)
        try:
            return {(line, item.event_key) for item in CHANNEL.split(body)}
        except UnreadableWebhook:
            return {(line, sha256(body).hexdigest())}

    async def drain(self) -> Counter[Outcome]:
        drain = evolve(self.jaboti.drain_journal, first_wait=timedelta(0))
        while await drain(self.company.id):
            pass
        return Counter((await self.jaboti.journal.account()).counts)


@pytest.mark.parametrize("folder", [PAYLOADS, CORPUS / "cloudapi"], ids=["ours", "recorded"])
async def test_every_item_is_accounted_for_once_though_all_come_three_times_in_any_order(folder: Path) -> None:
    posted = [path.read_bytes() for path in bodies(folder)]
    if not posted:
        print("no recorded payloads beside the repository: none was posted")
        return
    jaboti, _ = in_memory(more=[CHANNEL])
    company, _ = await jaboti.found_company(name="Padaria Aurora")
    app = create_app(jaboti, extra_routes=Webhooks(application=jaboti).routes())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://jaboti") as http:
        desk = Desk(jaboti, company, http)
        expected = {key for body in posted for key in await desk.keys(body)}
        again = posted * 3
        random.Random(7).shuffle(again)
        answers = {await desk.post(body) for body in again}
        counts = await desk.drain()
    assert (answers, counts[Outcome.PENDING]) == ({200}, 0)
    assert sum(counts.values()) == len(expected)
    print(len(posted), "bodies", dict(counts))
