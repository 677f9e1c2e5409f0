"""Payloads from a folder, posted as if the platforms had: with our secrets, out of order, and more than once."""

import asyncio
import hmac
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import httpx
from attrs import define, field, frozen

from jaboti_domain.integration.errors import UnreadableWebhook
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.ports.journal import Outcome
from jaboti_domain.kernel.ids import IntegrationId
from jaboti_entrypoints.rehearsal.people import House, account, steward
from jaboti_entrypoints.rehearsal.report import Report
from jaboti_entrypoints.rehearsal.script import eventually
from jaboti_entrypoints.rehearsal.stage import Stage
from jaboti_entrypoints.webhooks import webhook_path

TIMES = 3
SECRET = "replay-secret"
FOLDERS: Mapping[Platform, Sequence[str]] = {
    Platform.CLOUD_API: ("cloudapi",),
    Platform.EVOLUTION_API: ("evolutionapi", "evolution"),
}
"""What a folder of a platform's payloads is called."""
Key = tuple[IntegrationId, str]
Line = tuple[Platform, str | None]
_ACCOUNTS = {
    Platform.CLOUD_API: re.compile(rb'"phone_number_id"\s*:\s*"([^"]{1,64})"'),
    Platform.EVOLUTION_API: re.compile(rb'"instance"\s*:\s*"([^"]{1,64})"'),
}


@frozen
class Payload:
    """A file, and the platform and the account that it is about (None when it names none)."""

    path: Path
    body: bytes
    line: Line


def payloads_below(folder: Path) -> Mapping[Platform, Sequence[Payload]]:
    """The webhooks below a folder, by platform; broken ones are `.txt`.

    They are in folders that are called like their platform; a folder with none of these holds CloudAPI's.
    """
    homes = {platform: _homes(folder, names) for platform, names in FOLDERS.items()}
    if not any(homes.values()):
        homes = {Platform.CLOUD_API: [folder]}
    return {
        platform: [_payload(path, platform) for home in found for path in sorted(home.rglob("*")) if _is_payload(path)]
        for platform, found in homes.items()
        if found
    }


def _homes(folder: Path, names: Sequence[str]) -> Sequence[Path]:
    return [home for name in names for home in (folder / name, folder) if home.name == name and home.is_dir()]


def _is_payload(path: Path) -> bool:
    return path.suffix in (".json", ".txt")


def _payload(path: Path, platform: Platform) -> Payload:
    body = path.read_bytes()
    found = _ACCOUNTS[platform].search(body)
    return Payload(path, body, (platform, found[1].decode() if found else None))


@define
class Replay:
    """Plays payloads to a company of the stage, through integrations that it connects for their accounts."""

    stage: Stage
    house: House
    report: Report
    _integrations: dict[Line, IntegrationId] = field(factory=dict, init=False)
    _posted: set[Key] = field(factory=set, init=False)

    async def play(self, platform: Platform, payloads: Sequence[Payload], *, source: str) -> None:
        """Post each of them three times, shuffled; then everything in them has to be accounted for."""
        for payload in payloads:
            await self._connect(payload.line)
        before = await self._counts()
        expected = {key for payload in payloads for key in self._keys(payload)} - self._posted
        self._posted |= expected
        answers = await self._post_all(list(payloads) * TIMES)
        ours = f"{len(payloads)} payloads of {platform} in {source}, posted {TIMES} times each, out of order"
        self.report.check(f"{ours}: answers", dict(Counter(answers)), {200: len(payloads) * TIMES})
        self.report.check("each item of them has ended", await eventually(self.stage.settled, within=60.0))
        ended = {o.lower(): n - before.get(o, 0) for o, n in (await self._counts()).items() if n > before.get(o, 0)}
        told = ", ".join(f"{how} {number}" for how, number in sorted(ended.items()))
        self.report.check(f"different items, each accounted for once ({told})", sum(ended.values()), len(expected))

    def _keys(self, payload: Payload) -> set[Key]:
        channel = self.stage.application.channels[payload.line[0]]
        integration_id = self._integrations[payload.line]
        try:
            return {(integration_id, item.event_key) for item in channel.split(payload.body)}
        except UnreadableWebhook:
            return {(integration_id, sha256(payload.body).hexdigest())}

    async def _counts(self) -> dict[Outcome, int]:
        return dict((await self.stage.application.accounts()).journal.counts)

    async def _connect(self, line: Line) -> None:
        if line in self._integrations:
            return
        platform, name = line
        own = account(9000 + len(self._integrations))
        graph = {"base_url": self.stage.graph_url, "waba_id": own.waba_id}
        cloud = (graph, {"access_token": "replay", "app_secret": SECRET, "verify_token": "replay"})
        evolution = ({"base_url": self.stage.evolution_url}, {"api_key": "replay", "webhook_secret": SECRET})
        settings, credentials = cloud if platform is Platform.CLOUD_API else evolution
        integration = await self.stage.application.connect_integration(
            steward(self.house.company.id),
            platform=platform,
            account=name or own.phone_number_id,
            name=f"replay {name}",
            settings=settings,
            credentials=credentials,
        )
        self._integrations[line] = integration.id

    async def _post_all(self, payloads: list[Payload]) -> list[int]:
        random.Random(7).shuffle(payloads)  # noqa: S311 - only has to be the same each time
        async with httpx.AsyncClient(base_url=self.stage.base_url, timeout=30) as http:
            return [
                code
                for some in _chunks(payloads, 20)
                for code in await asyncio.gather(*(self._post(http, payload) for payload in some))
            ]

    async def _post(self, http: httpx.AsyncClient, payload: Payload) -> int:
        path = webhook_path(payload.line[0], self._integrations[payload.line])
        headers = {"Content-Type": "application/json", **_proof(payload)}
        return (await http.post(path, content=payload.body, headers=headers)).status_code


def _proof(payload: Payload) -> Mapping[str, str]:
    if payload.line[0] is Platform.EVOLUTION_API:
        return {"Authorization": f"Bearer {SECRET}"}
    return {"X-Hub-Signature-256": "sha256=" + hmac.new(SECRET.encode(), payload.body, "sha256").hexdigest()}


def _chunks(payloads: list[Payload], size: int) -> Iterator[list[Payload]]:
    for start in range(0, len(payloads), size):
        yield payloads[start : start + size]
