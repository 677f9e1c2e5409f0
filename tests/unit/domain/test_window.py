"""The time in which a client may be answered freely."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from jaboti_domain.chat.window import ENTRY_POINT_WINDOW, SERVICE_WINDOW, ServiceWindow

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
moments = st.integers(0, 10 * 24 * 60).map(lambda minutes: NOON + timedelta(minutes=minutes))
deeds = st.lists(st.tuples(st.sampled_from(["wrote", "came", "answered"]), moments), max_size=10)
MOMENT = timedelta(milliseconds=1)


def _after(window: ServiceWindow, deed: str, at: datetime) -> ServiceWindow:
    return window.answered(at) if deed == "answered" else window.written(at, entry_point=deed == "came")


@given(deeds)
def test_a_window_only_ever_grows(life: list[tuple[str, datetime]]) -> None:
    window = ServiceWindow()
    for deed, at in life:
        later = _after(window, deed, at)
        assert window.closes_at is None or (later.closes_at is not None and later.closes_at >= window.closes_at)
        window = later


@given(deeds)
def test_a_window_never_outlasts_what_opened_it(life: list[tuple[str, datetime]]) -> None:
    window = ServiceWindow()
    for deed, at in life:
        window = _after(window, deed, at)
    if window.closes_at is not None:
        latest = max(at for _, at in life)
        assert window.closes_at <= latest + ENTRY_POINT_WINDOW


def test_a_window_is_closed_until_the_client_writes() -> None:
    assert not ServiceWindow().is_open(NOON)
    assert ServiceWindow().answered(NOON) == ServiceWindow()


def test_a_message_opens_it_for_24_hours_to_the_millisecond() -> None:
    window = ServiceWindow().written(NOON)
    assert window.is_open(NOON + SERVICE_WINDOW - MOMENT)
    assert not window.is_open(NOON + SERVICE_WINDOW)


def test_an_answer_to_who_came_through_an_ad_opens_it_for_72_hours() -> None:
    answered = NOON + timedelta(hours=23)
    window = ServiceWindow().written(NOON, entry_point=True).answered(answered)
    assert window.closes_at == answered + ENTRY_POINT_WINDOW
    assert window.answered(answered + timedelta(hours=1)) == window


def test_an_answer_after_exactly_24_hours_is_in_time() -> None:
    window = ServiceWindow().written(NOON, entry_point=True).answered(NOON + SERVICE_WINDOW)
    assert window.closes_at == NOON + SERVICE_WINDOW + ENTRY_POINT_WINDOW


def test_an_answer_after_24_hours_opens_nothing() -> None:
    window = ServiceWindow().written(NOON, entry_point=True)
    late = window.answered(NOON + SERVICE_WINDOW + MOMENT)
    assert (late.closes_at, late.entered_at) == (window.closes_at, None)
