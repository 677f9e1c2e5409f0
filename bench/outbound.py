"""`python -m bench.outbound`: how fast one process of workers sends, and how fast it takes in what became of it.

The platform's sandbox, PostgreSQL and the process of workers share the machine.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import uvloop
from attrs import frozen

from bench.data import Tenant, furnish
from bench.process import answers, free_port, running
from bench.site import settings_for
from jaboti_adapters.postgres.embedded import EmbeddedPostgres
from jaboti_adapters.postgres.migrations import migrate
from jaboti_domain.integration.content import Text
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.use_cases.intake import arrival_of
from jaboti_domain.kernel.actor import Actor, Role
from jaboti_domain.kernel.ids import ChatId, CompanyId, IntegrationId, UserId
from jaboti_entrypoints.application import Application
from jaboti_entrypoints.container import open_application
from jaboti_entrypoints.worker.dispatcher import Dispatcher
from jaboti_entrypoints.worker.lanes import LaneWorker

STATUSES = ("sent", "delivered", "read")
SENDS, RECEIPTS = 400, 3000
"""A second: the goals."""
AT_ONCE, DRAINS, BATCH, SIDE_BY_SIDE = 128, 2, 500, 16


@frozen
class Installation:
    """What is measured."""

    application: Application
    url: str
    tenants: Sequence[Tenant]

    async def rows(self, sql: str) -> list[asyncpg.Record]:
        """As somebody whom nothing binds sees them."""
        connection = await asyncpg.connect(self.url)
        try:
            return await connection.fetch(sql)
        finally:
            await connection.close()

    async def write(self, each: int) -> int:
        """So many messages in each chat, queued; returns how many."""
        chats = await self.rows("SELECT id, company_id, attendant_id FROM chat ORDER BY id")
        for n in range(each):
            for start in range(0, len(chats), SIDE_BY_SIDE):
                await asyncio.gather(*(self._write(row, n) for row in chats[start : start + SIDE_BY_SIDE]))
        return len(chats) * each

    async def _write(self, row: asyncpg.Record, n: int) -> None:
        company_id, user_id = CompanyId(row["company_id"]), UserId(row["attendant_id"])
        ana = Actor(user_id=user_id, company_id=company_id, role=Role.SUPERVISOR, name="Ana")
        await self.application.send_message(ana, chat_id=ChatId(row["id"]), content=Text(body=f"Mensagem {n}"))

    async def send(self) -> float:
        """Seconds until everything has gone out."""
        dispatcher = Dispatcher(application=self.application, at_once=AT_ONCE)
        return await self._timed(dispatcher, "SELECT 1 FROM errand LIMIT 1")

    async def tell(self) -> int:
        """What became of all that was sent is in the journal, unread; returns how many items."""
        sent = await self.rows(
            "SELECT integration_id, provider_id, id FROM message WHERE outbound AND provider_id NOT LIKE 'wamid.bench%'"
        )
        told = 0
        for status in STATUSES:
            for start in range(0, len(sent), BATCH):
                told += await self._tell(sent[start : start + BATCH], status)
        return told

    async def _tell(self, sent: Sequence[asyncpg.Record], status: str) -> int:
        arrivals = []
        for row in sent:
            integration = await self.application.directory.by_id(IntegrationId(UUID(str(row["integration_id"]))))
            assert integration is not None
            body = _webhook(integration.account, str(row["provider_id"]), str(row["id"]), status)
            arrivals += [arrival_of(i, integration) for i in self.application.channels[Platform.CLOUD_API].split(body)]
        return await self.application.journal.append(arrivals)

    async def take_in(self) -> float:
        """Seconds until all of it has taken effect."""
        worker = LaneWorker(application=self.application, at_once=DRAINS)
        return await self._timed(worker, "SELECT 1 FROM journal WHERE outcome = 'PENDING' LIMIT 1")

    async def _timed(self, worker: Dispatcher | LaneWorker, waiting: str) -> float:
        began = time.perf_counter()
        task = asyncio.create_task(worker.run())
        while await self.rows(waiting):  # noqa: ASYNC110 - the database tells nobody that it is empty
            await asyncio.sleep(0.02)
        took = time.perf_counter() - began
        worker.stop()
        await task
        return took


def main() -> None:
    """Measure, and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--each", type=int, default=2, help="messages for each of 2,000 chats")
    uvloop.run(bench(options.parse_args().each))


async def bench(each: int) -> None:
    """On a database and with a platform of its own, which are thrown away afterwards."""
    port = free_port()
    sandbox = (sys.executable, "-m", "jaboti_entrypoints.sandbox.cloudapi", "--port", str(port))
    with tempfile.TemporaryDirectory(prefix="jaboti-bench-") as directory:
        async with EmbeddedPostgres(Path(directory) / "pg") as postgres, running(*sandbox):
            await migrate(postgres.owner_url)
            await answers(port, "/__sandbox/counters")
            async with open_application(settings_for(postgres.app_url)) as application:
                base = f"http://127.0.0.1:{port}"
                tenants = await furnish(application, postgres.superuser_url, graph_url=f"{base}/v25.0")
                await _open_accounts(base, tenants)
                await _measure(Installation(application, postgres.superuser_url, tenants), each)


async def _measure(installation: Installation, each: int) -> None:
    load = os.getloadavg()[0]
    queued = await installation.write(each)
    _say("sends", queued, await installation.send(), SENDS)
    told = await installation.tell()
    _say("statuses applied", told, await installation.take_in(), RECEIPTS)
    rows = await installation.rows("SELECT status, count(*) AS count FROM message WHERE outbound GROUP BY status")
    states = {row["status"]: row["count"] for row in rows}
    sys.stdout.write(f"messages by status: {states}; load of the machine before: {load:.1f}\n")


async def _open_accounts(base: str, tenants: Sequence[Tenant]) -> None:
    async with httpx.AsyncClient(base_url=base, trust_env=False) as http:
        knobs = {"statuses": [], "window_enforced": False}
        (await http.post("/__sandbox/knobs", json=knobs)).raise_for_status()
        for number, tenant in enumerate(tenants):
            account = {
                "phone_number_id": tenant.account,
                "waba_id": str(number),
                "display_phone_number": f"551140028{number:03}",
                "access_token": "bench-token",
                "app_secret": "bench-app-secret",
                "webhook_url": "http://127.0.0.1:9/",
                "verify_token": "bench",
            }
            (await http.post("/__sandbox/numbers", json=account)).raise_for_status()


def _webhook(account: str, name: str, message_id: str, status: str) -> bytes:
    told = {
        "id": name,
        "status": status,
        "timestamp": str(int(time.time())),
        "recipient_id": "5511980000001",
        "biz_opaque_callback_data": message_id,
        "pricing": {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "service"},
    }
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": account}, "statuses": [told]}
    entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def _say(what: str, count: int, seconds: float, goal: int) -> None:
    rate = count / seconds
    reached = "reached" if rate >= goal else "not reached"
    sys.stdout.write(f"{what}: {count:,} in {seconds:.1f} s, {rate:,.0f}/s (goal {goal:,}/s: {reached})\n")


if __name__ == "__main__":
    main()
