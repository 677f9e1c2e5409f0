"""GET /audit."""

from typing import Any

import pytest

from jaboti_adapters.contracts.audit import a_deed, did
from tests.unit.rest.office import Desk, Office


async def test_an_admin_reads_who_did_what(office: Office, alda: Desk) -> None:
    await did(office.scene, a_deed(office.scene, before={"name": "Vendas"}, after={"name": "Loja"}))
    (entry,) = (await alda.get("/audit")).json()["items"]
    assert (entry["action"], entry["actor"]["name"]) == ("department.changed", office.scene.sofia.name)
    assert (entry["before"], entry["after"]) == ({"name": "Vendas"}, {"name": "Loja"})


async def test_nobody_else_does(ana: Desk, sofia: Desk) -> None:
    assert [(await desk.get("/audit")).status_code for desk in (ana, sofia)] == [403, 403]


async def test_pages_and_conditions(office: Office, alda: Desk) -> None:
    await did(office.scene, *(a_deed(office.scene, action) for action in "aab"))
    first = (await alda.get("/audit", action="a", limit=1)).json()
    second = (await alda.get("/audit", action="a", limit=1, cursor=first["nextCursor"])).json()
    assert [entry["id"] for page in (first, second) for entry in page["items"]] == [2, 1]
    assert second["nextCursor"] is None


@pytest.mark.parametrize("time", ["2026-01-01T00:00:00", "1767225600", "infinity", "0000-01-01T00:00:00Z", ""])
async def test_a_time_says_its_zone(alda: Desk, time: str) -> None:
    query: dict[str, Any] = {"from": time}
    refused = await alda.get("/audit", **query)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "format")


async def test_time_goes_forward(alda: Desk) -> None:
    query: dict[str, Any] = {"from": "2026-02-01T00:00:00Z", "to": "2026-01-01T00:00:00-03:00"}
    refused = await alda.get("/audit", **query)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "backwards")
