"""A dashboard has room for so much, and no more."""

import pytest

from jaboti_adapters.contracts.layouts import a_widget
from jaboti_domain.dashboard.errors import LayoutTooLarge, TooManyWidgets, WidgetsAlike
from jaboti_domain.dashboard.model import DEFAULT, LARGEST, MOST_WIDGETS, Layout
from jaboti_domain.kernel.ids import UserId, new_id
from tests.unit.dashboard.lives import COMPANY


def a_layout() -> Layout:
    return Layout.untouched(COMPANY, UserId(new_id()))


def test_it_holds_fifty_widgets_and_not_one_more() -> None:
    layout = a_layout()
    layout.arrange([a_widget(str(number)) for number in range(MOST_WIDGETS)])
    with pytest.raises(TooManyWidgets):
        layout.arrange([a_widget(str(number)) for number in range(MOST_WIDGETS + 1)])
    assert len(layout.widgets) == MOST_WIDGETS


def test_no_two_widgets_have_the_same_id() -> None:
    with pytest.raises(WidgetsAlike):
        a_layout().arrange([a_widget("a"), a_widget("b"), a_widget("a")])


def test_it_is_as_large_as_its_json_in_utf_8() -> None:
    room = LARGEST - len('[{"id":"a","type":"series.day","x":1,"y":2,"w":3,"h":4,"settings":{"t":""}}]')
    a_layout().arrange([a_widget("a", settings={"t": "x" * room})])
    for text in ("x" * (room + 1), "á" * (room // 2 + 1)):
        with pytest.raises(LayoutTooLarge):
            a_layout().arrange([a_widget("a", settings={"t": text})])


def test_the_usual_one_could_be_saved_as_it_is() -> None:
    layout = a_layout()
    layout.arrange(DEFAULT)
    places = [(widget.x, widget.y) for widget in DEFAULT]
    assert len(set(places)) == len(places)
    assert all(widget.x + widget.w <= 12 for widget in DEFAULT)
