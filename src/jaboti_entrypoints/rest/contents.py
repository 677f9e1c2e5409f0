"""What a message says, as it is given on the wire."""

from typing import Annotated

import msgspec
from pydantic import AfterValidator, Field, JsonValue, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from jaboti_domain.integration.content import Content, Template, Text
from jaboti_entrypoints.rest.wire import Given

METADATA_BYTES = 8192


def _small(value: dict[str, JsonValue]) -> dict[str, JsonValue]:
    if len(msgspec.json.encode(value)) > METADATA_BYTES:
        raise PydanticCustomError("too_long", "metadata", {"limit": f"{METADATA_BYTES} bytes"})
    return value


Metadata = Annotated[dict[str, JsonValue], Field(max_length=50), AfterValidator(_small)]


class ChosenTemplate(Given):
    """An approved template of the platform; `components` is passed on as it is."""

    name: Annotated[str, Field(min_length=1, max_length=512)]
    language: Annotated[str, Field(min_length=2, max_length=20)]
    components: Annotated[list[dict[str, JsonValue]], Field(default_factory=list, max_length=20)]


class WordsGiven(Given):
    """A text or a template, one of the two."""

    content: str | None = Field(None, description="Text, at most 4,096 characters.")
    template: ChosenTemplate | None = None

    @field_validator("template")
    @classmethod
    def _alone(cls, value: ChosenTemplate | None, info: ValidationInfo) -> ChosenTemplate | None:
        if value is not None and info.data.get("content"):
            raise PydanticCustomError("exactly_one", "both", {"limit": "content, template"})
        return value

    def as_content(self) -> Content:
        """In the words of the domain; nothing at all is an empty text, which the domain refuses."""
        if self.template is None:
            return Text(body=self.content or "")
        given = self.template
        return Template(name=given.name, language=given.language, components=tuple(given.components))
