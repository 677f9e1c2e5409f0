"""What is owed stays however old it is; and a run that took it would be found."""

import asyncio
import json
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from attrs import evolve

from jaboti_adapters.backend import Backend
from jaboti_adapters.contracts.audit import shown
from jaboti_adapters.contracts.builders import an_arrival
from jaboti_adapters.contracts.dead_letters import shown as dead_letters
from jaboti_adapters.contracts.retention import a_talk, in_every_kind, messages
from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.postgres import aging, expiring
from jaboti_adapters.postgres.engine import Database
from jaboti_adapters.postgres.statements import Statement
from jaboti_adapters.security.seal import HmacSeal
from jaboti_domain.audit.use_cases import VerifyAudit
from jaboti_domain.company.retention import Held
from jaboti_domain.integration.ports.journal import Outcome
from jaboti_domain.privacy.use_cases.retention import ApplyRetention
from tests.integration.postgres.on_postgres import KEYS, postgres_backend
from tests.unit.media.sweeping import sweep_over

YEARS = timedelta(days=3650)


@pytest.fixture
def backend(database: Database) -> Backend:
    return postgres_backend(database)


@pytest.fixture
async def scene(backend: Backend) -> Scene:
    """In ten years, every term will have passed."""
    scene = await Scene.set_in(backend)
    async with scene.uow() as uow:
        company = await uow.companies.get()
        company.change({"retention": {Held.MESSAGES: 365}})
        await uow.companies.save(company)
        await uow.commit()
    return scene


def in_ten_years(backend: Backend, *, at_once: int = 3) -> ApplyRetention:
    def clock() -> datetime:
        return backend.clock() + YEARS

    return ApplyRetention(new_uow=backend.uow, sweep_files=sweep_over(backend), clock=clock, at_once=at_once)


async def lost(scene: Scene) -> set[str]:
    """What of all that is owed is no longer there after a run."""
    unsent, unsure, talk = await a_talk(scene, 2, answers=2), await a_talk(scene, 1, answers=1), await a_talk(scene, 2)
    still_open = await a_talk(scene, 2, ends=False)
    assert unsure.id in {errand.chat_id for errand in await scene.claim()}
    for outcome in (Outcome.PENDING, Outcome.DEAD, Outcome.APPLIED):
        raw = outcome.value.encode()
        await scene.backend.journal.append(
            [an_arrival(scene.company_id, scene.integration.id, lane=outcome, raw=raw, outcome=outcome)]
        )
    async with scene.uow() as uow:
        company = await uow.companies.get()
        company.change({"retention": {Held.DEAD_LETTERS: None}})
        await uow.companies.save(company)
        await uow.commit()
    assert await in_ten_years(scene.backend)(scene.company_id) is not None
    assert {said.content.text for said in await messages(scene, talk)} == {""}
    chats = {"unsent": unsent, "unsure": unsure, "open": still_open}
    gone = {name for name, chat in chats.items() if any(not m.content.text for m in await messages(scene, chat))}
    async with scene.uow() as uow:
        pending = [entry.raw for entry in await uow.lanes.claim(lanes=9, entries=9)]
    gone |= set() if pending == [b"PENDING"] else {"pending"}
    return gone | (set() if [letter["raw"] for letter in await dead_letters(scene)] == ["DEAD"] else {"dead"})


async def test_nothing_that_is_owed_goes(scene: Scene) -> None:
    assert await lost(scene) == set()


async def test_words_taken_from_chats_that_owe_something_are_found(scene: Scene) -> None:
    with patch.object(expiring, "LOCK_CHATS", expiring.ended(owed="false")[1]):
        assert await lost(scene) == {"unsent", "unsure"}


async def test_words_taken_from_open_chats_are_found(scene: Scene) -> None:
    everyone = expiring.LOCK_CHATS.sql.replace("ended_at", "started_at").replace("expired_at < started_at", "true")
    with patch.object(expiring, "LOCK_CHATS", Worded(expiring.LOCK_CHATS, everyone)):
        assert "open" in await lost(scene)


@pytest.mark.parametrize("held", [Held.JOURNAL, Held.JOURNAL_KEYS])
async def test_a_journal_that_loses_what_had_no_effect_yet_is_found(scene: Scene, held: Held) -> None:
    careless = evolve(aging.AGING[Held.JOURNAL], only="true", change=None)
    with patch.dict(aging.AGING, {held: careless}):
        assert await lost(scene) == {"pending", "dead"}


async def test_two_at_once_do_no_harm(scene: Scene) -> None:
    for turn in range(4):
        await in_every_kind(scene, turn)
    apply = in_ten_years(scene.backend)
    would = await apply.preview(scene.company_id)
    done = await asyncio.gather(*(apply(scene.company_id) for _ in range(3)), return_exceptions=True)
    assert not [each for each in done if isinstance(each, Exception)]
    told = [removed_by(entry) for entry in await shown(scene)]
    assert {held: sum(each.get(held, 0) for each in told) for held in would} == would
    assert await apply.preview(scene.company_id) == {}


async def test_a_run_that_is_killed_goes_on_where_it_stopped(scene: Scene) -> None:
    for turn in range(4):
        await in_every_kind(scene, turn)
    apply = in_ten_years(scene.backend, at_once=1)
    would, killed, done = await apply.preview(scene.company_id), 0, None
    while done is None:
        try:
            async with asyncio.timeout(0.1 * (killed + 1)):
                done = await apply(scene.company_id)
        except TimeoutError:
            killed += 1
    assert killed > 1
    (entry,) = await shown(scene)
    told = removed_by(entry)
    assert {held: told[held] for held in would} == would
    finding = await VerifyAudit(audit_chains=scene.backend.audit_chains, seal=HmacSeal(KEYS))(scene.company_id)
    assert finding.bad is None


def removed_by(entry: dict[str, object]) -> dict[Held, int]:
    told: dict[str, dict[str, int]] = json.loads(json.dumps(entry["after"]))
    return {Held(name): count for name, count in told["removed"].items()}


class Worded(Statement):
    """A statement in other words."""

    def __init__(self, original: Statement, sql: str) -> None:
        self.sql, self.names = sql, original.names
