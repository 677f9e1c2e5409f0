"""Names of files, as people and platforms give them."""

import unicodedata

LONGEST = 200
"""Characters."""
_REPLACED = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def clean_name(given: str | None) -> str | None:
    """A name that is nothing but a name: no path, nothing invisible, nothing that turns the text round. None: none."""
    if given is None:
        return None
    last = given.replace("\\", "/").rpartition("/")[2]
    visible = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c) not in _INVISIBLE)
    name = visible.translate(_REPLACED).strip(" .")
    return _shortened(name) or None


def _shortened(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 16:
        return name[:LONGEST]
    return stem[: LONGEST - len(extension) - 1] + dot + extension
