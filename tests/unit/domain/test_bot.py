"""The menu, the smallest useful bot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaboti_domain.chat.bot import PATIENCE, PERSON, BotAnswer, BotTurn, MenuBot
from jaboti_domain.integration.content import Content, Location, Text
from jaboti_domain.kernel.bot import BotSettings
from jaboti_domain.kernel.events import Named
from jaboti_domain.kernel.ids import new_id

SALES, SUPPORT = Named(new_id(), "Vendas"), Named(new_id(), "Suporte Técnico")
SETTINGS = BotSettings(greeting="Olá! Bem-vindo.")


def _answer(said: str | Content, *, turn: int = 2, departments: tuple[Named, ...] = (SALES, SUPPORT)) -> BotAnswer:
    content = Text(body=said) if isinstance(said, str) else said
    return MenuBot()(BotTurn(settings=SETTINGS, departments=departments, content=content, turn=turn))


def test_whoever_comes_is_greeted_and_shown_the_departments_whatever_they_said() -> None:
    answer = _answer("1", turn=1)
    (menu,) = answer.says
    assert not answer.done
    assert menu.text.startswith(SETTINGS.greeting)
    assert all(line in menu.text for line in ("1 - Vendas", "2 - Suporte Técnico", "0 - "))


def test_without_departments_the_greeting_is_all() -> None:
    answer = _answer("Oi", turn=1, departments=())
    assert [content.text for content in answer.says] == [SETTINGS.greeting]
    assert (answer.done, answer.department) == (True, None)


@pytest.mark.parametrize("said", ["2", " 2. ", "suporte tecnico", "SUPORTE TÉCNICO!"])
def test_a_department_is_chosen_by_number_or_name(said: str) -> None:
    answer = _answer(said)
    assert (answer.done, answer.department) == (True, SUPPORT)


def test_zero_calls_a_person() -> None:
    answer = _answer(PERSON)
    assert (answer.done, answer.department) == (True, None)


@pytest.mark.parametrize("said", ["3", "-", "", "quero comprar", Location(latitude=0.0, longitude=0.0)])
def test_what_it_does_not_understand_it_asks_again_and_not_for_ever(said: str | Content) -> None:
    assert [_answer(said, turn=turn).done for turn in range(2, PATIENCE + 2)] == [False, False, True]


@given(st.text(max_size=50), st.integers(1, 9), st.integers(0, 5))
def test_it_always_says_something_and_knows_its_departments(said: str, turn: int, many: int) -> None:
    departments = tuple(Named(new_id(), f"Setor {number}") for number in range(many))
    answer = _answer(said, turn=turn, departments=departments)
    assert all(content.text for content in answer.says)
    assert answer.says
    assert answer.department is None or (answer.done and answer.department in departments)
