"""Where we never connect to, and where we do."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.fetch.guard import Guard

_HOSTILE = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.1.2.3 127.255.255.255
168.63.129.16 169.254.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.31.196.1
192.52.193.1 192.88.99.1 192.168.0.1 192.175.48.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1
239.255.255.250 240.0.0.1 255.255.255.255 :: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1
::ffff:169.254.169.254 ::ffff:168.63.129.16 ::ffff:0:127.0.0.1 ::ffff:0:8.8.8.8 64:ff9b::127.0.0.1 64:ff9b::10.0.0.1
64:ff9b::169.254.169.254 64:ff9b:1::8.8.8.8 100::1 2001::1 2001:0:7f00:1:: 2001:2::1 2001:10::1 2001:20::1 2001:1ff::1
2001:db8::1 2002:7f00:1:: 2002:808:808:: 2620:4f:8000::1 3fff::1 4000::1 5f00::1 fc00::1 fd00:ec2::254 fd12:3456::1
fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1
"""
HOSTILE = _HOSTILE.split()

_PUBLIC = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 93.184.216.34 100.63.255.255 100.128.0.1 126.255.255.255 128.0.0.1
168.63.129.15 169.253.255.255 172.15.255.255 172.32.0.1 191.255.255.255 192.0.1.1 192.167.255.255 192.169.0.1
198.17.255.255 198.20.0.1 223.255.255.255 ::ffff:8.8.8.8 64:ff9b::8.8.8.8 2001:200::1 2001:4860:4860::8888
2606:4700::1111 2a00:1450:4001::1 2620:4f:8001::1
"""
PUBLIC = _PUBLIC.split()


@pytest.mark.parametrize("address", HOSTILE)
def test_an_address_that_is_not_public_is_refused_with_its_reason(address: str) -> None:
    refusal = Guard().refusal(address, 80)
    assert refusal is not None
    assert "is not a public address: " in refusal


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_not_refused(address: str) -> None:
    assert Guard().refusal(address, 443) is None


def test_the_tables_are_large_enough_to_mean_something() -> None:
    assert len(HOSTILE) >= 60
    assert len(PUBLIC) >= 25


@pytest.mark.parametrize("address", ["", "localhost", "127.1", "0x7f000001", "2130706433", "1.2.3.4.5", "::g"])
def test_what_is_no_address_is_refused(address: str) -> None:
    assert Guard().refusal(address, 80) is not None


@pytest.mark.parametrize(
    ("address", "port", "allowed"),
    [
        ("10.1.2.3", 80, True),
        ("::ffff:10.1.2.3", 80, True),  # the address really used is the one that was opened
        ("10.2.0.1", 80, False),
        ("127.0.0.1", 80, False),
        ("fd00::1", 80, True),
        ("fd00:ec2::254", 80, False),
        ("10.1.2.3", 25, False),
    ],
)
def test_an_operator_opens_a_network_and_no_more(address: str, port: int, allowed: bool) -> None:
    guard = Guard(allow=(ip_network("10.1.0.0/16"), ip_network("fd00::/64")))
    assert (guard.refusal(address, port) is None) is allowed


@pytest.mark.parametrize(
    ("address", "port", "allowed"),
    [
        ("127.0.0.1", 8081, True),
        ("::ffff:127.0.0.1", 8081, True),
        ("127.0.0.1", 8082, False),
        ("127.0.0.2", 8081, False),
        ("::1", 8081, False),
        ("10.0.0.1", 8081, False),
    ],
)
def test_an_endpoint_is_one_address_and_one_port(address: str, port: int, allowed: bool) -> None:
    guard = Guard(allow_endpoints=frozenset({("127.0.0.1", 8081)}))
    assert (guard.refusal(address, port) is None) is allowed


@pytest.mark.parametrize("port", [0, 22, 25, 53, 110, 143, 465, 587, 993, 2049, 6000, 6667])
def test_a_port_of_another_protocol_is_refused_even_at_a_public_address(port: int) -> None:
    assert Guard().refusal("8.8.8.8", port) == f"port {port} belongs to another protocol than HTTP"


@pytest.mark.parametrize("port", [80, 81, 443, 591, 3000, 5000, 8000, 8008, 8080, 8081, 8443, 8888, 9000, 65535])
def test_the_odd_ports_that_publishers_use_are_open(port: int) -> None:
    assert Guard().refusal("8.8.8.8", port) is None


@given(st.ip_addresses())
def test_nothing_that_the_standard_library_calls_private_is_let_through(address: object) -> None:
    text = str(address)
    plain = ip_address(text)
    if plain.is_private or plain.is_loopback or plain.is_link_local or plain.is_multicast or plain.is_reserved:
        inside = getattr(plain, "ipv4_mapped", None)
        nat64 = plain in ip_network("64:ff9b::/96") if plain.version == 6 else False
        if not nat64 and (inside is None or not inside.is_global):
            assert Guard().refusal(text, 80) is not None
