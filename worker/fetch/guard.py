"""Where we never connect to: a pure decision on the address that a socket is about to use.

It is asked for every socket, after the name was resolved, so that a literal, a redirect, a name that points inside and
a name that changes between two look-ups (DNS rebinding) all meet the same check.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from dateline.settings import Network

Address = IPv4Address | IPv6Address

# IANA's special-purpose registry (RFC 6890 and its updates), multicast, and two addresses of clouds that look public.
# The more telling name comes first.
_REFUSED_V4 = tuple(
    (ip_network(cidr), what)
    for cidr, what in (
        ("169.254.169.254/32", "a cloud's metadata service"),
        ("100.100.100.200/32", "a cloud's metadata service"),
        ("192.0.0.192/32", "a cloud's metadata service"),
        ("168.63.129.16/32", "a cloud's wire server"),
        ("0.0.0.0/8", "this host"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared by carriers (CGNAT)"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved for protocols"),
        ("192.0.2.0/24", "for documentation"),
        ("192.31.196.0/24", "an AS112 sink"),
        ("192.52.193.0/24", "an AMT relay"),
        ("192.88.99.0/24", "a 6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "an AS112 sink"),
        ("198.18.0.0/15", "for benchmarks"),
        ("198.51.100.0/24", "for documentation"),
        ("203.0.113.0/24", "for documentation"),
        ("224.0.0.0/4", "multicast"),
        ("255.255.255.255/32", "broadcast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_REFUSED_V6 = tuple(
    (ip_network(cidr), what)
    for cidr, what in (
        ("fd00:ec2::254/128", "a cloud's metadata service"),
        ("::/128", "this host"),
        ("::1/128", "loopback"),
        ("::/96", "an IPv4-compatible form"),
        ("::ffff:0:0:0/96", "an IPv4-translated form"),
        ("64:ff9b:1::/48", "a local NAT64 prefix"),
        ("2001::/32", "a Teredo tunnel"),
        ("2001:db8::/32", "for documentation"),
        ("2001::/23", "reserved for protocols"),
        ("2002::/16", "a 6to4 tunnel"),
        ("2620:4f:8000::/48", "an AS112 sink"),
        ("3fff::/20", "for documentation"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
_GLOBAL_V6 = ip_network("2000::/3")  # all that IANA has given out as global unicast: whatever lies outside is refused
_NAT64 = ip_network("64:ff9b::/96")  # RFC 6052: how an IPv6-only network reaches every IPv4 publisher

# The ports that browsers refuse too (the Fetch standard's "bad ports"): no page is served there, but a mail server or
# a chat server could be made to read our request as commands of its own.
# fmt: off
REFUSED_PORTS = frozenset({
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
    110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530,
    531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190,
    5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
})
# fmt: on


@dataclass(frozen=True, slots=True)
class Guard:
    """Which addresses may be connected to.

    `allow` names networks that the operator opened, `allow_endpoints` single (address, port) pairs. All else that is
    not a public unicast address is refused.
    """

    allow: tuple[Network, ...] = ()
    allow_endpoints: frozenset[tuple[str, int]] = frozenset()

    def refusal(self, address: str, port: int) -> str | None:
        """Why we do not connect to this address and port, in words; None when we may."""
        try:
            used = _really_used(ip_address(address.partition("%")[0]))
        except ValueError:
            return f"{address!r} is not an IP address"
        if (str(used), port) in self.allow_endpoints:
            return None
        if port in REFUSED_PORTS:
            return f"port {port} belongs to another protocol than HTTP"
        if any(used.version == network.version and used in network for network in self.allow):
            return None
        return _special(used)


def _really_used(address: Address) -> Address:
    """The address that packets go to in the end: the IPv4 one inside a mapped or a NAT64 form."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


def _special(address: Address) -> str | None:
    refused = _REFUSED_V4 if address.version == 4 else _REFUSED_V6
    for network, what in refused:
        if address in network:
            return f"{address} is not a public address: {what}"
    if address.version == 6 and address not in _GLOBAL_V6:
        return f"{address} is not a public address: outside of 2000::/3"
    return None
