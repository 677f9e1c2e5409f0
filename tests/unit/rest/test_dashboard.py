"""/dashboard: figures, and how each user arranges them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from jaboti_adapters.contracts.scene import Scene
from jaboti_adapters.contracts.stories import MONDAY, WEDNESDAY, Calendar
from jaboti_domain.dashboard.model import DEFAULT, LARGEST
from jaboti_domain.kernel.ids import new_id
from jaboti_domain.kernel.money import Money
from jaboti_entrypoints.rest.money import money_shown
from tests.unit.rest.office import Desk, Office

WIDGET = {"id": "a", "type": "series.day", "x": 0, "y": 0, "w": 6, "h": 4, "settings": {"cor": "#fff"}}


@pytest.fixture
async def days(office: Office) -> Calendar:
    """Some days in the past."""
    return await Calendar.of(office.scene)


async def metrics(desk: Desk, first: object = MONDAY, last: object = WEDNESDAY, **query: Any) -> Any:
    span: dict[str, Any] = {"from": str(first), "to": str(last)}
    answer = await desk.get("/dashboard/metrics", **span, **query)
    return answer.json()


async def put(desk: Desk, body: Any, **headers: str) -> Any:
    return await desk.http.put("/dashboard/layout", json=body, headers=desk.headers | headers)


async def test_the_figures_of_some_days(sofia: Desk, days: Calendar) -> None:
    scene = days.scene
    story = await (await days.story("08:58", with_bot=True)).queued("08:59", scene.sales)
    await (await story.started("09:01", scene.ana)).ended("10:00")
    told = await metrics(sofia)
    counts = {"averageWaitSeconds": 120, "averageDurationSeconds": 3720, "chats": 1, "ended": 1}
    nobody = {"bot": 0, "pending": 0, "active": 0}
    none = {"averageWaitSeconds": None, "averageDurationSeconds": None, "chats": 0, "ended": 0}
    series = told.pop("series")
    assert told == {
        "from": "2026-03-02",
        "to": "2026-03-04",
        "timeZone": "America/Sao_Paulo",
        "averageWaitSeconds": 120,
        "averageDurationSeconds": 3720,
        "chatsToday": 0,
        "cloudApiCost24h": {"amount": "0.0000", "currency": "BRL"},
        "open": nobody,
        "businessHours": {"averageWaitSeconds": 120, "averageDurationSeconds": 3720},
        "byDepartment": [{"id": str(scene.sales.id), "name": "Vendas", "taken": 1, "open": nobody, **counts}],
        "byAttendant": [{"id": str(scene.ana.user_id), "name": "Ana", "taken": 1, "open": nobody, **counts}],
    }
    assert series["day"] == [
        {"date": "2026-03-02", **counts},
        {"date": "2026-03-03", **none},
        {"date": "2026-03-04", **none},
    ]
    assert [each["hour"] for each in series["hour"]] == list(range(24))
    assert series["hour"][8] == {"hour": 8, **none, "chats": 1}
    assert series["hour"][9] == {"hour": 9, **none, "averageWaitSeconds": 120}
    assert series["hour"][10] == {"hour": 10, **none, "averageDurationSeconds": 3720, "ended": 1}


async def test_by_default_it_is_the_week_that_ends_today(office: Office, sofia: Desk, days: Calendar) -> None:
    await office.scene.a_chat()
    told = (await sofia.get("/dashboard/metrics")).json()
    today = office.scene.now().astimezone(days.zone).date()
    assert (told["from"], told["to"]) == (str(today - timedelta(days=6)), str(today))
    assert (told["chatsToday"], told["open"]["pending"]) == (1, 1)


async def test_times_stand_for_the_companys_days(sofia: Desk) -> None:
    told = await metrics(sofia, "2026-03-02T01:00:00Z", "2026-03-04T00:00:00.000-03:00")
    assert (told["from"], told["to"]) == ("2026-03-01", "2026-03-03")


async def test_an_operator_sees_less_than_a_supervisor(ana: Desk, sofia: Desk, days: Calendar) -> None:
    scene = days.scene
    for department, who in ((scene.sales, scene.bia), (scene.support, scene.caio)):
        story = await (await days.story("09:00", with_bot=True)).queued("09:00", department)
        await story.started("09:01", who)
    theirs, all_ = await metrics(ana), await metrics(sofia)
    assert [share["name"] for share in theirs["byDepartment"]] == ["Vendas"]
    assert [share["name"] for share in all_["byDepartment"]] == ["Suporte", "Vendas"]
    assert (theirs["byAttendant"], theirs["open"]["active"], all_["open"]["active"]) == ([], 1, 2)


async def test_a_department_that_is_not_there_has_nothing_to_show(office: Office, sofia: Desk, days: Calendar) -> None:
    await days.story("09:00")
    other = await Scene.set_in(office.scene.backend)
    foreign, absent = [await metrics(sofia, departmentId=str(each)) for each in (other.sales.id, new_id())]
    assert foreign == absent
    assert (foreign["byDepartment"], foreign["open"]["pending"]) == ([], 0)


@pytest.mark.parametrize(
    "day",
    [
        *("2026-02-30", "20260301", "2026-W10-1", "0000-01-01", "２０２６-03-01", "infinity", "-1", "", "1772323200"),
        *("2026-03-01T00:00:00", "2026-03-01T25:00:00Z", "2026-03-01T00:00:00+99:99"),
    ],
)
async def test_a_day_is_a_day_or_a_time_with_its_zone(sofia: Desk, day: str) -> None:
    query: dict[str, Any] = {"from": day}
    refused = await sofia.get("/dashboard/metrics", **query)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "format")


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (WEDNESDAY, MONDAY, "dashboard.span_backwards"),
        (MONDAY, MONDAY + timedelta(days=400), "dashboard.span_too_long"),
        (date.min, date.max, "dashboard.span_too_long"),
    ],
)
async def test_days_go_forward_and_not_for_long(sofia: Desk, first: date, last: date, code: str) -> None:
    assert (await metrics(sofia, first, last))["code"] == code


async def test_four_hundred_days_and_the_ends_of_the_calendar(sofia: Desk) -> None:
    assert len((await metrics(sofia, MONDAY, MONDAY + timedelta(days=399)))["series"]["day"]) == 400
    assert (await metrics(sofia, date.min, date.min))["from"] == "0001-01-01"
    assert (await metrics(sofia, date.max, "9999-12-31T23:59:59-12:00"))["to"] == "9999-12-31"
    assert (await metrics(sofia, "0001-01-01T00:00:00+12:00", date.min))["to"] == "0001-01-01"


@pytest.mark.parametrize(
    ("amount", "shown"),
    [("0", "0.0000"), ("12.34", "12.3400"), ("1E+3", "1000.0000"), ("0.000001", "0.000001"), ("-1.5", "-1.5000")],
)
def test_money_has_at_least_four_digits_after_the_point(amount: str, shown: str) -> None:
    assert money_shown(Money(Decimal(amount), "USD")) == {"amount": shown, "currency": "USD"}


async def test_everyone_begins_with_the_same_layout(ana: Desk) -> None:
    answer = await ana.get("/dashboard/layout")
    assert answer.headers["etag"] == 'W/"0"'
    assert answer.json() == {"widgets": [widget.document for widget in DEFAULT], "version": 0}


async def test_a_layout_is_ones_own(ana: Desk, sofia: Desk) -> None:
    arranged = await put(ana, {"widgets": [WIDGET]})
    assert (arranged.status_code, arranged.headers["etag"]) == (200, 'W/"1"')
    assert arranged.json() == (await ana.get("/dashboard/layout")).json() == {"widgets": [WIDGET], "version": 1}
    assert (await sofia.get("/dashboard/layout")).json()["version"] == 0


async def test_what_was_read_can_be_put_back(ana: Desk) -> None:
    assert (await put(ana, (await ana.get("/dashboard/layout")).json())).json()["version"] == 1
    assert (await put(ana, (await ana.get("/dashboard/layout")).json())).json()["version"] == 2


@pytest.mark.parametrize(("body", "headers"), [({"version": 0}, {}), ({}, {"if-match": 'W/"0"'})])
async def test_what_another_tab_saved_is_not_overwritten(ana: Desk, body: Any, headers: dict[str, str]) -> None:
    assert (await put(ana, {"widgets": [], **body}, **headers)).status_code == 200
    assert (await put(ana, {"widgets": [], **body}, **headers)).status_code == 412
    assert (await put(ana, {"widgets": [], "version": 1}, **{"if-match": 'W/"0"'})).status_code == 412
    assert (await put(ana, {"widgets": []}, **{"if-match": 'W/"1"'})).json()["version"] == 2


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"type": "weather"}, "choice", "/widgets/0/type"),
        ({"id": ""}, "too_short", "/widgets/0/id"),
        ({"id": "x" * 65}, "too_long", "/widgets/0/id"),
        ({"x": -1}, "too_small", "/widgets/0/x"),
        ({"w": 0}, "too_small", "/widgets/0/w"),
        ({"h": 1000}, "too_large", "/widgets/0/h"),
        ({"y": 1.0}, "type", "/widgets/0/y"),
        ({"x": True}, "type", "/widgets/0/x"),
        ({"settings": []}, "type", "/widgets/0/settings"),
        ({"colour": "red"}, "unknown", "/widgets/0/colour"),
    ],
)
async def test_a_widget_is_right(ana: Desk, change: dict[str, object], code: str, pointer: str) -> None:
    refused = await put(ana, {"widgets": [WIDGET | change]})
    assert refused.status_code == 422
    assert [(error["code"], error["pointer"]) for error in refused.json()["errors"]] == [(code, pointer)]


async def test_a_layout_is_not_too_large(ana: Desk) -> None:
    widgets = [WIDGET | {"id": str(number)} for number in range(51)]
    assert (await put(ana, {"widgets": widgets})).json()["errors"][0]["code"] == "too_long"
    assert (await put(ana, {"widgets": [WIDGET, WIDGET]})).json()["code"] == "dashboard.widgets_alike"
    large = await put(ana, {"widgets": [WIDGET | {"settings": {"x": "x" * LARGEST}}]})
    assert (large.status_code, large.json()["code"]) == (422, "dashboard.layout_too_large")
    assert (await put(ana, {"widgets": [WIDGET | {"settings": {"x": "x" * 2**20}}]})).status_code == 413
    assert (await ana.get("/dashboard/layout")).json()["version"] == 0


async def test_nobody_sees_figures_without_a_token(office: Office) -> None:
    for path in ("/dashboard/metrics", "/dashboard/layout"):
        assert (await office.stranger.get(path)).status_code == 401
