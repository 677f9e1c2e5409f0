"""Approved templates, and whether a message fits one."""

import re
from collections.abc import Iterator, Mapping, Sequence

from attrs import field, frozen

from jaboti_domain.integration.content import Template
from jaboti_domain.integration.errors import UnknownTemplate, WrongVariables

APPROVED = "APPROVED"
FILES = ("IMAGE", "VIDEO", "DOCUMENT", "LOCATION")
"""Kinds of headers that are no text, each filled by one value of its own type."""
MOST_SUGGESTED = 50
_FILLED_BUTTONS = ("url", "copy_code")
_BODY_TYPES = ("text", "currency", "date_time")
_SUB_TYPES = {"URL": ("url",), "OTP": ("url", "copy_code"), "COPY_CODE": ("copy_code",)}
"""Per kind of button: what a value for it may call itself; others are called as they are."""
_UNPRINTABLE = re.compile(r"[\n\r\t]| {5,}")


@frozen(kw_only=True)
class Variables:
    """How many values each part of a template takes; a header with a file takes that file."""

    header: int = 0
    body: int = 0
    buttons: int = 0
    """Of buttons: how many take one."""


@frozen(kw_only=True)
class TemplateButton:
    """A button under a template, such as QUICK_REPLY or URL."""

    kind: str
    text: str


@frozen(kw_only=True)
class TemplateInfo:
    """A template as the platform knows it. `status` is APPROVED where it may be sent; `header` is its kind."""

    name: str
    language: str
    category: str
    status: str
    body: str
    variables: Variables = Variables()
    header: str | None = None
    buttons: Sequence[TemplateButton] = field(default=(), converter=tuple[TemplateButton, ...])


def that_would_do(known: Sequence[TemplateInfo]) -> Sequence[TemplateInfo]:
    """Those that may be sent, by name and language; not more than a person looks through."""
    approved = (each for each in known if each.status == APPROVED)
    return sorted(approved, key=lambda each: (each.name, each.language))[:MOST_SUGGESTED]


def must_fit(content: Template, known: Sequence[TemplateInfo]) -> None:
    """Raise UnknownTemplate or WrongVariables unless the message is one of these templates, filled in.

    WrongVariables names the components and values that are wrong; all of them, where only numbers are.
    """
    same = (each for each in known if (each.name, each.language) == (content.name, content.language))
    template = next((each for each in same if each.status == APPROVED), None)
    if template is None:
        raise UnknownTemplate()
    given = variables_given(content)
    wrong = tuple(_wrong(content, template))
    if wrong or given != template.variables:
        fields = wrong or ("template/components",)
        raise WrongVariables(expected=_told(template.variables), given=_told(given), fields=fields)


def variables_given(content: Template) -> Variables:
    """How many values a message brings for each part."""
    parts = {"header": 0, "body": 0, "buttons": 0}
    for component in content.components:
        kind, count = _word(component, "type"), len(_values(component))
        if kind in ("header", "body"):
            parts[kind] += count
        elif kind == "button" and _word(component, "sub_type") in _FILLED_BUTTONS:
            parts["buttons"] += count > 0
    return Variables(**parts)


def _wrong(content: Template, template: TemplateInfo) -> Iterator[str]:
    for number, component in enumerate(content.components):
        path, values = f"template/components/{number}", _values(component)
        match _word(component, "type"):
            case "header":
                yield from _paths(path, (_fills_header(value, template) for value in values))
            case "body":
                yield from _paths(path, (_is_value(value, _BODY_TYPES) for value in values))
            case "button" if template.buttons and not _is_button(component, template.buttons):
                yield path
            case "button":
                pass
            case _:
                yield path


def _paths(path: str, fitting: Iterator[bool]) -> Iterator[str]:
    return (f"{path}/parameters/{number}" for number, fits in enumerate(fitting) if not fits)


def _fills_header(value: object, template: TemplateInfo) -> bool:
    kinds = (template.header.lower(),) if template.header in FILES else ("text",)
    return _is_value(value, kinds)


def _is_value(value: object, kinds: Sequence[str]) -> bool:
    """Whether it is of one of these kinds, and says something under the name of its kind."""
    if not isinstance(value, Mapping) or (kind := _word(value, "type")) not in kinds:
        return False
    said = value.get(kind)
    if kind != "text":
        return isinstance(said, Mapping) and bool(said)
    return isinstance(said, str) and bool(said.strip()) and not _UNPRINTABLE.search(said)


def _is_button(component: Mapping[str, object], buttons: Sequence[TemplateButton]) -> bool:
    """Whether there is a button of this kind in this place."""
    place = str(component.get("index", ""))
    if not (place.isascii() and place.isdecimal()) or int(place) >= len(buttons):
        return False
    kind = buttons[int(place)].kind
    return _word(component, "sub_type") in _SUB_TYPES.get(kind, (kind.lower(),))


def _values(component: Mapping[str, object]) -> Sequence[object]:
    parameters = component.get("parameters")
    return parameters if isinstance(parameters, list | tuple) else ()


def _word(record: Mapping[object, object] | Mapping[str, object], name: str) -> str:
    return str(dict(record).get(name, "")).lower()


def _told(variables: Variables) -> Mapping[str, int]:
    return {"header": variables.header, "body": variables.body, "buttons": variables.buttons}
