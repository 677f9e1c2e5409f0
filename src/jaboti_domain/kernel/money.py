"""Money: exact amounts, each in its currency."""

import re
from decimal import Decimal
from typing import Self

from attrs import frozen

_CURRENCY = re.compile(r"[A-Z]{3}")


@frozen
class Money:
    """An amount of one currency (ISO 4217, three capitals)."""

    amount: Decimal
    currency: str

    @classmethod
    def parse(cls, amount: str, currency: str) -> Self:
        """Read a plain decimal number of at most six decimals. Raises ValueError for anything else."""
        if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", amount, re.ASCII) or not _CURRENCY.fullmatch(currency):
            raise ValueError("no amount, or no currency")
        return cls(Decimal(amount), currency)

    @property
    def digits(self) -> str:
        """The amount with six decimals, as documents show it."""
        return f"{self.amount:.6f}"
