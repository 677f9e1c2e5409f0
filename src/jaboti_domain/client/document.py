"""Brazilian registrations: CPF of people, CNPJ of companies (with letters since July 2026, IN RFB 2.229/2024)."""

from enum import StrEnum
from typing import Self

from attrs import frozen
from stdnum.br import cnpj, cpf
from stdnum.exceptions import ValidationError

from jaboti_domain.client.errors import InvalidDocument


class DocumentKind(StrEnum):
    """Which register it stands in."""

    CPF = "CPF"
    CNPJ = "CNPJ"


@frozen
class Document:
    """A CPF (11 digits) or CNPJ (14 letters and digits), without punctuation."""

    kind: DocumentKind
    number: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read it with or without mask; the check digits are verified. Raises InvalidDocument."""
        if text.isascii():
            for kind, register in ((DocumentKind.CPF, cpf), (DocumentKind.CNPJ, cnpj)):
                try:
                    return cls(kind, register.validate(text))
                except ValidationError:
                    continue
        raise InvalidDocument()

    @property
    def masked(self) -> str:
        """As people write it: `123.456.789-09`, `12.ABC.345/01DE-35`."""
        return str((cpf if self.kind is DocumentKind.CPF else cnpj).format(self.number))
