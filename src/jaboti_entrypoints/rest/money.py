"""Money on the wire: a decimal as text, with its currency beside it."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from jaboti_domain.kernel.money import Money
from jaboti_entrypoints.rest.wire import Shown

DECIMALS = 4


class MoneyShown(Shown):
    """An exact amount, with at least four digits after the point, of a currency (ISO 4217)."""

    amount: Annotated[str, Field(pattern=r"^-?[0-9]+\.[0-9]{4,}$")]
    currency: str


def money_shown(money: Money) -> Mapping[str, str]:
    """The same as plain data."""
    exponent = money.amount.as_tuple().exponent
    digits = max(DECIMALS, -exponent) if isinstance(exponent, int) else DECIMALS
    return {"amount": f"{money.amount:.{digits}f}", "currency": money.currency}
