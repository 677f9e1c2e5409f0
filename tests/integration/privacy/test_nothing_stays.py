"""Whoever is forgotten stands nowhere any more; and if one of the erasers were left out, it would be found."""

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from attrs import evolve

from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.postgres import erasing, traces
from jaboti_adapters.postgres.audit import PostgresAuditTrail
from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.messages import PostgresMessages
from jaboti_adapters.security.seal import HmacSeal
from jaboti_domain.audit.use_cases import VerifyAudit
from jaboti_domain.client.model import Client
from jaboti_domain.privacy.model import Trace
from tests.integration.postgres.on_postgres import KEYS
from tests.integration.privacy.planted import SECRETS, Site, leaks, open_site, plant

if TYPE_CHECKING:
    import asyncpg

    Connection = asyncpg.Connection[asyncpg.Record]

IDS_ALONE = {Trace.ERRANDS}
"""Of which nothing can be read."""


@pytest.fixture
async def site(database: Database, tmp_path: Path) -> AsyncIterator[Site]:
    async with open_site(database, tmp_path) as opened:
        yield opened


async def forget(site: Site) -> list[bytes]:
    client_id, told = await plant(site)
    answer = await site.desk.post(f"/clients/{client_id}/anonymize")
    assert answer.status_code == 200, answer.text
    return told


async def test_a_person_stands_in_very_many_places(site: Site, superuser: "Connection") -> None:
    await plant(site)
    found = {each.split(".")[0] for each in await leaks(superuser)}
    assert found == {*(table for each in erasing.ERASERS.values() for table in each.columns), *erasing.ELSEWHERE}


async def test_nothing_of_a_person_stays(
    site: Site, superuser: "Connection", capfd: pytest.CaptureFixture[str]
) -> None:
    told = await forget(site)
    assert await leaks(superuser) == set()
    said = "".join(capfd.readouterr()).lower()
    assert not [secret for secret in SECRETS if secret in said]
    for body in told:
        await site.post(body)
    assert await leaks(superuser) == set()


async def test_what_is_told_late_of_what_they_were_written_leaves_nothing(site: Site, superuser: "Connection") -> None:
    told = await forget(site)
    for status in ("read", "failed"):
        await site.told(statuses=[late(told, status)])
        await site.told(statuses=[late(told, status)])
    assert await leaks(superuser) == set()
    assert await superuser.fetchval("SELECT count(*) FROM journal WHERE outcome = 'PENDING'") == 0
    assert await superuser.fetchval("SELECT count(*) FROM journal_lane WHERE lane LIKE '%5541987651234%'") == 0
    assert await superuser.fetchval("SELECT count(*) FROM message WHERE status = 'READ'") == 1, "it is counted"


async def test_what_it_cost_is_charged_though_it_is_told_late(site: Site, superuser: "Connection") -> None:
    told = await forget(site)
    await superuser.execute("DELETE FROM usage")
    await site.told(
        statuses=[
            late(told, "read", pricing=json.loads(told[1])["entry"][0]["changes"][0]["value"]["statuses"][0]["pricing"])
        ]
    )
    assert await leaks(superuser) == set()
    assert await superuser.fetchval("SELECT count(*) FROM usage") == 1


async def test_a_late_word_that_is_taken_for_somebody_elses_is_found(site: Site, superuser: "Connection") -> None:
    async def nobody(*_: object) -> dict[object, object]:
        return {}

    told = await forget(site)
    with patch.object(PostgresMessages, "find_forgotten", nobody):
        await site.told(statuses=[late(told, "read")])
    assert {each.split(".")[0] for each in await leaks(superuser)} == {"journal", "journal_lane"}


async def test_who_was_taken_for_somebody_else_for_a_while_stands_nowhere_either(
    site: Site, superuser: "Connection"
) -> None:
    client_id, _ = await plant(site)
    zoe = await site.office.scene.a_client("Zoé")
    for verb in ("merge", "unmerge"):
        answer = await site.desk.post(f"/clients/{zoe.id}/{verb}", {"otherId": str(client_id)})
        assert answer.status_code == 200, answer.text
    await site.desk.post(f"/clients/{client_id}/anonymize")
    assert await leaks(superuser) == set()
    kept = (await site.desk.get(f"/clients/{zoe.id}")).json()
    assert (kept["name"], kept["phone"]) == ("Zoé", zoe.phone and zoe.phone.e164)


async def test_the_audit_log_still_verifies(site: Site) -> None:
    await forget(site)
    verify = VerifyAudit(audit_chains=site.backend.audit_chains, seal=HmacSeal(KEYS))
    finding = await verify(site.line.company_id)
    assert (finding.bad, finding.reason) == (None, "")
    assert finding.checked > 2


async def test_what_is_counted_stays(site: Site, superuser: "Connection") -> None:
    client_id, _ = await plant(site)
    before = await _figures(superuser)
    await site.desk.post(f"/clients/{client_id}/anonymize")
    assert await _figures(superuser) == before
    assert before["charges"] == 1


async def test_others_keep_everything(site: Site, superuser: "Connection") -> None:
    elsewhere = await Scene.set_in(site.backend)
    before = await superuser.fetch("SELECT * FROM client WHERE company_id = $1", elsewhere.company_id)
    other = await site.office.scene.a_client("Zoé")
    await forget(site)
    assert await superuser.fetch("SELECT * FROM client WHERE company_id = $1", elsewhere.company_id) == before
    assert (await site.desk.get(f"/clients/{other.id}")).json()["name"] == "Zoé"


async def test_whoever_writes_from_the_number_later_is_somebody_new(site: Site) -> None:
    await forget(site)
    await site.told(messages=[{"from": "5541987651234", "id": "wamid.NEW", "timestamp": "1781009999",
                               "type": "text", "text": {"body": "Oi"}}])  # fmt: skip
    assert (await site.client()).name == "qzxvorpalprofile"


@pytest.mark.parametrize("trace", sorted(set(Trace) - IDS_ALONE))
async def test_an_eraser_left_out_is_found(site: Site, superuser: "Connection", trace: Trace) -> None:
    without = {**erasing.ERASERS, trace: evolve(erasing.ERASERS[trace], statements=())}
    with patch.object(traces, "ERASERS", without):
        await forget(site)
    tables = {each.split(".")[0] for each in await leaks(superuser)}
    assert tables == set(erasing.ERASERS[trace].columns)


async def test_a_client_who_stays_as_they_are_is_found(site: Site, superuser: "Connection") -> None:
    with patch.object(Client, "anonymize", lambda self, at: self.remove(at=at)):
        await forget(site)
    assert {each.split(".")[0] for each in await leaks(superuser)} >= {"client"}


async def test_a_log_that_remembers_is_found(site: Site, superuser: "Connection") -> None:
    async def nothing(*_: object, **__: object) -> None: ...

    with patch.object(PostgresAuditTrail, "forget", nothing):
        await forget(site)
    assert await leaks(superuser) == {"audit_entry.details"}


def late(told: list[bytes], status: str, **more: Any) -> dict[str, Any]:
    """Another status of the message that one of what was told was about."""
    (known,) = [
        each for body in told for each in json.loads(body)["entry"][0]["changes"][0]["value"].get("statuses", [])
    ]
    name, phone = known["id"], known["recipient_id"]
    return {"id": name, "status": status, "timestamp": str(int(time.time())), "recipient_id": phone, **more}


async def _figures(superuser: "Connection") -> dict[str, int]:
    row = await superuser.fetchrow("""
        SELECT (SELECT count(*) FROM chat) AS chats, (SELECT sum(last_seq) FROM chat) AS said,
               (SELECT count(*) FROM message) AS messages, (SELECT count(*) FROM milestone) AS milestones,
               (SELECT sum(chats) FROM tally_by_day) AS counted, (SELECT count(*) FROM usage) AS charges,
               (SELECT sum(amount) FROM usage) AS costs, (SELECT count(*) FROM chat_interval) AS intervals
    """)
    assert row is not None
    return dict(row)
