"""Whether a message fits an approved template."""

from typing import Any

import pytest
from attrs import evolve

from jaboti_domain.integration.content import Template
from jaboti_domain.integration.errors import UnknownTemplate, WrongVariables
from jaboti_domain.integration.templates import TemplateButton, TemplateInfo, Variables, must_fit


def known(*, name: str = "pedido", status: str = "APPROVED", **counts: int) -> TemplateInfo:
    return TemplateInfo(
        name=name, language="pt_BR", category="UTILITY", status=status, body="…", variables=Variables(**counts)
    )


def part(kind: str, *values: str, **more: object) -> dict[str, Any]:
    return {"type": kind, "parameters": [{"type": "text", "text": value} for value in values], **more}


def template(*components: dict[str, Any], name: str = "pedido", language: str = "pt_BR") -> Template:
    return Template(name=name, language=language, components=components)


def test_a_message_that_fills_every_part_fits() -> None:
    catalogue = [known(name="outro"), known(header=1, body=2, buttons=1)]
    button = part("button", "x", sub_type="url", index="0")
    must_fit(template(part("HEADER", "a"), part("body", "b", "c"), button), catalogue)


def test_quick_replies_may_bring_what_they_like() -> None:
    reply: dict[str, Any] = {"type": "button", "sub_type": "quick_reply", "parameters": [{"type": "payload"}]}
    must_fit(template(part("body", "b"), reply), [known(body=1)])


@pytest.mark.parametrize("name", ["pedidos", "PEDIDO"])
def test_a_name_that_nobody_approved_is_refused(name: str) -> None:
    with pytest.raises(UnknownTemplate):
        must_fit(template(name=name), [known()])


def test_another_language_and_what_is_not_approved_are_refused() -> None:
    with pytest.raises(UnknownTemplate):
        must_fit(template(language="en"), [known()])
    with pytest.raises(UnknownTemplate):
        must_fit(template(), [known(status="PAUSED")])


@pytest.mark.parametrize(
    "components",
    [
        (),
        (part("body"),),
        (part("body", "a", "b"),),
        (part("header", "a"), part("body", "b")),
        (part("body", "a"), part("button", "x", sub_type="url")),
        (part("body", "a"), part("limited_time_offer")),
        ({"type": "body", "parameters": "many"},),
        ({"type": 7},),
    ],
)
def test_too_many_and_too_few_values_are_refused(components: tuple[dict[str, Any], ...]) -> None:
    with pytest.raises(WrongVariables) as refused:
        must_fit(template(*components), [known(body=1)])
    assert refused.value.details["expected"] == {"header": 0, "body": 1, "buttons": 0}


PICTURE: dict[str, Any] = {"type": "image", "image": {"id": "1"}}
BUTTONS = (TemplateButton(kind="QUICK_REPLY", text="Sim"), TemplateButton(kind="URL", text="Ver"))
FULL = evolve(known(header=1, body=1, buttons=1), header="IMAGE", buttons=BUTTONS)


def filled(
    *, header: dict[str, Any] = PICTURE, said: object = "a", sub_type: str = "url", index: object = "1"
) -> Template:
    return template(
        {"type": "header", "parameters": [header]},
        {"type": "body", "parameters": [{"type": "text", "text": said}]},
        part("button", "x", sub_type=sub_type, index=index),
    )


def test_what_is_of_the_right_kind_in_the_right_place_fits() -> None:
    must_fit(filled(index=1), [FULL])


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (filled(header={"type": "text", "text": "a"}), "0/parameters/0"),
        (filled(header={"type": "video", "video": {"id": "1"}}), "0/parameters/0"),
        (filled(header={"type": "image"}), "0/parameters/0"),
        (filled(said=""), "1/parameters/0"),
        (filled(said="a\nb"), "1/parameters/0"),
        (filled(said="a     b"), "1/parameters/0"),
        (filled(said=7), "1/parameters/0"),
        (filled(index="0"), "2"),
        (filled(index="2"), "2"),
        (filled(index="-1"), "2"),
        (filled(sub_type="copy_code"), "2"),
    ],
)
def test_a_value_of_another_kind_is_named(content: Template, field: str) -> None:
    with pytest.raises(WrongVariables) as refused:
        must_fit(content, [FULL])
    assert refused.value.details["fields"] == (f"template/components/{field}",)
