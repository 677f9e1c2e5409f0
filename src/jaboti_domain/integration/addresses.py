"""Where an admin may let us send requests to."""

from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

from jaboti_domain.integration.errors import UnsafeAddress


def must_be_safe(url: str, *, allowed_hosts: Collection[str]) -> None:
    """Raise UnsafeAddress unless it is https, with a host and perhaps a port and a path, and nothing else.

    A host that the installation's operator allows (`host` or `host:port`, in lower case) may be asked in clear, too.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise UnsafeAddress() from error
    is_allowed = host in allowed_hosts or f"{host}:{port}" in allowed_hosts
    if not host or not _is_plain(parts, url) or parts.scheme not in (("https", "http") if is_allowed else ("https",)):
        raise UnsafeAddress()


def _is_plain(parts: SplitResult, url: str) -> bool:
    is_written_plainly = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    return is_written_plainly and "@" not in parts.netloc and not parts.query and not parts.fragment
