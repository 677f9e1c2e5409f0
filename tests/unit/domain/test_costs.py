"""What messages cost, and when a company is warned."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from jaboti_domain.client.identity import country_of
from jaboti_domain.integration.budget import Budget
from jaboti_domain.integration.costs import SEED, RateBook, RateCard
from jaboti_domain.integration.messaging import Pricing
from jaboti_domain.kernel.ids import CompanyId, new_id
from jaboti_domain.kernel.money import Money

NOON, NOVEMBER, DECEMBER = datetime(2026, 11, 23, 12, tzinfo=UTC), date(2026, 11, 1), date(2026, 12, 1)
BRAZIL = RateBook(SEED)


def pricing(category: str = "service", kind: str = "regular", *, billable: bool | None = True) -> Pricing:
    return Pricing(category=category, type=kind, model="PMP", billable=billable)


def price(given: Pricing, on: date = date(2026, 11, 23), *, country: str | None = "BR") -> tuple[str, str | None]:
    found = BRAZIL.price(given, country=country, currency="USD", on=on)
    return found.category, None if found.amount is None else str(found.amount)


@pytest.mark.parametrize(
    ("category", "amount"),
    [("marketing", "0.0625"), ("marketing_lite", "0.0625"), ("utility", "0.0068"), ("authentication", "0.0068")],
)
def test_a_message_costs_what_its_category_costs(category: str, amount: str) -> None:
    assert price(pricing(category)) == (category, amount)


def test_answers_are_charged_since_october() -> None:
    assert price(pricing(), date(2026, 9, 30)) == ("service", "0")
    assert price(pricing(), date(2026, 10, 1)) == ("service", "0.0068")


@pytest.mark.parametrize(
    "free", [pricing(kind="free_entry_point"), pricing(kind="free_customer_service"), pricing(kind="", billable=False)]
)
def test_what_is_free_costs_nothing(free: Pricing) -> None:
    assert price(free) == ("service", "0")


def test_that_nothing_is_said_of_billing_makes_nothing_free() -> None:
    assert price(pricing("marketing", billable=None)) == ("marketing", "0.0625")


@pytest.mark.parametrize(
    ("given", "country", "on"),
    [
        (pricing("group_marketing"), "BR", date(2026, 11, 1)),
        (pricing("utility"), "PT", date(2026, 11, 1)),
        (pricing("utility"), None, date(2026, 11, 1)),
        (pricing("utility"), "BR", date(2025, 6, 30)),
        (pricing("authentication-international"), "BR", date(2026, 11, 1)),
    ],
)
def test_without_a_rate_card_there_is_no_price(given: Pricing, country: str | None, on: date) -> None:
    assert price(given, on, country=country)[1] is None


def test_an_unknown_category_counts_as_other() -> None:
    assert price(pricing("group_marketing"))[0] == "other"


def test_a_country_without_a_card_of_its_own_has_that_of_any_market() -> None:
    world = RateCard(market="*", category="utility", currency="USD", valid_from=NOVEMBER, amount=Decimal("0.01"))
    book = RateBook([*SEED, world])
    amounts = [
        book.price(pricing("utility"), country=country, currency="USD", on=DECEMBER).amount
        for country in ("BR", "PT", None)
    ]
    assert amounts == [Decimal("0.0068"), Decimal("0.01"), Decimal("0.01")]


@pytest.mark.parametrize(
    ("phone", "user_id", "country"),
    [
        ("5541988887777", None, "BR"),
        ("351912345678", None, "PT"),
        ("14165550123", None, "CA"),
        ("12025550123", None, "US"),
        ("77011234567", None, "KZ"),
        (None, "BR.10000000000000000", "BR"),
        ("870123456", None, None),
        ("0", None, None),
        (None, "nonsense", None),
        (None, None, None),
    ],
)
def test_names_tell_the_country(phone: str | None, user_id: str | None, country: str | None) -> None:
    assert country_of(phone=phone, cloud_user_id=user_id) == country


def a_budget(amount: str = "100") -> Budget:
    return Budget.of(CompanyId(new_id()), Money(Decimal(amount), "USD"))


def warnings(budget: Budget, spent: str, month: date = NOVEMBER) -> list[object]:
    budget.spent(Decimal(spent), month=month, at=NOON)
    return [getattr(event, "percent", None) for event in budget.collect()]


def test_each_threshold_is_told_once_a_month() -> None:
    budget = a_budget()
    told = [warnings(budget, spent) for spent in ("79.999999", "80", "99", "100", "150")]
    assert told == [[], [80], [], [100], []]
    assert warnings(budget, "80", DECEMBER) == [80]


def test_who_passes_both_at_once_is_told_of_both() -> None:
    assert warnings(a_budget(), "100.000001") == [80, 100]


def test_another_budget_is_told_of_anew_and_the_same_is_not() -> None:
    budget = a_budget()
    warnings(budget, "85")
    budget.change(Money(Decimal(100), "USD"))
    assert warnings(budget, "85") == []
    budget.change(Money(Decimal(90), "USD"))
    assert warnings(budget, "85") == [80]


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-1", "1e8", "1.0000001", "١", "", "1.", "1234567890", "1\n"])
def test_what_is_no_plain_amount_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="no amount"):
        Money.parse(amount, "USD")


@pytest.mark.parametrize("currency", ["usd", "US", "", "USDT", "U$D"])
def test_what_is_no_currency_is_refused(currency: str) -> None:
    with pytest.raises(ValueError, match="no amount"):
        Money.parse("1", currency)


def test_amounts_are_shown_with_six_decimals() -> None:
    assert Money.parse("12.34", "USD").digits == "12.340000"
