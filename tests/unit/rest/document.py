"""Holds answers against the OpenAPI document, more strictly than the document asks: nothing unknown may be shown."""

import json
import re
from functools import cache
from typing import Any

import httpx
from jsonschema import Draft202012Validator, FormatChecker

from jaboti_entrypoints.rest.app import PUBLIC as ROUTES
from jaboti_entrypoints.rest.openapi import openapi_document

Node = dict[str, Any]
BROKEN_HTTP = {404, 405}
"""What an address or a method may get that is nowhere in the document."""
ANYTHING = "*/*"
OPEN = {"Problem"}


@cache
def document() -> Node:
    """As it is served."""
    made: Node = json.loads(json.dumps(openapi_document(ROUTES, version="0")))
    return made


@cache
def _validator(reference: str) -> Draft202012Validator:
    schemas = {name: schema | _closed(name, schema) for name, schema in document()["components"]["schemas"].items()}
    root = {"$ref": reference, "components": {"schemas": schemas}}
    return Draft202012Validator(root, format_checker=FormatChecker())


def _closed(name: str, schema: Node) -> Node:
    return {"additionalProperties": False} if "properties" in schema and name not in OPEN else {}


def resolved(node: Node) -> Node:
    """What a reference leads to."""
    while "$ref" in node:
        found = document()
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def _operation(method: str, path: str) -> Node | None:
    paths = document()["paths"]
    for template, operations in {path: paths[path]}.items() if path in paths else paths.items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            found: Node | None = operations.get("get" if method == "HEAD" else method.lower())
            return found
    return None


async def must_conform(answer: httpx.Response) -> None:
    """Fail unless the document says that this may be answered."""
    await answer.aread()
    request = answer.request
    assert answer.status_code < 500 or answer.status_code == 503, answer.text
    assert answer.headers["x-request-id"]
    if request.url.path.startswith(("/docs", "/openapi.json")):
        return
    operation = _operation(request.method, request.url.path)
    if operation is None or (
        answer.status_code in BROKEN_HTTP and str(answer.status_code) not in operation["responses"]
    ):
        assert answer.status_code in BROKEN_HTTP
        told = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    else:
        told = resolved(operation["responses"][str(answer.status_code)])
    _must_match(told, answer)


def _must_match(told: Node, answer: httpx.Response) -> None:
    missing = {name for name in told.get("headers", ()) if name not in answer.headers}
    assert not missing - {"Idempotency-Replayed"}
    if "content" not in told:
        assert answer.content == b""
        return
    [(media_type, content)] = told["content"].items()
    assert media_type == ANYTHING or answer.headers["content-type"] == media_type
    if answer.request.method != "HEAD" and "$ref" in content["schema"]:
        _validator(content["schema"]["$ref"]).validate(answer.json())
