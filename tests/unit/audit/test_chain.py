"""The chain of deeds: whatever is done to it, the first entry that is not as it was written is named."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest
from attrs import define, evolve

from jaboti_adapters.clock import SystemClock
from jaboti_adapters.security.seal import HmacSeal
from jaboti_domain.audit.model import Entry, Head, entry_after
from jaboti_domain.audit.ports import AuditChains
from jaboti_domain.audit.use_cases import Finding, VerifyAudit
from jaboti_domain.kernel.deeds import ANONYMIZED, Deed
from jaboti_domain.kernel.ids import CompanyId, UserId

OURS, THEIRS = CompanyId(UUID(int=1)), CompanyId(UUID(int=2))
SEAL, OTHER_SEAL = HmacSeal({"a": b"a" * 32}), HmacSeal({"a": b"b" * 32})

Tampering = Callable[[list[Entry]], list[Entry]]


@define
class Chain(AuditChains):
    """A chain as it lies there."""

    kept: list[Entry]
    end: Head | None

    async def head(self, company_id: CompanyId) -> Head | None:
        return self.end

    async def entries(self, company_id: CompanyId, *, after: int, limit: int) -> Sequence[Entry]:
        return sorted((e for e in self.kept if e.seq > after), key=lambda e: e.seq)[:limit]


def a_deed(number: int, action: str = "department.changed") -> Deed:
    return Deed(
        at=SystemClock()(),
        action=action,
        actor_id=UserId(UUID(int=9)),
        actor_name="Sofia",
        subject="department",
        subject_id=UUID(int=number),
        before={"name": f"Setor {number}"},
        after=None,
    )


def a_chain(*deeds: Deed, seal: HmacSeal = SEAL, company_id: CompanyId = OURS) -> Chain:
    head, entries = None, []
    for deed in deeds:
        entry = entry_after(head, deed, company_id=company_id, seal=seal)
        entries.append(entry)
        head = Head.of(company_id, seq=entry.seq, last=entry.seal, seal=seal)
    return Chain(entries, head)


async def verified(chain: Chain, *, at_least: int = 0) -> Finding:
    return await VerifyAudit(audit_chains=chain, seal=SEAL)(OURS, at_least=at_least)


def changed(place: int, **fields: Any) -> Tampering:
    return lambda kept: [evolve(e, **fields) if e.seq == place else e for e in kept]


def redone(place: int, **fields: Any) -> Tampering:
    """The deed of an entry is another one."""
    return lambda kept: [evolve(e, deed=evolve(e.deed, **fields)) if e.seq == place else e for e in kept]


def swapped(one: int, other: int) -> Tampering:
    places = {one: other, other: one}
    return lambda kept: [evolve(e, seq=places.get(e.seq, e.seq)) for e in kept]


def reworded(kept: list[Entry]) -> list[Entry]:
    details = kept[2].details
    assert details is not None
    return [*kept[:2], evolve(kept[2], details=evolve(details, text='{"after":null,"before":{}}')), *kept[3:]]


def inserted(kept: list[Entry]) -> list[Entry]:
    """An entry made up in the middle, sealed with another key; the rest moves on."""
    before = Head.of(OURS, seq=2, last=kept[1].seal, seal=OTHER_SEAL)
    made_up = entry_after(before, a_deed(99), company_id=OURS, seal=OTHER_SEAL)
    return [*kept[:2], made_up, *(evolve(e, seq=e.seq + 1) for e in kept[2:])]


async def test_a_chain_that_nobody_touched_is_right() -> None:
    assert await verified(a_chain(*map(a_deed, range(5)))) == Finding(checked=5)
    assert await verified(Chain([], None)) == Finding(checked=0)


@pytest.mark.parametrize(
    ("tampering", "bad"),
    [
        (redone(3, action="department.removed"), 3),
        (redone(1, actor_name="Bia"), 1),
        (redone(5, address="198.51.100.1"), 5),
        (redone(2, subject_id=UUID(int=77)), 2),
        (changed(4, digest=b"x" * 32), 4),
        (changed(4, seal=b"a:" + b"x" * 32), 4),
        (changed(4, seal=b"nobody's"), 4),
        (changed(4, company_id=THEIRS), 4),
        (reworded, 3),
        (swapped(2, 3), 2),
        (inserted, 3),
        (lambda kept: kept[:1] + kept[2:], 2),
        (lambda kept: [evolve(e, seq=e.seq - 1) for e in kept[1:]], 1),
        (lambda kept: kept[:-1], 5),
        (lambda kept: [], 1),
        (changed(2, details=None), 2),
    ],
)
async def test_tampering_is_found_and_the_first_bad_entry_named(tampering: Tampering, bad: int) -> None:
    chain = a_chain(*map(a_deed, range(5)))
    finding = await verified(Chain(tampering(chain.kept), chain.end))
    assert (finding.bad, bool(finding.reason)) == (bad, True)


async def test_an_end_that_is_cut_off_together_with_its_seal_is_found() -> None:
    chain = a_chain(*map(a_deed, range(5)))
    forged = Head.of(OURS, seq=4, last=chain.kept[3].seal, seal=OTHER_SEAL)
    assert (await verified(Chain(chain.kept[:4], forged))).bad == 5
    assert (await verified(Chain(chain.kept[:4], None))).bad == 5
    assert (await verified(Chain([], None), at_least=5)).bad == 1


async def test_a_chain_of_another_company_does_not_pass_for_ours() -> None:
    assert (await verified(a_chain(a_deed(1), company_id=THEIRS))).bad == 1


async def test_a_chain_made_with_another_key_does_not_pass() -> None:
    assert (await verified(a_chain(a_deed(1), seal=OTHER_SEAL))).bad == 1


async def test_a_key_that_was_replaced_still_verifies() -> None:
    rotated = HmacSeal({"new": b"n" * 32, "a": b"a" * 32})
    chain = a_chain(a_deed(1))
    later = entry_after(chain.end, a_deed(2), company_id=OURS, seal=rotated)
    head = Head.of(OURS, seq=2, last=later.seal, seal=rotated)
    finding = await VerifyAudit(audit_chains=Chain([*chain.kept, later], head), seal=rotated)(OURS)
    assert finding == Finding(checked=2)


async def test_details_may_be_gone_when_an_entry_says_that_the_person_was_anonymized() -> None:
    chain = a_chain(a_deed(1), a_deed(2), a_deed(1, ANONYMIZED))
    forgotten = [evolve(e, details=None) if e.seq == 1 else e for e in chain.kept]
    assert await verified(Chain(forgotten, chain.end)) == Finding(checked=3)
    also = [evolve(e, details=None) if e.seq <= 2 else e for e in chain.kept]
    assert (await verified(Chain(also, chain.end))).bad == 2
