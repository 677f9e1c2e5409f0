"""Message templates of a WhatsApp Business Account."""

import re
from secrets import randbelow
from typing import Any, Literal

import msgspec
from attrs import define, field
from msgspec import Struct

from jaboti_entrypoints.sandbox.cloudapi.errors import GraphError

_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


Category = Literal["MARKETING", "UTILITY", "AUTHENTICATION"]


class Template(Struct, kw_only=True):
    """A template as the management API shows it."""

    name: str
    language: str
    category: Category
    components: list[dict[str, Any]]
    id: str = ""
    status: str = "PENDING"
    parameter_format: Literal["POSITIONAL", "NAMED"] = "POSITIONAL"

    def variables(self, part: str) -> set[str]:
        """The names, or numbers, of the variables in its `HEADER` or `BODY`."""
        texts = (each.get("text", "") for each in self.components if str(each.get("type", "")).upper() == part)
        return {variable for text in texts for variable in _VARIABLE.findall(text)}


def seeds() -> list[Template]:
    """What every account begins with: approved templates in Brazilian Portuguese."""
    return [
        _seed("retomar_atendimento", "UTILITY", "Olá {{1}}, podemos continuar o seu atendimento?", "Sim", "Não"),
        _seed("confirmacao_agendamento", "UTILITY", "{{1}}, o seu horário é {{2}}, às {{3}}. Você confirma?"),
        _seed("boas_vindas", "MARKETING", "Seja bem-vindo! Responda a esta mensagem para falar com a gente."),
        _seed("codigo_de_acesso", "AUTHENTICATION", "{{1}} é o seu código de verificação."),
    ]


def _seed(name: str, category: Category, text: str, *replies: str) -> Template:
    buttons = {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": reply} for reply in replies]}
    return Template(
        id=_template_id(),
        status="APPROVED",
        name=name,
        language="pt_BR",
        category=category,
        components=[{"type": "BODY", "text": text}, *([buttons] if replies else [])],
    )


@define(eq=False)
class TemplateBook:
    """The templates of all accounts."""

    _accounts: dict[str, list[Template]] = field(factory=dict, init=False)

    def of(self, waba_id: str) -> list[Template]:
        """An account's templates."""
        if waba_id not in self._accounts:
            self._accounts[waba_id] = seeds()
        return self._accounts[waba_id]

    def create(self, waba_id: str, raw: bytes) -> Template:
        """Adds a template, pending; GraphError 100 if it can't be read, 2388024 if it is there already."""
        try:
            template = msgspec.json.decode(raw, type=Template)
        except msgspec.MsgspecError as exc:
            raise GraphError(100, str(exc)) from exc
        if self.find(waba_id, template.name, template.language):
            raise GraphError(2388024, title="Content in this language already exists")
        template.id, template.status = _template_id(), "PENDING"
        self.of(waba_id).append(template)
        return template

    def find(self, waba_id: str, name: str, language: str) -> Template | None:
        """The template of this name and language, in whatever status."""
        return next((each for each in self.of(waba_id) if (each.name, each.language) == (name, language)), None)

    def sendable(self, waba_id: str, name: str, language: str) -> Template:
        """The approved template; GraphError 132001, 132015 or 132016 if it may not be sent."""
        template = self.find(waba_id, name, language)
        if template is None or template.status not in ("APPROVED", "PAUSED", "DISABLED"):
            raise GraphError(132001, f"template name ({name}) does not exist in {language}")
        if template.status != "APPROVED":
            raise GraphError(132015 if template.status == "PAUSED" else 132016)
        return template

    def delete(self, waba_id: str, name: str) -> None:
        """Removes all languages of a template; GraphError 100 if there is none."""
        kept = [each for each in self.of(waba_id) if each.name != name]
        if len(kept) == len(self.of(waba_id)):
            raise GraphError(100, f"Message template {name} was not found.", subcode=2593002)
        self._accounts[waba_id] = kept

    def clear(self) -> None:
        """Every account has what it began with."""
        self._accounts.clear()


def _template_id() -> str:
    return str(10**14 + randbelow(9 * 10**14))
