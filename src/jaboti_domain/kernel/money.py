"""Money: exact amounts, each in its currency."""

from decimal import Decimal

from attrs import frozen


@frozen
class Money:
    """An amount of one currency (ISO 4217, three capitals)."""

    amount: Decimal
    currency: str
