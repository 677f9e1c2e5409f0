"""Webhooks of a shape that nobody promised: each is answered, and whoever wrote beside it is heard."""

import json
from typing import Any

import pytest

from jaboti_domain.integration.ports.journal import Outcome
from tests.unit.channels.evolution import body as event
from tests.unit.channels.payloads import message, webhook, wire
from tests.unit.entrypoints.cloudapi_site import CloudSite
from tests.unit.entrypoints.evolution_site import EvolutionSite
from tests.unit.entrypoints.site import Site

SOUND = webhook(message())
ODD_ENTRIES: list[Any] = [None, {}, [], "entry", 7, True, [None], [{}], ["x"], [[]], [{"changes": None}],
                          [{"id": 5, "changes": {}}], [{"changes": [None, 1, "x", [], {}]}],
                          [{"changes": [{"field": None, "value": None}]}],
                          [{"changes": [{"field": "of-next-year", "value": {"more": [{"a": 1}]}}]}],
                          [{"changes": [{"field": "messages", "value": {"messages": {"0": 1}}}]}]]  # fmt: skip
ODD_DATA: list[Any] = [None, {}, [], "data", 7, True, [None], {"key": None}, {"key": {"id": 5}}, {"key": []}]
ODD_TIMES: list[Any] = [
    "0",
    "-1",
    1.5,
    "1.5",
    0,
    -1,
    "99999999999999",
    2**63,
    10**400,
    "1e9",
    "",
    "\u0661",
    True,
    [],
    {},
]
EVENT = json.loads(event("v2_2_3__text"))


async def heard(site: Site) -> list[str]:
    """What clients said, when everything that came has taken effect."""
    counts = await site.drain()
    assert counts[Outcome.PENDING] == 0
    return await site.said()


@pytest.mark.parametrize("entry", ODD_ENTRIES, ids=str)
async def test_an_odd_entry_by_itself_does_nothing_and_holds_nothing_up(entry: object) -> None:
    async with CloudSite.opened() as site:
        answers = [await site.post(wire(each)) for each in ({"entry": entry}, {**SOUND, "object": entry})]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert await heard(site) == ["Oi"]


@pytest.mark.parametrize("entry", [each for each in ODD_ENTRIES if isinstance(each, list) and each], ids=str)
async def test_who_wrote_in_the_same_body_is_heard(entry: list[object]) -> None:
    async with CloudSite.opened() as site:
        await site.post(wire({"entry": [*entry, *SOUND["entry"], *entry]}))
        assert await heard(site) == ["Oi"]


@pytest.mark.parametrize("data", ODD_DATA, ids=str)
async def test_an_odd_event_does_nothing_and_holds_nothing_up(data: object) -> None:
    async with EvolutionSite.opened() as site:
        answers = [await site.post(json.dumps({**EVENT, "data": data}).encode()), await site.post(wire(EVENT))]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert len(await heard(site)) == 1


@pytest.mark.parametrize("at", ODD_TIMES, ids=lambda at: str(at)[:20])
async def test_at_whatever_time_a_message_says_to_be_written_it_is_heard(at: object) -> None:
    async with CloudSite.opened() as site, EvolutionSite.opened() as other:
        await site.post(wire(webhook(message(timestamp=at))))
        await other.post(json.dumps({**EVENT, "data": {**EVENT["data"], "messageTimestamp": at}}).encode())
        assert (await heard(site), len(await heard(other))) == (["Oi"], 1)


@pytest.mark.parametrize("at_once", [True, False], ids=["in one body", "in another"])
async def test_of_one_id_with_two_texts_the_first_counts(at_once: bool) -> None:
    first, second = message(), message(text={"body": "Outra coisa"})
    async with CloudSite.opened() as site:
        for body in [webhook(first, second)] if at_once else [webhook(first), webhook(second)]:
            assert (await site.post(wire(body))).status_code == 200
        assert await heard(site) == ["Oi"]


async def test_of_one_event_with_two_texts_the_first_counts() -> None:
    changed = {**EVENT, "data": {**EVENT["data"], "message": {"conversation": "Outra coisa"}}}
    async with EvolutionSite.opened() as site:
        for each in (EVENT, changed):
            await site.post(json.dumps(each).encode())
        assert await heard(site) == [EVENT["data"]["message"]["conversation"]]
