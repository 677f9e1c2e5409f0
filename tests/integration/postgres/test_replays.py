"""Dead letters that are replayed take effect once, however often and by however many they are replayed."""

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.postgres.engine import Database
from jaboti_domain.integration.errors import DeadLetterNotDead
from jaboti_domain.integration.letters import letter_id
from jaboti_domain.integration.ports.journal import Arrival, Outcome
from jaboti_domain.integration.use_cases.intake import dead_letter
from tests.integration.postgres.on_postgres import postgres_backend
from tests.unit.rest.office import Office, open_office

if TYPE_CHECKING:
    import asyncpg

    Connection = asyncpg.Connection[asyncpg.Record]

LETTERS = 60
MESSAGES = "SELECT count(*), count(DISTINCT provider_id) FROM message WHERE NOT outbound"


@pytest.fixture
async def office(database: Database) -> Office:
    return await open_office(postgres_backend(database))


def written(number: int) -> bytes:
    return json.dumps({"id": f"m{number}", "from": f"55419888{number % 7:05}", "text": "Oi"}).encode()


def arrival(scene: Scene, number: int, outcome: Outcome = Outcome.DEAD) -> Arrival:
    return Arrival(
        company_id=scene.company_id,
        integration_id=scene.integration.id,
        event_key=f"m:m{number}",
        lane=f"p:{number % 7}",
        raw=written(number),
        outcome=outcome,
        reason="a bug of ours",
    )


async def drained(office: Office) -> None:
    while await office.application.drain_journal(office.scene.company_id):
        pass


async def replayed(office: Office, entry_id: int) -> bool:
    letter = letter_id(office.scene.company_id, entry_id)
    try:
        await office.application.replay_dead_letter(office.scene.alda, letter_id=letter)
    except DeadLetterNotDead:
        return False
    return True


async def test_many_replayed_by_many_at_once_give_no_doubles(office: Office, superuser: "Connection") -> None:
    scene = office.scene
    await scene.backend.journal.append([arrival(scene, n) for n in range(LETTERS)])
    ids = [row["id"] for row in await superuser.fetch("SELECT id FROM journal ORDER BY id")]
    worked = asyncio.create_task(drained(office))
    for first in range(0, LETTERS, 5):
        tries = [replayed(office, n) for n in ids[first : first + 5] for _ in range(2)]
        assert sum(await asyncio.gather(*tries)) >= 5
    await worked
    await drained(office)
    assert tuple(await superuser.fetchrow(MESSAGES) or ()) == (LETTERS, LETTERS)
    account = await scene.backend.journal.account()
    assert account.counts == {Outcome.APPLIED: LETTERS}


async def test_what_was_delivered_again_meanwhile_is_not_doubled_by_a_body_that_is_split(
    office: Office, superuser: "Connection"
) -> None:
    scene = office.scene
    body = b"[%b]" % b",".join(map(written, range(10)))
    await scene.backend.journal.append([dead_letter(body, scene.integration, reason="a bug of ours")])
    (whole,) = [row["id"] for row in await superuser.fetch("SELECT id FROM journal")]
    half = json.loads(body)[:5]
    accept = office.application.accept_webhook
    await accept(integration_id=scene.integration.id, headers={}, body=json.dumps(half).encode())
    await drained(office)
    assert await replayed(office, whole)
    assert not await replayed(office, whole)
    await drained(office)
    assert tuple(await superuser.fetchrow(MESSAGES) or ()) == (10, 10)


async def test_what_took_effect_before_it_died_takes_none_again(office: Office, superuser: "Connection") -> None:
    scene = office.scene
    await scene.backend.journal.append([arrival(scene, 1, Outcome.PENDING)])
    await drained(office)
    await superuser.execute("UPDATE journal SET outcome = 'DEAD'")
    (entry_id,) = [row["id"] for row in await superuser.fetch("SELECT id FROM journal")]
    assert await replayed(office, entry_id)
    await drained(office)
    assert tuple(await superuser.fetchrow(MESSAGES) or ()) == (1, 1)
    assert (await scene.backend.journal.account()).counts == {Outcome.DUPLICATE: 1}
