"""What the wire models share: camelCase, strict types, ids and times in one spelling."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Self, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from jaboti_domain.kernel.errors import Invalid

T = TypeVar("T")

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,10}", re.ASCII)
LARGEST = 2**31 - 1


def _id(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not _UUID.fullmatch(value):
        raise PydanticCustomError("format", "not an id")
    return UUID(value)


def _number(value: object) -> object:
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        raise PydanticCustomError("type", "not a number")
    return int(value) if isinstance(value, str) else value


def _moment(value: object) -> object:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise PydanticCustomError("format", "not a time")
    return value


def _day(value: object) -> date | datetime:
    if isinstance(value, date):
        return value
    text = value if isinstance(value, str) else ""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else datetime.fromisoformat(str(_moment(text)))
    except ValueError:
        raise PydanticCustomError("format", "neither a day nor a time") from None


def _flag(value: object) -> object:
    if value not in ("true", "false", True, False):
        raise PydanticCustomError("type", "neither true nor false")
    return value in ("true", True)


def read_by(reading: Callable[[T], object]) -> AfterValidator:
    """What is given must be something that the domain can read; it is handed on as it was given."""

    def check(given: T) -> T:
        try:
            reading(given)
        except Invalid as refusal:
            raise PydanticCustomError(refusal.code, "refused") from None
        return given

    return AfterValidator(check)


Id = Annotated[UUID, BeforeValidator(_id)]
Time = AwareDatetime
"""RFC 3339 in UTC with milliseconds and `Z`."""
QueryTime = Annotated[AwareDatetime, BeforeValidator(_moment)]
"""RFC 3339 with its zone; nothing else that could be meant by a time."""
QueryDay = Annotated[
    date | datetime, PlainValidator(_day), WithJsonSchema({"type": "string", "format": "date"}, mode="validation")
]
"""A day such as 2026-03-01; a time with its zone is taken too, for where it falls on a day is known only later."""
Flag = Annotated[bool, BeforeValidator(_flag)]
Limit = Annotated[int, Field(ge=1, le=200), BeforeValidator(_number)]
Minutes = Annotated[int, Field(ge=1, le=72 * 60), BeforeValidator(_number)]
Seq = Annotated[int, Field(ge=1, le=LARGEST)]
QuerySeq = Annotated[Seq, BeforeValidator(_number)]


def may_be_absent(**more: Any) -> Any:
    """A field that can be left out of a patch, and is not null for all that."""
    return Field(None, json_schema_extra=_without_default, **more)


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


class Given(BaseModel):
    """A body that a caller sends: nothing is converted, nothing unknown is taken."""

    model_config = ConfigDict(defer_build=True, alias_generator=to_camel, strict=True, extra="forbid", frozen=True)


class Query(BaseModel):
    """A query string. The company is in the token; naming it is allowed, naming another one is not."""

    model_config = ConfigDict(defer_build=True, alias_generator=to_camel, frozen=True)

    company_id: Id | None = Field(None, description="Must be the active company.")


class PagedQuery(Query):
    """The query of a list."""

    limit: Limit = 50
    cursor: Annotated[str, Field(max_length=1024)] | None = Field(None, description="The `nextCursor` of a page.")


class Span(Query):
    """A stretch of time: from `from` on, until just before `to`."""

    since: QueryTime | None = Field(None, alias="from", description="At this moment or later.")
    until: QueryTime | None = Field(None, alias="to", description="Before this moment.")

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.since is not None and self.until is not None and self.since > self.until:
            raise PydanticCustomError("backwards", "from is after to")
        return self


class Shown(BaseModel):
    """A document that we show."""

    model_config = ConfigDict(defer_build=True, alias_generator=to_camel, validate_by_name=True, frozen=True)


class ProblemField(Shown):
    """One thing that is wrong: `pointer` is `/field` of the body, `?parameter` of the query, or a header's name."""

    pointer: str
    code: str
    message: str


class Problem(Shown):
    """RFC 9457. `code` is stable; `title` and `detail` are in pt-BR, or in English where Accept-Language prefers it."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    errors: list[ProblemField] = []


class NamedShown(Shown):
    """Something with its name."""

    id: Id
    name: str
