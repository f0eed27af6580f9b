"""Pictures that a server gives by address instead of sending them.

What stands in an answer is a stranger's word. So an address is asked only if it is the server's own host, or https to
the public internet: never another machine of the school's network. Each redirect is looked at like the first address,
and no more is read than a picture may have.
"""

from __future__ import annotations

import ipaddress
import socket
from time import monotonic
from typing import Final
from urllib.parse import urljoin, urlparse

import httpx2

from storylib.providers.openai.error_mapping import fault
from storylib.providers.openai.server import Server

MOST_BYTES: Final = 64 * 2**20
LONGEST: Final = 60.0  # seconds for all of it
REDIRECTS: Final = 3
HERE: Final = {"localhost", "127.0.0.1", "::1"}  # one host by three names


def fetch(server: Server, address: str) -> bytes:
    """Return what is at the address.

    Raises:
        ProviderError: it leads where it may not, or is too large or too slow.
        httpx2.HTTPError: it cannot be had now.
    """
    address = _readable("", address)
    for _ in range(1 + REDIRECTS):
        own = _is_own(server, address)
        if not own and not _is_public(address):
            raise fault("bad_output", "the picture's address is neither the server's own host nor public https")
        timeout, key = server.timeout("checks"), server.authorization(address)
        with server.http.stream("GET", address, headers=key, timeout=timeout, follow_redirects=False) as answer:
            if not own and not _came_from_public(answer):
                raise fault("bad_output", "the picture's address leads into a private network")
            if answer.has_redirect_location:
                address = _readable(address, answer.headers["location"])
                continue
            return _read(answer.raise_for_status())
    raise fault("bad_output", "too many redirects")


def _readable(base: str, address: str) -> str:
    """Return a whole address; none for what cannot be taken apart."""
    try:
        whole = urljoin(base, address)
        urlparse(whole).port  # noqa: B018, asking is what fails
    except ValueError:
        return ""
    return whole


def _is_own(server: Server, address: str) -> bool:
    here, there = urlparse(server.base_url).hostname, urlparse(address).hostname
    return urlparse(address).scheme in ("http", "https") and (here == there or {here, there} <= HERE)


def _is_public(address: str) -> bool:
    parts = urlparse(address)
    if parts.scheme != "https" or not parts.hostname:
        return False
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, ValueError, UnicodeError):  # unknown, or no name of a host at all
        return False
    return all(_is_global(str(each[4][0])) for each in found)


def _came_from_public(answer: httpx2.Response) -> bool:
    """A name may have changed its mind between the look and the connection."""
    peer = answer.extensions["network_stream"].get_extra_info("server_addr")
    return peer is None or _is_global(str(peer[0]))


def _is_global(host: str) -> bool:
    found = ipaddress.ip_address(host.partition("%")[0])
    return (getattr(found, "ipv4_mapped", None) or found).is_global


def _read(answer: httpx2.Response) -> bytes:
    data, began = bytearray(), monotonic()
    for piece in answer.iter_bytes():
        data += piece
        if len(data) > MOST_BYTES:
            raise fault("bad_output", f"more than {MOST_BYTES} bytes")
        if monotonic() - began > LONGEST:
            raise fault("bad_output", f"not there after {LONGEST:.0f} s")
    return bytes(data)
