"""Approved templates, and whether a message fits one."""

from collections.abc import Mapping, Sequence

from attrs import field, frozen

from jaboti_domain.integration.content import Template
from jaboti_domain.integration.errors import UnknownTemplate, WrongVariables

APPROVED = "APPROVED"
_FILLED_BUTTONS = ("url", "copy_code")


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


def must_fit(content: Template, known: Sequence[TemplateInfo]) -> None:
    """Raise UnknownTemplate or WrongVariables unless the message is one of these templates, filled in."""
    same = (each for each in known if (each.name, each.language) == (content.name, content.language))
    template = next((each for each in same if each.status == APPROVED), None)
    if template is None:
        raise UnknownTemplate()
    given = variables_given(content)
    if given != template.variables:
        raise WrongVariables(expected=_told(template.variables), given=_told(given))


def variables_given(content: Template) -> Variables:
    """How many values a message brings for each part."""
    parts = {"header": 0, "body": 0, "buttons": 0}
    for component in content.components:
        kind, parameters = str(component.get("type", "")).lower(), component.get("parameters")
        count = len(parameters) if isinstance(parameters, list | tuple) else 0
        if kind in ("header", "body"):
            parts[kind] += count
        elif kind == "button" and str(component.get("sub_type", "")).lower() in _FILLED_BUTTONS:
            parts["buttons"] += count > 0
    return Variables(**parts)


def _told(variables: Variables) -> Mapping[str, int]:
    return {"header": variables.header, "body": variables.body, "buttons": variables.buttons}
