"""Meta's words for templates in ours."""

import re
from collections.abc import Sequence

from jaboti_adapters.channels._json import NOTHING, Node
from jaboti_domain.integration.templates import FILES, TemplateButton, TemplateInfo, Variables

FIELDS = "name,status,category,language,components"
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def templates_in(page: Node) -> Sequence[TemplateInfo]:
    """Those of a page; what has no name or language is passed over."""
    return [_template(each) for each in page["data"] if each["name"].text and each["language"].text]


def following(page: Node) -> str:
    """The cursor with which the next page is asked for; empty at the end."""
    return page["paging"]["cursors"]["after"].text if page["paging"]["next"] else ""


def _template(node: Node) -> TemplateInfo:
    parts = {part["type"].text.upper(): part for part in node["components"]}
    header, body = parts.get("HEADER", NOTHING), parts.get("BODY", NOTHING)
    buttons = list(parts.get("BUTTONS", NOTHING)["buttons"])
    kind = header["format"].text.upper() or ("TEXT" if header else None)
    return TemplateInfo(
        name=node["name"].text,
        language=node["language"].text,
        category=node["category"].text,
        status=node["status"].text,
        body=body["text"].text,
        header=kind,
        variables=Variables(
            header=1 if kind in FILES else _variables_in(header["text"]),
            body=_variables_in(body["text"]),
            buttons=sum(map(_takes_value, buttons)),
        ),
        buttons=[TemplateButton(kind=each["type"].text.upper(), text=each["text"].text) for each in buttons],
    )


def _variables_in(text: Node) -> int:
    return len(set(_VARIABLE.findall(text.text)))


def _takes_value(button: Node) -> bool:
    kind = button["type"].text.upper()
    return kind == "COPY_CODE" or (kind in ("URL", "OTP") and bool(_VARIABLE.search(button["url"].text)))
