"""Everything that the wire contract promises is there and works, on one server and on several that act as one."""

from pathlib import Path

import httpx
import pytest

from jaboti_domain.kernel.actor import Role
from tests.integration.faults.processes import HOME
from tests.integration.faults.site import Site, running
from tests.integration.walk.paths import Day
from tests.integration.walk.table import PROMISED, ROLES, TO_COME, Row, bare, written
from tests.integration.walk.walker import walking
from tests.unit.rest.document import document

CONTRACT = HOME.parent / "shared" / "API.md"


def documented() -> dict[Row, Role | None]:
    """What the document has, and the least role that it tells."""
    return {
        (method.upper(), bare(path)): _role(operation)
        for path, operations in document()["paths"].items()
        for method, operation in operations.items()
    }


def _role(operation: dict[str, object]) -> Role | None:
    if operation["security"] == []:
        return None
    return Role(str(operation.get("x-least-role", Role.OPERATOR)))


def test_every_promised_route_is_documented_with_its_role() -> None:
    told = documented()
    assert {row: told.get(row, "missing") for row in ROLES.keys() - TO_COME} == {
        row: role for row, role in ROLES.items() if row not in TO_COME
    }


def test_what_is_there_is_no_longer_to_come() -> None:
    assert TO_COME <= PROMISED
    assert not TO_COME & documented().keys()


def test_the_table_is_that_of_the_contract() -> None:
    """Where the contract lies beside the checkout; its rows are compared with ours word for word."""
    beside: list[Path] = [CONTRACT] if CONTRACT.exists() else []
    assert [written(each) ^ PROMISED for each in beside] == [frozenset() for _ in beside]


@pytest.mark.timeout(180)
async def test_one_server_does_all_that_is_promised(walk_site: Site) -> None:
    server = walk_site.server()
    async with running(server), walk_site.platform(server, seed=1) as platform, walking([server.url]) as walker:
        await Day(walker, walk_site.houses[0], platform).whole()
        async with httpx.AsyncClient(trust_env=False) as http:
            served = (await http.get(server.url + "/openapi.json")).json()
    assert walker.walked == ROLES.keys() - TO_COME
    assert served["paths"] == document()["paths"]


@pytest.mark.timeout(180)
async def test_two_servers_and_a_worker_do_it_as_one(walk_site: Site) -> None:
    servers = [walk_site.server("--no-workers") for _ in range(2)]
    addresses = [server.url for server in servers]
    async with (
        running(*servers, walk_site.worker()),
        walk_site.platform(servers[0], seed=2) as platform,
        walking(addresses) as walker,
    ):
        await Day(walker, walk_site.houses[0], platform).whole()
    assert walker.walked == ROLES.keys() - TO_COME
