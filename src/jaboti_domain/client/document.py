"""Brazilian registrations: CPF of people, CNPJ of companies (with letters since July 2026, IN RFB 2.229/2024)."""

from enum import StrEnum
from typing import Self

from attrs import frozen
from stdnum.br import cnpj, cpf
from stdnum.exceptions import ValidationError

from jaboti_domain.client.errors import InvalidDocument

LONGEST = 32


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
        """Read it with or without mask; the check digits are verified. Raises InvalidDocument.

        One digit over and over has right check digits too, but no register ever gave it out.
        """
        if text.isascii() and len(text) <= LONGEST:
            for kind, register in ((DocumentKind.CPF, cpf), (DocumentKind.CNPJ, cnpj)):
                try:
                    number = register.validate(text)
                except ValidationError:
                    continue
                if len(set(number)) > 1:
                    return cls(kind, number)
        raise InvalidDocument()

    @property
    def masked(self) -> str:
        """As people write it: `123.456.789-09`, `12.ABC.345/01DE-35`."""
        return str((cpf if self.kind is DocumentKind.CPF else cnpj).format(self.number))
