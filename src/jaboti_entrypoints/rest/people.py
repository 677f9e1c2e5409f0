"""How names, addresses and passwords are given."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from jaboti_domain.identity.model import PASSWORD_LENGTH


def _printable(text: str) -> str:
    if not text.isprintable():
        raise PydanticCustomError("characters", "not printable")
    return text


Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_printable)
]
Email = Annotated[str, Field(max_length=254)]
Password = Annotated[
    str,
    Field(max_length=1024, description=f"From {PASSWORD_LENGTH.start} to {PASSWORD_LENGTH.stop - 1} characters."),
]
