"""The bot that greets, and asks for the department."""

import unicodedata
from collections.abc import Sequence
from typing import Protocol

from attrs import frozen

from jaboti_domain.integration.content import Content, Text
from jaboti_domain.kernel.bot import BotSettings
from jaboti_domain.kernel.events import Named

PERSON = "0"
PATIENCE = 3
"""After so many answers that it did not understand, the menu lets a person take over."""


@frozen(kw_only=True)
class BotTurn:
    """What the bot is asked: the client's `turn`-th message while the bot has the chat, the first being 1."""

    settings: BotSettings
    departments: Sequence[Named]
    content: Content
    turn: int


@frozen(kw_only=True)
class BotAnswer:
    """What it says, and (`done`) whether the chat goes to the queue, of a department or everyone's."""

    says: Sequence[Content] = ()
    done: bool = False
    department: Named | None = None


class Bot(Protocol):
    """Answers a client until it knows where the chat belongs. Quick and without I/O: it runs inside the transaction."""

    def __call__(self, turn: BotTurn) -> BotAnswer: ...


@frozen(kw_only=True)
class MenuBot(Bot):
    """The smallest useful bot: a greeting, the departments by number, and 0 for a person."""

    def __call__(self, turn: BotTurn) -> BotAnswer:
        if not turn.departments:
            return BotAnswer(says=(Text(body=turn.settings.greeting),), done=True)
        if turn.turn == 1:
            return BotAnswer(says=(Text(body=_menu(turn)),))
        said = _plain(turn.content.text)
        if said == PERSON:
            return BotAnswer(says=(Text(body="Certo! Logo uma pessoa vai atender você."),), done=True)
        chosen = _chosen(said, turn.departments)
        if chosen is not None:
            return BotAnswer(
                says=(Text(body=f"Certo, {chosen.name}. Logo alguém vai atender você."),), done=True, department=chosen
            )
        if turn.turn > PATIENCE:
            return BotAnswer(says=(Text(body="Vou chamar uma pessoa para ajudar você."),), done=True)
        return BotAnswer(says=(Text(body="Não entendi. " + _choices(turn.departments)),))


def _menu(turn: BotTurn) -> str:
    return f"{turn.settings.greeting}\n\n{_choices(turn.departments)}"


def _choices(departments: Sequence[Named]) -> str:
    lines = [f"{number} - {department.name}" for number, department in enumerate(departments, 1)]
    return "\n".join(["Responda com o número do setor:", *lines, f"{PERSON} - Falar com uma pessoa"])


def _chosen(said: str, departments: Sequence[Named]) -> Named | None:
    for number, department in enumerate(departments, 1):
        if said in (str(number), _plain(department.name)):
            return department
    return None


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if c.isalnum() or c == " ").strip()
