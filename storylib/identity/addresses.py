"""How addresses of the network are written, and which of them count as one place."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

NAT64: Final = IPv6Network("64:ff9b::/96")  # RFC 6052: a gateway writes an IPv4 address into the last four bytes


def plain(address: str) -> str:
    """The address as its owner knows it. A socket that serves IPv6 and IPv4 alike calls ``192.0.2.7``
    ``::ffff:192.0.2.7``, which is equal to nothing that anybody would write into a list of proxies."""
    known = _parsed(address)
    mapped = known.ipv4_mapped if isinstance(known, IPv6Address) else None
    return str(mapped) if mapped else address


def network(address: str) -> str:
    """The place that it counts as: whoever has one address of IPv6 has a whole /64 of them, of IPv4 only that one."""
    known = _parsed(plain(address))
    if not isinstance(known, IPv6Address):
        return plain(address)
    if known in NAT64:
        return str(IPv4Address(known.packed[-4:]))
    return str(IPv6Network((known, 64), strict=False))


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None
