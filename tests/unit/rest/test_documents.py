"""The OpenAPI document, its page, and health."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterator

import httpx
import pytest
from attrs import evolve
from jsonschema import Draft202012Validator
from openapi_pydantic.v3.v3_1 import OpenAPI

from jaboti_domain.kernel.errors import Unavailable
from jaboti_entrypoints.rest import health
from jaboti_entrypoints.rest.app import PUBLIC as ROUTES
from jaboti_entrypoints.rest.app import create_app
from jaboti_entrypoints.rest.route import Access
from tests.unit.rest.document import document
from tests.unit.rest.office import Office


def references(node: object) -> Iterator[str]:
    """Every $ref in it."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for each in node.values():
            yield from references(each)
    elif isinstance(node, list):
        for each in node:
            yield from references(each)


def test_the_document_is_openapi_3_1() -> None:
    read = OpenAPI.model_validate(document())
    assert read.openapi == "3.1.0"
    assert read.paths is not None
    assert len(read.paths) == len({route.path for route in ROUTES})


def test_every_reference_leads_somewhere_and_every_component_is_used() -> None:
    components = document()["components"]
    there = {f"#/components/{kind}/{name}" for kind, named in components.items() for name in named}
    assert set(references(document())) == {name for name in there if "/securitySchemes/" not in name}


def test_every_schema_is_one() -> None:
    for schema in document()["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_routes_and_document_say_the_same() -> None:
    told = {(method.upper(), path) for path, operations in document()["paths"].items() for method in operations}
    assert told == {(route.method, route.path) for route in ROUTES}


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for path in document()["paths"].values() for operation in path.values()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_an_operation_tells_who_may_and_what_may_go_wrong(route: object) -> None:
    assert isinstance(route, type(ROUTES[0]))
    operation = document()["paths"][route.path][route.method.lower()]
    statuses = set(operation["responses"])
    assert ("x-least-role" in operation) == (not isinstance(route.access, Access))
    assert (operation["security"] == []) == (route.access is Access.ANYONE)
    assert ("requestBody" in operation) == (route.body is not None or route.upload is not None)
    assert {str(status) for status in route.answers} <= statuses
    if route.body is not None:
        assert {"400", "413", "415", "422"} <= statuses
    if route.parameters:
        assert "404" in statuses
    if route.access is not Access.ANYONE:
        assert {"401", "503"} <= statuses


def test_a_limit_is_told_as_it_is_kept() -> None:
    parameters = document()["paths"]["/chats"]["get"]["parameters"]
    [limit] = [each for each in parameters if each["name"] == "limit"]
    assert limit["schema"] == {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}


def test_codes_are_told_with_their_status() -> None:
    assert "`chat.already_assigned`" in document()["components"]["responses"]["Problem409"]["description"]


def test_two_routes_can_not_share_a_place(office: Office) -> None:
    with pytest.raises(ValueError, match="two routes for GET /chats"):
        create_app(office.application, routes=[*ROUTES, evolve(next(r for r in ROUTES if r.path == "/chats"))])


async def test_the_document_is_served(office: Office) -> None:
    answer = await office.http.get("/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["paths"] == document()["paths"]
    again = await office.http.get("/openapi.json", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_the_page_loads_nothing_from_elsewhere(office: Office) -> None:
    page = await office.http.get("/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "//" not in page.text.replace("<!DOCTYPE html>", "")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(loaded) == 5
    for address in loaded:
        answer = await office.http.get(f"/{address}")
        assert (answer.status_code, len(answer.content) > 100) == (200, True)
        assert answer.headers["cache-control"] == "public, max-age=86400"
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_the_page_runs_no_script_that_is_written_in_it(office: Office) -> None:
    page = await office.http.get("/docs")
    policies = dict(part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";"))
    assert policies["script-src"] == "'self'"
    assert policies["default-src"] == "'none'"
    assert re.findall(r"<script[^>]*>([^<]*)</script>", page.text) == ["", "", ""]


async def test_whoever_runs_is_alive(office: Office) -> None:
    assert (await office.http.get("/health/live")).json() == {"status": "ok"}
    assert (await office.http.get("/health/ready")).json() == {"status": "ok"}


async def away() -> None:
    raise Unavailable(retry_after=7)


async def silent() -> None:
    await asyncio.sleep(60)


@pytest.mark.parametrize(("ping", "wait"), [(away, "7"), (silent, "1")])
async def test_without_its_store_nobody_is_ready(
    office: Office, monkeypatch: pytest.MonkeyPatch, ping: Callable[[], Awaitable[None]], wait: str
) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.01)
    app = create_app(evolve(office.application, ping=ping))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://jaboti.test") as http:
        answer = await http.get("/health/ready")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, wait)
        assert json.loads(answer.content)["code"] == "unavailable"
        assert (await http.get("/health/live")).status_code == 200
