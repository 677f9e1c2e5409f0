"""Text as it is compared and searched."""

import unicodedata


def folded(text: str) -> str:
    """The text without case, accents and surrounding space: texts that people would call the same are equal in it."""
    decomposed = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
