"""Rate cards as CSV."""

import pytest

from jaboti_domain.integration.costs import SEED
from jaboti_entrypoints.rates import UnreadableRates, cards_in, written

HEAD = "market,category,currency,valid_from,amount\n"
GOOD = "BR,utility,USD,2026-01-01,0.0068\n"


def test_what_is_shown_can_be_read_back() -> None:
    assert set(cards_in(written(SEED))) == set(SEED)


def test_spaces_and_empty_lines_do_not_matter() -> None:
    (card,) = cards_in(HEAD + "\n * , utility ,USD, 2026-01-01 , 1 \n\n")
    assert (card.market, card.category, str(card.amount)) == ("*", "utility", "1")


@pytest.mark.parametrize(
    "line",
    [
        "br,utility,USD,2026-01-01,1",
        "BRA,utility,USD,2026-01-01,1",
        "BR,Utility,USD,2026-01-01,1",
        "BR,,USD,2026-01-01,1",
        "BR,utility,US,2026-01-01,1",
        "BR,utility,USD,2026-02-30,1",
        "BR,utility,USD,20260101,1",
        "BR,utility,USD,2026-01-01,NaN",
        "BR,utility,USD,2026-01-01,-1",
        "BR,utility,USD,2026-01-01,1e3",
        "BR,utility,USD,2026-01-01,0.0000001",
        "BR,utility,USD,2026-01-01,1000000",
        "BR,utility,USD,2026-01-01",
        "BR,utility,USD,2026-01-01,1,2",
        "=cmd,utility,USD,2026-01-01,1",
    ],
)
def test_a_line_that_is_wrong_is_named(line: str) -> None:
    with pytest.raises(UnreadableRates) as refused:
        cards_in(HEAD + GOOD + line + "\n")
    assert refused.value.details["lines"] == [3]


@pytest.mark.parametrize("text", ["", "market;category\n", GOOD, HEAD.upper() + GOOD, HEAD + GOOD + GOOD])
def test_what_is_no_such_file_is_refused(text: str) -> None:
    with pytest.raises(UnreadableRates):
        cards_in(text)
