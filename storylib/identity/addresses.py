"""Network addresses: how they are written, and which of them count as one."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

NAT64: Final = IPv6Network("64:ff9b::/96")  # RFC 6052: a gateway writes an IPv4 address into the last four bytes


def plain(address: str) -> str:
    """Return the address as its owner knows it. A socket that serves IPv6 and IPv4 alike reports ``192.0.2.7`` as
    ``::ffff:192.0.2.7``, which matches nothing that anyone would write into a list of proxies."""
    known = _parsed(address)
    mapped = known.ipv4_mapped if isinstance(known, IPv6Address) else None
    return str(mapped) if mapped else address


def network(address: str) -> str:
    """Return the network that an address counts as: a /64 for IPv6, since one owner has all of it, and the address
    itself for IPv4."""
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
