"""The document names everything that goes over the wire, and nothing in it leads nowhere."""

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from jaboti_entrypoints.realtime.asyncapi import asyncapi_document
from jaboti_entrypoints.realtime.closing import CloseCode
from jaboti_entrypoints.realtime.commands import COMMANDS
from jaboti_entrypoints.realtime.shapes import SHAPE_OF

Node = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Node:
    return asyncapi_document(version="1.2.3")


def test_it_is_asyncapi_3(document: Node) -> None:
    assert document["asyncapi"] == "3.0.0"
    assert document["info"]["version"] == "1.2.3"
    assert document["channels"]["ws"]["address"] == "/ws"


def test_every_event_and_every_command_is_an_operation(document: Node) -> None:
    sent = {name for name, operation in document["operations"].items() if operation["action"] == "send"}
    received = {name for name, operation in document["operations"].items() if operation["action"] == "receive"}
    assert sent == {f"send.{event}" for event in SHAPE_OF}
    assert received == {f"receive.{name}" for name in COMMANDS} | {"receive.auth.prolong"}


def test_every_close_code_is_explained(document: Node) -> None:
    assert document["channels"]["ws"]["x-close-codes"].keys() == {str(code.value) for code in CloseCode}
    assert all(code.meaning.endswith(".") for code in CloseCode)


def test_every_reference_leads_somewhere(document: Node) -> None:
    references = list(_references(document))
    assert len(references) > 50
    for reference in references:
        node = document
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]


def test_every_schema_is_one(document: Node) -> None:
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def _references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for each in node.values():
            yield from _references(each)
    elif isinstance(node, list):
        for each in node:
            yield from _references(each)
