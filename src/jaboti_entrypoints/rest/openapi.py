"""The OpenAPI 3.1 document, made from the list of routes."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.alias_generators import to_camel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from jaboti_domain.kernel.actor import LEAST_ROLE, Operation
from jaboti_entrypoints.errors import FAMILIES, all_refusals, family_of
from jaboti_entrypoints.rest.route import Access, FileUpload, Header, Route, Upload
from jaboti_entrypoints.rest.wire import Problem, Query

Node = dict[str, Any]
Mode = Literal["validation", "serialization"]

DESCRIPTION = """Customer service over messaging channels.

Ids are UUIDs (version 7 where we make them), times RFC 3339 in UTC with milliseconds. Lists are pages:
`{"items": [...], "nextCursor": "..." | null}`; give `nextCursor` back as `cursor`. The active company is in the token.

Problems are RFC 9457 and carry a stable `code`; they are told in pt-BR, or in English where `Accept-Language`
prefers it. Every answer has an `X-Request-Id`: yours, if you sent a sane one."""

_REF = "#/components/schemas/{model}"
_SUFFIX = re.compile(r'(?<=[a-z])Shown"')
"""Told apart from the domain's classes in Python, the wire's need no suffix in the document."""
_PARAMETERS: Mapping[Header, Node] = {
    Header.IF_MATCH: {
        "description": "An ETag of the resource. If it is in another version by now, nothing happens (412).",
        "schema": {"type": "string"},
    },
    Header.IDEMPOTENCY_KEY: {
        "description": "What you call this command. The same key and body within 24 hours give the first answer again, "
        "and do nothing; the same key with another body is refused (422 `command.key_reused`).",
        "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    },
}
_ANSWER_HEADERS: Mapping[str, str] = {
    "X-Request-Id": "What this request is called in our logs.",
    "Location": "Where what was made can be found.",
    "ETag": "The version, for If-Match.",
    "Accept-Ranges": "That parts of it can be asked for.",
    "Content-Disposition": "A name to save it under.",
    "Idempotency-Replayed": "`true` when the key was used before, and this is what it made then.",
    "Retry-After": "Seconds to wait.",
    "RateLimit-Policy": "How many requests (`q`) are let through in how many seconds (`w`).",
    "RateLimit": "How many requests remain (`r`), and in how many seconds more of them come back (`t`).",
    "WWW-Authenticate": "RFC 6750.",
}
_RATES = ("RateLimit-Policy", "RateLimit")
_HEADERS_OF_PROBLEMS = {401: ("WWW-Authenticate",), 429: ("Retry-After", *_RATES), 503: ("Retry-After",)}


def openapi_document(routes: Iterable[Route[Any]], *, version: str) -> Node:
    """Everything that these routes promise, as plain data."""
    documented = [route for route in routes if route.documented]
    schemas = _Schemas(documented)
    paths: dict[str, Node] = {}
    for route in documented:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas)
    statuses = sorted({status for route in documented for status in problems_of(route)})
    return {
        "openapi": "3.1.0",
        "info": {"title": "Jaboti", "version": version, "description": DESCRIPTION},
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "responses": {_problem_name(status): _problem_response(status, schemas) for status in statuses},
            "parameters": {header.value: _header_parameter(header) for header in Header},
            "headers": {name: _header(text) for name, text in _ANSWER_HEADERS.items()},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def problems_of(route: Route[Any]) -> list[int]:
    """The statuses of every problem that the route may answer with, but for those of broken HTTP."""
    statuses = {*route.problems}
    if route.access is not Access.ANYONE:
        statuses |= {401, 403, 422, 503}
    if route.counted:
        statuses |= {429}
    if route.parameters:
        statuses |= {404}
    if route.body is not None:
        statuses |= {400, 413, 415, 422}
    if route.upload is not None:
        statuses |= {413, 415, 422}
    if isinstance(route.upload, FileUpload):
        statuses |= {400}
    if Header.IF_MATCH in route.headers:
        statuses |= {412}
    if Header.IDEMPOTENCY_KEY in route.headers:
        statuses |= {409}
    return sorted(statuses)


class _Plain(GenerateJsonSchema):
    """Without a title for each field: they have names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


class _Schemas:
    """The components, and how a model is referred to."""

    def __init__(self, routes: Iterable[Route[Any]]) -> None:
        models = list(dict.fromkeys(_models(routes)))
        _, found = models_json_schema(models, ref_template=_REF, schema_generator=_Plain)
        queries = {model.__name__ for model, _ in models if issubclass(model, Query)}
        self._all: dict[str, Node] = json.loads(_SUFFIX.sub('"', json.dumps(found["$defs"])))
        self.components = {name: schema for name, schema in self._all.items() if name not in queries}

    def ref(self, model: type[BaseModel]) -> Node:
        return {"$ref": _REF.format(model=model.__name__.removesuffix("Shown"))}

    def query(self, model: type[Query]) -> Node:
        return self._all[model.__name__]


def _models(routes: Iterable[Route[Any]]) -> Iterator[tuple[type[BaseModel], Mode]]:
    yield Problem, "serialization"
    for route in routes:
        for given in (route.query, route.body):
            if given is not None:
                yield given, "validation"
        for model in route.answers.values():
            if isinstance(model, type):
                yield model, "serialization"


def _operation(route: Route[Any], schemas: _Schemas) -> Node:
    told: Node = {
        "operationId": to_camel(route.endpoint.__name__),
        "tags": [route.tag],
        "summary": route.summary,
        "security": [] if route.access is Access.ANYONE else [{"bearer": []}],
        "parameters": [*_path_parameters(route), *_query_parameters(route, schemas), *_headers_read(route)],
        "responses": {**_answers(route, schemas), **_problems(route)},
    }
    if route.description:
        told["description"] = route.description
    if isinstance(route.access, Operation):
        told["x-least-role"] = LEAST_ROLE[route.access].value
    if route.body is not None:
        content = {"application/json": {"schema": schemas.ref(route.body)}}
        required = any(field.is_required() for field in route.body.model_fields.values())
        told["requestBody"] = {"required": required, "content": content}
    if route.upload is not None:
        told["requestBody"] = {"required": True, "content": _uploaded(route.upload)}
    return told


def _uploaded(upload: Upload | FileUpload) -> Node:
    if isinstance(upload, Upload):
        return {upload.media_type: {"schema": {"type": "string"}}}
    file = {"type": "string", "format": "binary"}
    schema = {"type": "object", "properties": {"file": file}, "required": ["file"], "additionalProperties": False}
    return {"multipart/form-data": {"schema": schema}}


def _path_parameters(route: Route[Any]) -> list[Node]:
    schema = {"type": "string", "format": "uuid"}
    return [{"name": name, "in": "path", "required": True, "schema": schema} for name in route.parameters]


def _query_parameters(route: Route[Any], schemas: _Schemas) -> list[Node]:
    if route.query is None:
        return []
    properties: Mapping[str, Node] = schemas.query(route.query)["properties"]
    return [_query_parameter(name, dict(schema)) for name, schema in properties.items()]


def _query_parameter(name: str, schema: Node) -> Node:
    told: Node = {"name": name, "in": "query", "required": False}
    if "description" in schema:
        told["description"] = schema.pop("description")
    given = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    return {**told, "schema": given[0] if given else schema}


def _headers_read(route: Route[Any]) -> list[Node]:
    return [{"$ref": f"#/components/parameters/{header.value}"} for header in route.headers]


def _answers(route: Route[Any], schemas: _Schemas) -> Node:
    told: Node = {}
    for status, model in route.answers.items():
        repeated = ("Idempotency-Replayed",) if Header.IDEMPOTENCY_KEY in route.headers else ()
        names = (*route.answer_headers, *repeated, *(_RATES if route.counted else ()))
        told[str(status)] = {"description": route.summary, "headers": _header_refs(names)}
        if isinstance(model, str):
            told[str(status)]["content"] = {model: {"schema": {"type": "string"}}}
        elif model is not None:
            told[str(status)]["content"] = {"application/json": {"schema": schemas.ref(model)}}
    return told


def _problems(route: Route[Any]) -> Node:
    return {str(status): {"$ref": f"#/components/responses/{_problem_name(status)}"} for status in problems_of(route)}


def _problem_name(status: int) -> str:
    return f"Problem{status}"


def _problem_response(status: int, schemas: _Schemas) -> Node:
    title = next(family.english for family in FAMILIES.values() if family.status == status)
    codes = ", ".join(f"`{code}`" for code in _codes(status))
    return {
        "description": f"{title}. Codes: {codes}.",
        "headers": _header_refs(_HEADERS_OF_PROBLEMS.get(status, ())),
        "content": {"application/problem+json": {"schema": schemas.ref(Problem)}},
    }


def _codes(status: int) -> list[str]:
    return sorted({kind.code for kind in all_refusals() if family_of(kind).status == status})


def _header_refs(names: Iterable[str]) -> Node:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in ("X-Request-Id", *names)}


def _header_parameter(header: Header) -> Node:
    return {"name": header.value, "in": "header", "required": False, **_PARAMETERS[header]}


def _header(text: str) -> Node:
    return {"description": text, "schema": {"type": "string"}}
