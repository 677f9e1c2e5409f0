"""Payloads from a folder, posted as if the platform had: signed by us, out of order, and more than once."""

import asyncio
import hmac
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import httpx
from attrs import define, field, frozen

from jaboti_domain.integration.errors import UnreadableWebhook
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.ports import Outcome
from jaboti_domain.kernel.ids import IntegrationId
from jaboti_entrypoints.rehearsal.people import House, account, steward
from jaboti_entrypoints.rehearsal.report import Report
from jaboti_entrypoints.rehearsal.script import eventually
from jaboti_entrypoints.rehearsal.stage import Stage

TIMES = 3
Key = tuple[IntegrationId, str]
_ACCOUNT = re.compile(rb'"phone_number_id"\s*:\s*"([^"]{1,64})"')


@frozen
class Payload:
    """A file, and the account that it is about (None when it names none)."""

    path: Path
    body: bytes
    account: str | None


def cloud_payloads(folder: Path) -> list[Payload]:
    """The CloudAPI webhooks below a folder, in a `cloudapi` folder of it or in itself; broken ones are `.txt`."""
    home = folder / "cloudapi" if (folder / "cloudapi").is_dir() else folder
    return [_payload(path) for path in sorted(home.rglob("*")) if path.suffix in (".json", ".txt")]


def _payload(path: Path) -> Payload:
    body = path.read_bytes()
    found = _ACCOUNT.search(body)
    return Payload(path, body, found[1].decode() if found else None)


@define
class Replay:
    """Plays payloads to a company of the stage, through integrations that it connects for their accounts."""

    stage: Stage
    house: House
    report: Report
    _integrations: dict[str | None, IntegrationId] = field(factory=dict, init=False)
    _posted: set[Key] = field(factory=set, init=False)

    async def play(self, payloads: Sequence[Payload], *, source: str) -> None:
        """Post each of them three times, shuffled; then everything in them has to be accounted for."""
        for payload in payloads:
            await self._connect(payload.account)
        before = await self._counts()
        expected = {key for payload in payloads for key in self._keys(payload)} - self._posted
        self._posted |= expected
        answers = await self._post_all(list(payloads) * TIMES)
        ours = f"{len(payloads)} payloads of {source}, posted {TIMES} times each, out of order"
        self.report.check(f"{ours}: answers", dict(Counter(answers)), {200: len(payloads) * TIMES})
        self.report.check("each item of them has ended", await eventually(self.stage.settled, within=60.0))
        ended = {o.lower(): n - before.get(o, 0) for o, n in (await self._counts()).items() if n > before.get(o, 0)}
        told = ", ".join(f"{how} {number}" for how, number in sorted(ended.items()))
        self.report.check(f"different items, each accounted for once ({told})", sum(ended.values()), len(expected))

    def _keys(self, payload: Payload) -> set[Key]:
        channel = self.stage.application.channels[Platform.CLOUD_API]
        integration_id = self._integrations[payload.account]
        try:
            return {(integration_id, item.event_key) for item in channel.split(payload.body)}
        except UnreadableWebhook:
            return {(integration_id, sha256(payload.body).hexdigest())}

    async def _counts(self) -> dict[Outcome, int]:
        return dict((await self.stage.application.accounts()).journal.counts)

    async def _connect(self, name: str | None) -> None:
        if name in self._integrations:
            return
        own = account(9000 + len(self._integrations))
        integration = await self.stage.application.connect_integration(
            steward(self.house.company.id),
            platform=Platform.CLOUD_API,
            account=name or own.phone_number_id,
            name=f"replay {name}",
            settings={"base_url": self.stage.graph_url, "waba_id": own.waba_id},
            credentials={"access_token": "replay", "app_secret": "replay-secret", "verify_token": "replay"},
        )
        self._integrations[name] = integration.id

    async def _post_all(self, payloads: list[Payload]) -> list[int]:
        random.Random(7).shuffle(payloads)  # noqa: S311 - only has to be the same each time
        async with httpx.AsyncClient(base_url=self.stage.base_url, timeout=30) as http:
            return [
                code
                for some in _chunks(payloads, 20)
                for code in await asyncio.gather(*(self._post(http, payload) for payload in some))
            ]

    async def _post(self, http: httpx.AsyncClient, payload: Payload) -> int:
        signature = "sha256=" + hmac.new(b"replay-secret", payload.body, "sha256").hexdigest()
        answer = await http.post(
            f"/webhooks/cloudapi/{self._integrations[payload.account]}",
            content=payload.body,
            headers={"X-Hub-Signature-256": signature, "Content-Type": "application/json"},
        )
        return answer.status_code


def _chunks(payloads: list[Payload], size: int) -> Iterator[list[Payload]]:
    for start in range(0, len(payloads), size):
        yield payloads[start : start + size]
