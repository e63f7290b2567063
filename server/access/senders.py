"""Who sends, as an address that can be counted."""

from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final

_NOBODY: Final = "nowhere"
_HOST_LENGTH_MAX: Final = 64
"""Longer than any address is written."""


def sender_of(host: str | None) -> str:
    """What an address is counted as. Of IPv6 a subscriber has 2^64: only the first half tells one from another.

    What is no address at all, a Unix socket or a proxy's word, is counted as one sender.
    """
    if host is None or len(host) > _HOST_LENGTH_MAX:
        return _NOBODY
    try:
        address = ip_address(host)
    except ValueError:
        return _NOBODY
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped) if mapped is not None else str(IPv6Network((int(address), 64), strict=False))
    return str(address)
