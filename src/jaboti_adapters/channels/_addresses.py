"""Which network addresses are public: by a list of our own, as Python's differs from version to version."""

from ipaddress import IPv4Address, IPv6Network, ip_address, ip_network

_OTHERWISE_USED = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # public by its number, and answered by the machine's own cloud
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All else, IPv4 that is mapped (::ffff:0:0/96) or translated (64:ff9b::/96) included, is not for us to call."""
_OTHERWISE_USED_6 = tuple(
    IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)


def is_public(address: str) -> bool:
    """Whether it is the address of a host on the Internet, and of none nearer. Raises ValueError unless an address."""
    read = ip_address(address)
    if isinstance(read, IPv4Address):
        return not any(read in network for network in _OTHERWISE_USED)
    return read in _GLOBAL_UNICAST and not any(read in network for network in _OTHERWISE_USED_6)
