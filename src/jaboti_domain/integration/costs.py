"""What messages cost: rate cards, and the charge for each message that was delivered."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from attrs import frozen

from jaboti_domain.integration.messaging import Pricing, ReceiptStatus
from jaboti_domain.kernel.ids import ChatId, IntegrationId, MessageId, UserId

CHARGED = (ReceiptStatus.DELIVERED, ReceiptStatus.READ, ReceiptStatus.PLAYED)
"""A message is charged when it was delivered; that it was sent costs nothing yet."""
DEFAULT_CURRENCY = "USD"
ANY_MARKET = "*"
OTHER = "other"
CATEGORIES = frozenset(
    (
        "marketing",
        "marketing_lite",
        "utility",
        "authentication",
        "authentication-international",
        "service",
        "referral_conversion",
    )
)
"""Those that we know; any other counts as `other`."""
_FREE = "free_"
_RATED_AS = {"marketing_lite": "marketing"}


@frozen(kw_only=True)
class RateCard:
    """What one message of a category costs in a market (a country of ISO 3166, or `*` for any other) from a day on."""

    market: str
    category: str
    currency: str
    valid_from: date
    amount: Decimal

    @property
    def key(self) -> tuple[str, str, str, date]:
        """There is one card of each key."""
        return self.market, self.category, self.currency, self.valid_from


@frozen(kw_only=True)
class Price:
    """What a message costs; the amount is None when there is no rate card for it."""

    category: str
    kind: str
    """Why it is charged or free, in the platform's words: `regular`, `free_entry_point`, ..."""
    amount: Decimal | None
    currency: str
    rated_from: date | None = None
    """The day from which the rate card is valid that was used."""


@frozen(kw_only=True)
class Charge:
    """A message that the platform delivered, and its price at that moment."""

    integration_id: IntegrationId
    provider_id: str
    message_id: MessageId
    chat_id: ChatId
    attendant_id: UserId | None
    """Who wrote it; None for the bot."""
    at: datetime
    country: str | None
    price: Price


class RateBook:
    """Rate cards, to look up prices in."""

    def __init__(self, cards: Iterable[RateCard]) -> None:
        self._cards: defaultdict[tuple[str, str, str], list[RateCard]] = defaultdict(list)
        for card in sorted(cards, key=lambda card: card.valid_from):
            self._cards[card.market, card.category, card.currency].append(card)

    def price(self, pricing: Pricing, *, country: str | None, currency: str, on: date) -> Price:
        """What a message to this country costs that was delivered on this day (in UTC)."""
        category = pricing.category if pricing.category in CATEGORIES else OTHER
        kind = pricing.type or ("regular" if pricing.billable is not False else "free_unnamed")
        if pricing.billable is False or kind.startswith(_FREE):
            return Price(category=category, kind=kind, amount=Decimal(0), currency=currency)
        card = self.find(country, _RATED_AS.get(category, category), currency, on)
        return Price(
            category=category,
            kind=kind,
            amount=card.amount if card else None,
            currency=currency,
            rated_from=card.valid_from if card else None,
        )

    def find(self, country: str | None, category: str, currency: str, on: date) -> RateCard | None:
        """The card that is valid on this day: the country's own, or else that of any market."""
        found = (
            _newest(self._cards.get((market, category, currency), ()), on) for market in (country or "", ANY_MARKET)
        )
        return next((card for card in found if card is not None), None)


def _newest(cards: Sequence[RateCard], on: date) -> RateCard | None:
    place = bisect_right(cards, on, key=lambda card: card.valid_from)
    return cards[place - 1] if place else None


def _brazil(since: date, **amounts: str) -> tuple[RateCard, ...]:
    return tuple(
        RateCard(market="BR", category=category, currency="USD", valid_from=since, amount=Decimal(amount))
        for category, amount in amounts.items()
    )


SEED = (
    *_brazil(date(2025, 7, 1), marketing="0.0625", utility="0.0068", authentication="0.0068", service="0"),
    *_brazil(date(2026, 10, 1), service="0.0068"),
)
"""What every installation begins with: Meta's prices per message for Brazil, in dollars."""
