"""Every place of a request that holds an id, as the OpenAPI document has them."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from tests.unit.rest.document import document, resolved

Node = dict[str, Any]
KINDS: Mapping[str, str] = {
    "companyId": "company",
    "sessionId": "session",
    "chatId": "chat",
    "clientId": "client",
    "otherId": "client",
    "departmentId": "department",
    "toDepartmentId": "department",
    "departments": "department",
    "userId": "user",
    "toAttendantId": "user",
    "actorId": "user",
    "integrationId": "integration",
    "deadLetterId": "dead letter",
    "noteId": "note",
    "replyTo": "message",
    "mediaId": "media",
}
"""What the ids of a slot are of, by its name. A name that is missing here fails the matrix."""


@frozen
class Slot:
    """One id in a request: where it stands, by which name, and whether it is one of a list."""

    method: str
    path: str
    where: str
    """path, query or body."""
    name: str
    is_list: bool = False

    @property
    def operation(self) -> tuple[str, str]:
        return self.method, self.path

    @property
    def kind(self) -> str:
        return KINDS[self.name]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.where}.{self.name}"


def all_slots() -> list[Slot]:
    """As the document has them. In a body they are found one level deep, or as items of a list; deeper ones raise."""
    return [
        slot
        for path, operations in document()["paths"].items()
        for method, operation in operations.items()
        for slot in _of_operation(method.upper(), path, operation)
    ]


def _of_operation(method: str, path: str, operation: Node) -> Iterator[Slot]:
    for parameter in map(resolved, operation.get("parameters", [])):
        if _holds_id(parameter["schema"]):
            yield Slot(method, path, parameter["in"], parameter["name"])
    for media_type in resolved(operation.get("requestBody", {})).get("content", {}).values():
        for name, schema in _fields(media_type.get("schema", {})).items():
            for place, is_list in _places(schema, name):
                yield Slot(method, path, "body", place, is_list)


def _places(schema: Node, name: str) -> Iterator[tuple[str, bool]]:
    if _holds_id(schema):
        yield name, False
    for option in _options(schema):
        if _holds_id(resolved(option).get("items", {})):
            yield name, True
        for inner, deeper in _fields(option).items():
            if any(True for _ in _places(deeper, inner)):
                raise NotImplementedError(f"an id deep in a body: {name}.{inner}")


def _fields(schema: Node) -> Mapping[str, Node]:
    return {name: field for option in _options(schema) for name, field in option.get("properties", {}).items()}


def _holds_id(schema: Node) -> bool:
    return any(option.get("format") == "uuid" for option in _options(schema))


def _options(schema: Node) -> Iterator[Node]:
    schema = resolved(schema)
    yield schema
    for word in ("anyOf", "oneOf", "allOf"):
        for option in schema.get(word, []):
            yield from _options(option)
