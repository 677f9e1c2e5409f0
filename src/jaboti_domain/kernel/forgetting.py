"""What stays of a name that must not be read any more: enough to know it again."""

from hashlib import sha256

FORGOTTEN = "gone:"


def forgotten(name: str) -> str:
    """A name that platforms made up at random, so that nobody can guess it by its hash."""
    return FORGOTTEN + sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
