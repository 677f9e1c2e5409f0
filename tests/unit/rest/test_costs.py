"""/integrations/usage and /integrations/budget."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jaboti_adapters.contracts.builders import a_charge
from jaboti_adapters.contracts.costs import charge
from tests.unit.rest.office import Desk, Office

USAGE, BUDGET = "/integrations/usage", "/integrations/budget"
SPAN: dict[str, Any] = {"from": "2026-11-01T00:00:00-03:00", "to": "2026-12-01T00:00:00-03:00"}
NOON = datetime(2026, 11, 23, 15, tzinfo=UTC)


async def test_a_supervisor_sees_costs_by_day_and_their_total(office: Office, sofia: Desk) -> None:
    chat = await office.scene.a_chat()
    await charge(office.scene, *(a_charge(chat, "6.17", at=NOON + timedelta(days=n)) for n in range(2)))
    page = (await sofia.get(USAGE, **SPAN, limit=1)).json()
    assert page["items"] == [
        {
            "day": "2026-11-24",
            "attendant": None,
            "department": None,
            "chatId": None,
            "platform": "EvolutionAPI",
            "category": "utility",
            "messages": 1,
            "unpriced": 0,
            "cost": {"amount": "6.170000", "currency": "USD"},
        }
    ]
    assert page["totals"] == [{"amount": "12.340000", "currency": "USD"}]
    rest = (await sofia.get(USAGE, **SPAN, limit=1, cursor=page["nextCursor"])).json()
    assert (rest["items"][0]["day"], rest["nextCursor"], rest["totals"]) == ("2026-11-23", None, page["totals"])


@pytest.mark.parametrize(
    ("group", "field"), [("attendant", "attendant"), ("department", "department"), ("chat", "chatId")]
)
async def test_costs_are_grouped_otherwise(office: Office, sofia: Desk, group: str, field: str) -> None:
    chat = await office.scene.a_chat(attendant=office.scene.ana)
    await charge(office.scene, a_charge(chat, "1", at=NOON, attendant=office.scene.ana))
    (item,) = (await sofia.get(USAGE, **SPAN, groupBy=group)).json()["items"]
    told = {"attendant": {"id": str(office.scene.ana.user_id), "name": "Ana"}, "department": None, "chat": str(chat.id)}
    assert (item[field], item["day"]) == (told[group], None)


async def test_without_a_span_the_last_thirty_days_are_told(office: Office, sofia: Desk) -> None:
    chat, now = await office.scene.a_chat(), office.scene.now()
    await charge(office.scene, *(a_charge(chat, "1", at=now - timedelta(days=n)) for n in (1, 29, 31)))
    assert (await sofia.get(USAGE)).json()["totals"] == [{"amount": "2.000000", "currency": "USD"}]


async def test_a_cursor_of_another_grouping_is_refused(office: Office, sofia: Desk) -> None:
    chat = await office.scene.a_chat()
    await charge(office.scene, *(a_charge(chat, "1", at=NOON, category=c) for c in ("utility", "service")))
    cursor = (await sofia.get(USAGE, **SPAN, limit=1)).json()["nextCursor"]
    assert (await sofia.get(USAGE, **SPAN, groupBy="chat", cursor=cursor)).status_code == 422


@pytest.mark.parametrize(
    "query", [{"groupBy": "client"}, {"from": "yesterday"}, {"from": SPAN["to"], "to": SPAN["from"]}]
)
async def test_what_can_not_be_asked_is_refused(sofia: Desk, query: dict[str, Any]) -> None:
    assert (await sofia.get(USAGE, **query)).status_code == 422


async def test_a_budget_is_set_shown_and_taken_away(office: Office, alda: Desk, sofia: Desk) -> None:
    chat, now = await office.scene.a_chat(), office.scene.now()
    await charge(office.scene, a_charge(chat, "1.5", at=now - timedelta(milliseconds=1)))
    put = await alda.put(BUDGET, {"amount": "100.5", "currency": "USD"})
    shown = (await sofia.get(BUDGET)).json()
    assert put.json() == shown
    assert shown["budget"] == {"amount": "100.500000", "currency": "USD"}
    assert shown["spent"] == [{"amount": "1.500000", "currency": "USD"}]
    assert [(await alda.delete(BUDGET)).status_code for _ in range(2)] == [204, 404]
    assert (await sofia.get(BUDGET)).json()["budget"] is None


async def test_another_version_of_a_budget_is_not_overwritten(alda: Desk) -> None:
    first, never_set = {"amount": "1", "currency": "USD"}, {"if-match": (await alda.get(BUDGET)).headers["etag"]}
    assert (await alda.put(BUDGET, first, headers=never_set)).headers["etag"] == 'W/"1"'
    assert (await alda.put(BUDGET, {**first, "amount": "2"}, headers=never_set)).status_code == 412
    assert (await alda.delete(BUDGET, headers=never_set)).status_code == 412


@pytest.mark.parametrize(
    "amount",
    ["NaN", "Infinity", "-1", "1e8", "0", "0.0000001", "0.000000", "1.0000001", "1234567890", "", "1,5", "١", 1.5],
)
async def test_what_is_no_amount_is_refused(alda: Desk, amount: object) -> None:
    refused = await alda.put(BUDGET, {"amount": amount, "currency": "USD"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/amount")


@pytest.mark.parametrize("currency", ["usd", "US", "DOLLAR", "U$D", ""])
async def test_what_is_no_currency_is_refused(alda: Desk, currency: str) -> None:
    assert (await alda.put(BUDGET, {"amount": "1", "currency": currency})).status_code == 422


async def test_each_threshold_is_told_once(office: Office, alda: Desk) -> None:
    await alda.put(BUDGET, {"amount": "10", "currency": "USD"})
    chat, watch = await office.scene.a_chat(), office.application.watch_budgets
    for amount, told in (("7.9", 0), ("0.1", 1), ("0.1", 0), ("5", 1), ("5", 0)):
        await charge(office.scene, a_charge(chat, amount, at=office.scene.now() - timedelta(milliseconds=1)))
        assert sum(await asyncio.gather(*(watch() for _ in range(3)))) == told
    names = await office.scene.happened()
    assert names.count("budget.warned") == 2


async def test_who_set_a_budget_is_in_the_audit_log(office: Office, alda: Desk) -> None:
    for amount in ("10", "20", "20"):
        await alda.put(BUDGET, {"amount": amount, "currency": "BRL"})
    second, first = (await alda.get("/audit")).json()["items"]
    assert (first["before"], first["after"]) == (None, {"amount": "10.000000", "currency": "BRL"})
    assert second["before"] == first["after"]


async def test_operators_see_no_costs_and_supervisors_set_no_budget(ana: Desk, sofia: Desk) -> None:
    assert [(await ana.get(path)).status_code for path in (USAGE, BUDGET)] == [403, 403]
    body = {"amount": "1", "currency": "USD"}
    assert [(await sofia.put(BUDGET, body)).status_code, (await sofia.delete(BUDGET)).status_code] == [403, 403]
