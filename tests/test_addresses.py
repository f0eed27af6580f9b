"""Which addresses are one place, and whom a proxy is believed, over sockets that serve IPv6 and IPv4 alike."""

from __future__ import annotations

import pytest

from storylib.identity import addresses, login_throttle
from storylib.identity.login_throttle import Origin

PER_ADDRESS = 30  # wrong passwords in an hour


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::FFFF:c000:0207", "192.0.2.7"),
        ("0:0:0:0:0:ffff:127.0.0.1", "127.0.0.1"),
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::7", "2001:db8::7"),
        ("::1", "::1"),
        ("64:ff9b::127.0.0.1", "64:ff9b::127.0.0.1"),  # a gateway's: nobody at this machine
        ("unix:", "unix:"),
        ("", ""),
    ],
)
def test_an_address_of_ipv4_is_written_as_such(written: str, meant: str) -> None:
    assert addresses.plain(written) == meant


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("::ffff:192.0.2.101", "::ffff:192.0.2.102"),
        ("64:ff9b::192.0.2.103", "64:ff9b::192.0.2.104"),
        ("2001:db8:0:1::1", "2001:db8:0:2::1"),
    ],
)
def test_who_guesses_from_one_address_holds_up_no_other(one: str, other: str) -> None:
    for _ in range(PER_ADDRESS):
        login_throttle.failed(Origin(one), None)
    assert login_throttle.held(Origin(one), None)
    assert not login_throttle.held(Origin(other), None)


@pytest.mark.parametrize(
    ("one", "same"),
    [("::ffff:203.0.113.1", "203.0.113.1"), ("2001:db8:0:3::1", "2001:db8:0:3:ffff::9")],
)
def test_however_it_is_written_it_is_one_place(one: str, same: str) -> None:
    for _ in range(PER_ADDRESS):
        login_throttle.failed(Origin(one), None)
    assert login_throttle.held(Origin(same), None)
