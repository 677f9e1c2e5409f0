"""What a client is found by, and what is looked for."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import Self

from attrs import astuple, frozen

from jaboti_domain.kernel.folding import folded

RUN = 4
"""So many digits find in a phone or document; fewer are a part of a word only."""
NAME_KEY = 120
LINE = 256

_NUMERIC = re.compile(r"(?=.*[0-9])[0-9+().\-/]+")
_PUNCTUATED = re.compile(r"[0-9](?:[+().\-/\s]*[0-9])*")
_NO_DIGIT = re.compile(r"[^0-9]")


def name_key(name: str) -> str:
    """What clients are put in order by."""
    return folded(name)[:NAME_KEY]


class Field(Enum):
    """Where something can be looked for."""

    NAME = 0
    EMAIL = 1
    PHONE = 2
    DOCUMENT = 3
    OTHER = 4


ANYWHERE = frozenset(Field)
_NUMBERED = (Field.PHONE, Field.DOCUMENT)


@frozen(kw_only=True)
class Sought:
    """A client's text, by field: comparable words, one line for each thing; phones in digits.

    Numbers that are written with spaces or punctuation stand there once more without.
    """

    name: str = ""
    email: str = ""
    phone: str = ""
    document: str = ""
    other: str = ""

    @classmethod
    def of(
        cls,
        *,
        name: str,
        emails: Iterable[str] = (),
        phones: Iterable[str] = (),
        documents: Iterable[str] = (),
        others: Iterable[str] = (),
    ) -> Self:
        """The text of these; phones in digits."""
        return cls(
            name=_lines([name]),
            email=_lines(emails),
            phone="\n".join(dict.fromkeys(phones)),
            document=_lines(documents),
            other=_lines(others),
        )

    @property
    def fields(self) -> tuple[str, ...]:
        """In the order of Field."""
        return astuple(self)


@frozen
class Part:
    """A word or number that is looked for: it must be in a word of one of these fields."""

    text: str
    fields: frozenset[Field]

    def is_implied_by(self, other: "Part") -> bool:
        """Whether whoever has the other one has this one too."""
        return self != other and self.text in other.text and other.fields <= self.fields

    def is_in(self, sought: Sought) -> bool:
        """Whether the client has it."""
        return any(self.text in sought.fields[field.value] for field in self.fields)


Wanted = Sequence[Part]
"""What must all be there."""


def wanted(text: str, fields: Iterable[Field] = ANYWHERE) -> Wanted | None:
    """What a person means who types this; None when there is nothing in it that could be found.

    Words stand by themselves. Numbers next to each other are one, however it is punctuated, as people write phones.
    """
    parts = list(dict.fromkeys(_parts(text, frozenset(fields))))
    if not parts or any(not part.fields for part in parts):
        return None
    return [part for part in parts if not any(part.is_implied_by(other) for other in parts)]


def holds(parts: Wanted, sought: Sought) -> bool:
    """Whether a client is one that is looked for."""
    return all(part.is_in(sought) for part in parts)


def _parts(text: str, fields: frozenset[Field]) -> Iterator[Part]:
    number = ""
    for word in [*unicodedata.normalize("NFKD", text).split(), ""]:
        if _NUMERIC.fullmatch(word):
            number += _NO_DIGIT.sub("", word)
            continue
        if number:
            yield Part(number, fields if len(number) >= RUN else fields.difference(_NUMBERED))
            number = ""
        if words := folded(word):
            yield Part(words, fields)


def _lines(texts: Iterable[str]) -> str:
    found: dict[str, None] = {}
    for text in texts:
        found[folded(text)[:LINE]] = None
        for number in _PUNCTUATED.findall(unicodedata.normalize("NFKD", text)):
            if digits := _NO_DIGIT.sub("", number):
                found[digits[:LINE]] = None
    lines = [line for line in found if line]
    return "\n".join(line for line in lines if not any(line in other for other in lines if other != line))
