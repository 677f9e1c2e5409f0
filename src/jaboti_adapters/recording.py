"""How an event and its audience are written down: the same text in every store."""

from collections.abc import Mapping
from functools import lru_cache

import msgspec
from attrs import fields

from jaboti_domain.integration.content import Content, content_record
from jaboti_domain.kernel.events import Audience, Event
from jaboti_domain.kernel.ids import DepartmentId, UserId

_ENVELOPE = {field.name for field in fields(Event)}


def record_data(event: Event) -> bytes:
    """The JSON object of the event's own fields, in snake_case: all but the company, the time and the audience."""
    return _encode({name: _plain(getattr(event, name)) for name in _own_fields(type(event))})


def _own_fields(kind: type[Event]) -> tuple[str, ...]:
    if kind not in _known_fields:
        _known_fields[kind] = tuple(field.name for field in fields(kind) if field.name not in _ENVELOPE)
    return _known_fields[kind]


_known_fields: dict[type[Event], tuple[str, ...]] = {}


def _plain(value: object) -> object:
    return content_record(value) if isinstance(value, Content) else value


def _as_builtin(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} can't be written down")


_encode = msgspec.json.Encoder(enc_hook=_as_builtin).encode


@lru_cache(maxsize=4096)
def audience_data(audience: Audience) -> bytes:
    """Compact JSON that `audience_of` reads back to an equal audience; equal audiences give equal bytes."""
    record: dict[str, object] = {}
    if audience.users:
        record["users"] = sorted(audience.users)
    if audience.departments:
        record["departments"] = sorted(audience.departments)
    if audience.everyone:
        record["everyone"] = True
    return _encode(record)


class _AudienceRecord(msgspec.Struct):
    users: frozenset[UserId] = frozenset()
    departments: frozenset[DepartmentId] = frozenset()
    everyone: bool = False


_decode_audience = msgspec.json.Decoder(_AudienceRecord).decode


@lru_cache(maxsize=4096)
def audience_of(data: bytes) -> Audience:
    """The audience that was written down."""
    record = _decode_audience(data)
    return Audience(users=record.users, departments=record.departments, everyone=record.everyone)
