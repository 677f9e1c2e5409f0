"""CloudAPI's bodies at the real endpoint: ours and recorded ones, each item accounted for once."""

import random
from hashlib import sha256
from pathlib import Path

import pytest

from jaboti_domain.integration.errors import UnreadableWebhook
from jaboti_domain.integration.messaging import Platform
from jaboti_domain.integration.ports.journal import Outcome
from jaboti_entrypoints.container import channel_alone
from tests.unit.channels.payloads import CORPUS, PAYLOADS
from tests.unit.entrypoints.cloudapi_site import CloudSite
from tests.unit.entrypoints.site import bodies

CHANNEL = channel_alone(Platform.CLOUD_API)


async def keys_in(site: CloudSite, body: bytes) -> set[tuple[str, str]]:
    """What is to be accounted for: each thing once, however often it is told; a body that can't be read is one."""
    line = str((await site.line_in(body)).id)
    try:
        return {(line, item.event_key) for item in CHANNEL.split(body)}
    except UnreadableWebhook:
        return {(line, sha256(body).hexdigest())}


@pytest.mark.parametrize("folder", [PAYLOADS, CORPUS / "cloudapi"], ids=["ours", "recorded"])
async def test_every_item_is_accounted_for_once_though_all_come_three_times_in_any_order(folder: Path) -> None:
    posted = [path.read_bytes() for path in bodies(folder)]
    if not posted:
        print("no recorded payloads beside the repository: none was posted")
        return
    async with CloudSite.opened() as site:
        expected = {key for body in posted for key in await keys_in(site, body)}
        again = posted * 3
        random.Random(7).shuffle(again)
        answers = {(await site.post(body)).status_code for body in again}
        counts = await site.drain()
    assert (answers, counts[Outcome.PENDING]) == ({200}, 0)
    assert sum(counts.values()) == len(expected)
    print(len(posted), "bodies", dict(counts))
