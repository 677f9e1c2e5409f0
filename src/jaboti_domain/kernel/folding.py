"""Text as it is compared, put in order and searched: the one place where text is made comparable."""

import unicodedata

_UNSEEN = frozenset({"Mn", "Mc", "Me", "Cc", "Cf", "Cs"})
"""Categories of marks that combine, of controls and formats, and of halves of characters."""


def folded(text: str) -> str:
    """Words without accents and case, and without characters that nobody sees; punctuation stays."""
    if text.isascii() and text.isprintable():
        return " ".join(text.lower().split())
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    words = ("".join(c for c in word if unicodedata.category(c) not in _UNSEEN) for word in decomposed.split())
    return " ".join(filter(None, words))
