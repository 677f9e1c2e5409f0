"""Rate cards as CSV."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date

from jaboti_domain.integration.costs import ANY_MARKET, RateCard
from jaboti_domain.kernel.errors import Invalid
from jaboti_domain.kernel.money import Money

COLUMNS = ("market", "category", "currency", "valid_from", "amount")
_MARKET = re.compile(r"[A-Z]{2}")
_CATEGORY = re.compile(r"[a-z][a-z_-]{0,49}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class UnreadableRates(Invalid):
    """The file is no CSV of rate cards."""

    code = "rates.unreadable"
    portuguese = "O arquivo não é um CSV de tarifas."


def cards_in(text: str) -> Sequence[RateCard]:
    """The cards of a file. Raises UnreadableRates, naming every line that is wrong."""
    lines = list(csv.reader(io.StringIO(text)))
    if not lines or tuple(lines[0]) != COLUMNS:
        raise UnreadableRates(needed=",".join(COLUMNS))
    cards, wrong = list[RateCard](), list[int]()
    for number, line in enumerate(lines[1:], 2):
        if line:
            try:
                cards.append(_card(line))
            except ValueError:
                wrong.append(number)
    if wrong or len({card.key for card in cards}) != len(cards):
        raise UnreadableRates(lines=wrong or "two are of the same market, category, currency and day")
    return cards


def written(cards: Iterable[RateCard]) -> str:
    """What `cards_in` reads."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_line(card) for card in cards)
    return text.getvalue()


def _card(line: Sequence[str]) -> RateCard:
    market, category, currency, valid_from, amount = (field.strip() for field in line)
    if not (_MARKET.fullmatch(market) or market == ANY_MARKET) or not _CATEGORY.fullmatch(category):
        raise ValueError(line)
    if not _DAY.fullmatch(valid_from):
        raise ValueError(valid_from)
    price = Money.parse(amount, currency)
    day = date.fromisoformat(valid_from)
    if price.amount >= 10**6:
        raise ValueError(amount)
    return RateCard(market=market, category=category, currency=currency, valid_from=day, amount=price.amount)


def _line(card: RateCard) -> tuple[str, ...]:
    amount = Money(card.amount, card.currency).digits
    return (card.market, card.category, card.currency, card.valid_from.isoformat(), amount)
