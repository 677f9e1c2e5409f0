"""The AsyncAPI 3 document, made from the tables of events, commands and close codes."""

from collections.abc import Iterable, Mapping
from inspect import cleandoc
from typing import Any, Literal

import msgspec
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from jaboti_entrypoints.realtime.closing import CloseCode
from jaboti_entrypoints.realtime.commands import COMMANDS, Auth
from jaboti_entrypoints.realtime.frames import Envelope
from jaboti_entrypoints.realtime.shapes import SHAPE_OF, Ack, Error, Ready

Node = dict[str, Any]

DESCRIPTION = """Live events and commands over one WebSocket, as JSON text frames of at most 64 KiB.

The first frame is `auth`, within 5 s; `ready` answers it. Send some frame at least every `heartbeatSeconds`, a `ping`
if there is nothing else to say. Keep the `cursor` of the newest event: with it as `resume`, a new connection begins
where the last one broke off, and what comes twice has the same `id`.

A command is answered with `ack` or `error`, which carry its `ref`. Commands are done one after another.

An operator is told of their own chats and of those that wait in their departments' queues; supervisors and admins of
all. Of attendants everybody is told. Who comes online and goes, who types and the dashboard's figures are not kept:
such an event has an `id` other than its `cursor`, and what it told is to be read anew after a gap. What is called a
patch holds what changed: its keys replace those of the chat, message, client or attendant, except that `metadata` is
merged key by key, where null takes a key away."""

_SCHEMA = "#/components/schemas/{name}"
_REQUESTS: Mapping[str, type[BaseModel]] = {
    "receive.auth": Auth,
    **{f"receive.{'auth.prolong' if name == 'auth' else name}": model for name, model in COMMANDS.items()},
}
_ANSWERS: Mapping[str, type[msgspec.Struct]] = {"send.ready": Ready, "send.ack": Ack, "send.error": Error}
_EVENTS: Mapping[str, type[msgspec.Struct]] = {f"send.{name}": shape for name, shape in SHAPE_OF.items()}


def asyncapi_document(*, version: str) -> Node:
    """Everything that `/ws` promises, as plain data."""
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Jaboti live", "version": version, "description": DESCRIPTION},
        "defaultContentType": "application/json",
        "channels": {"ws": _channel()},
        "operations": {
            **{name: _operation("receive", name, reply=_answers_to(name)) for name in _REQUESTS},
            **{name: _operation("send", name) for name in _EVENTS},
        },
        "components": {"messages": _messages(), "schemas": _schemas()},
    }


def _channel() -> Node:
    names = [*_REQUESTS, *_ANSWERS, *_EVENTS]
    return {
        "address": "/ws",
        "description": "Close codes:\n\n" + "\n".join(f"- {code.value}: {code.meaning}" for code in CloseCode),
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {"ws": {"method": "GET"}},
        "x-close-codes": {str(code.value): code.meaning for code in CloseCode},
    }


def _answers_to(name: str) -> tuple[str, ...]:
    return ("send.ready",) if name == "receive.auth" else ("send.ack", "send.error")


def _operation(action: str, *names: str, reply: Iterable[str] = ()) -> Node:
    operation: Node = {"action": action, **_on_channel(names)}
    return {**operation, "reply": _on_channel(reply)} if reply else operation


def _on_channel(names: Iterable[str]) -> Node:
    return {
        "channel": {"$ref": "#/channels/ws"},
        "messages": [{"$ref": f"#/channels/ws/messages/{name}"} for name in names],
    }


def _messages() -> Node:
    frames = {name: _message(name, kind, _ref(kind)) for name, kind in {**_REQUESTS, **_ANSWERS}.items()}
    events = {name: _message(name, shape, _event(name, shape)) for name, shape in _EVENTS.items()}
    return frames | events


def _message(name: str, kind: type, payload: Node) -> Node:
    return {"name": _bare(name), "summary": cleandoc(kind.__doc__ or ""), "payload": payload}


def _event(name: str, shape: type) -> Node:
    own = {"event": {"const": _bare(name)}, "data": _ref(shape)}
    return {"allOf": [_ref(Envelope), {"type": "object", "properties": own}]}


def _bare(name: str) -> str:
    return name.partition(".")[2]


def _schemas() -> Node:
    structs = [Envelope, *_ANSWERS.values(), *_EVENTS.values()]
    _, of_structs = msgspec.json.schema_components(structs, ref_template=_SCHEMA)
    models: list[tuple[type[BaseModel], Literal["validation"]]] = [
        (model, "validation") for model in _REQUESTS.values()
    ]
    _, of_models = models_json_schema(models, ref_template="#/components/schemas/{model}")
    return {**of_structs, **of_models["$defs"]}


def _ref(kind: type) -> Node:
    return {"$ref": _SCHEMA.format(name=kind.__name__)}
