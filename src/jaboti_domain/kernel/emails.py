"""E-mail addresses, in the form in which they are compared."""

import re

LONGEST = 254
_EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


def read_email(text: str) -> str | None:
    """The address in ASCII and lower case; None for what is none."""
    email = text.strip().lower()
    return email if len(email) <= LONGEST and email.isascii() and _EMAIL.fullmatch(email) else None
