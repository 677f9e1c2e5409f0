"""What is too old goes, once a day, and the audit log says how much."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import define, evolve, field

from jaboti_adapters.backend import Backend, Unit
from jaboti_adapters.contracts.audit import shown
from jaboti_adapters.contracts.builders import a_user
from jaboti_adapters.contracts.retention import in_every_kind
from jaboti_adapters.contracts.scene import Scene, keep_people
from jaboti_adapters.memory.limits import CountedUses
from jaboti_adapters.memory.store import MemoryStore
from jaboti_domain.company.errors import InvalidRetention
from jaboti_domain.company.retention import TERMS, Held, Retention
from jaboti_domain.identity.model import Session
from jaboti_domain.kernel.ids import CompanyId
from jaboti_domain.privacy.use_cases.retention import ApplyRetention, KeepHouse
from tests.unit.media.sweeping import sweep_over
from tests.unit.memory.on_memory import memory_backend

DAY = timedelta(days=1)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OLD = 7 * 365
"""Days after which every usual term has passed."""


@define
class Hands:
    """A clock whose hands are moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def backend(hands: Hands) -> Backend:
    return memory_backend(MemoryStore(clock=hands))


@pytest.fixture
async def scene(backend: Backend) -> Scene:
    """With five old things of every kind, five things of which no company knows, and a term for every kind."""
    scene = await Scene.set_in(backend)
    async with scene.uow() as uow:
        company = await uow.companies.get()
        company.change({"retention": {Held.MESSAGES: 365}})
        await uow.companies.save(company)
        await uow.commit()
    await in_every_kind(scene)
    return scene


def applying(backend: Backend) -> ApplyRetention:
    return ApplyRetention(new_uow=backend.uow, sweep_files=sweep_over(backend), clock=backend.clock, at_once=2)


def keeping(backend: Backend) -> KeepHouse:
    return KeepHouse(
        apply_retention=applying(backend),
        new_identity_uow=backend.identity_uow,
        retention_reads=backend.retention_reads,
        limiter=CountedUses(),
        clock=backend.clock,
        sessions_kept=183 * DAY,
    )


def test_each_kind_is_too_old_after_its_days() -> None:
    cutoffs = dict(Retention({Held.USAGE: None, Held.CALL_LOG: 10}).cutoffs(NOW))
    assert cutoffs[Held.CALL_LOG] == NOW - 10 * DAY
    assert cutoffs[Held.JOURNAL] == NOW - 30 * DAY
    assert not {Held.USAGE, Held.MESSAGES} & cutoffs.keys()


def test_what_repeats_the_words_of_messages_goes_with_them() -> None:
    cutoffs = dict(Retention({Held.MESSAGES: 8, Held.JOURNAL: 30, Held.EVENTS: None, Held.CALL_LOG: 30}).cutoffs(NOW))
    assert cutoffs[Held.JOURNAL] == cutoffs[Held.EVENTS] == NOW - 8 * DAY
    assert cutoffs[Held.CALL_LOG] == NOW - 30 * DAY


@pytest.mark.parametrize("held", Held)
def test_a_term_has_bounds(held: Held) -> None:
    assert Retention({held: TERMS[held].least}).days[held] == TERMS[held].least
    for days in (TERMS[held].least - 1, 36_501, 0, -1):
        with pytest.raises(InvalidRetention):
            Retention({held: days})


def test_terms_come_back_from_their_record_and_new_kinds_are_as_usual() -> None:
    kept = Retention({Held.MESSAGES: 400, Held.USAGE: None})
    assert Retention.of_record(kept.record()) == kept
    assert Retention.of_record({"usage": None}).days[Held.EVENTS] == 7


async def test_what_is_old_goes_and_one_entry_tells_of_it(scene: Scene, hands: Hands) -> None:
    hands.now += OLD * DAY
    apply = applying(scene.backend)
    would = await apply.preview(scene.company_id)
    removed = await apply(scene.company_id)
    assert removed is not None
    assert {held: count for held, count in removed.items() if held is not Held.JOURNAL_KEYS} == would
    assert min(removed.values()) >= 5
    assert removed.keys() == set(Held)
    (entry,) = await shown(scene)
    assert (entry["action"], entry["actor"]) == ("retention.applied", {"id": None, "name": "jaboti"})
    assert entry["after"] == {"removed": {held.value: count for held, count in removed.items()}}


async def test_what_is_young_stays_and_nothing_is_told(scene: Scene, hands: Hands) -> None:
    hands.now += DAY / 2
    assert await applying(scene.backend)(scene.company_id) == {}
    assert await shown(scene) == []


async def test_a_run_that_broke_off_goes_on_and_tells_of_all(scene: Scene, hands: Hands) -> None:
    hands.now += OLD * DAY
    would = await applying(scene.backend).preview(scene.company_id)
    with pytest.raises(ZeroDivisionError):
        await breaking_off(scene, after=9)(scene.company_id)
    assert await shown(scene) == []
    hands.now += DAY
    removed = await applying(scene.backend)(scene.company_id)
    assert removed is not None
    assert sum(removed.values()) >= sum(would.values())
    assert len(await shown(scene)) == 1


async def test_while_another_is_at_it_one_gives_way(scene: Scene) -> None:
    async with scene.uow() as uow:
        assert await uow.holdings.run(at=scene.now())
        assert await applying(scene.backend)(scene.company_id) is None


async def test_every_company_has_its_turn_once_a_day(scene: Scene, hands: Hands) -> None:
    await Scene.set_in(scene.backend)
    keep = keeping(scene.backend)
    looked_at = []
    for _ in range(3):
        looked_at.append(await keep())
        hands.now += DAY / 2 + timedelta(seconds=1)
    assert looked_at == [2, 0, 2]


async def test_what_fails_for_one_company_is_told_after_all_had_their_turn(scene: Scene, hands: Hands) -> None:
    other = await Scene.set_in(scene.backend)
    await in_every_kind(other)
    hands.now += OLD * DAY
    keep = evolve(keeping(scene.backend), apply_retention=failing_for(scene))
    with pytest.raises(ZeroDivisionError):
        await keep()
    assert [entry["action"] for entry in await shown(other)] == ["retention.applied"]
    assert await shown(scene) == []


async def test_records_of_who_signed_in_are_kept_for_half_a_year(backend: Backend, hands: Hands) -> None:
    ana = a_user("Ana")
    await keep_people(backend, ana, Session.open(user_id=ana.id, company_id=None, at=hands.now))
    for days, gone in ((183, 0), (1, 1), (1, 0)):
        hands.now += days * DAY
        assert await keeping(backend).forget_sessions() == gone


@define
class Breaking:
    """Units of work; when so many have been opened there are no more."""

    backend: Backend
    left: int = field()

    def __call__(self, company_id: CompanyId) -> Unit:
        self.left -= 1
        if self.left < 0:
            raise ZeroDivisionError
        return self.backend.uow(company_id)


def breaking_off(scene: Scene, *, after: int) -> ApplyRetention:
    return evolve(applying(scene.backend), new_uow=Breaking(scene.backend, after))


def failing_for(scene: Scene) -> ApplyRetention:
    def fails(company_id: CompanyId) -> Unit:
        return (
            Breaking(scene.backend, 0)(company_id) if company_id == scene.company_id else scene.backend.uow(company_id)
        )

    return evolve(applying(scene.backend), new_uow=fails)
