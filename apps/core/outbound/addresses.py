"""Which addresses the house may call: a pure rule over one address and one port. It looks nothing
up, and it never asks how the address was written."""

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def refusal(
    address: Address,
    *,
    port: int,
    at_home: bool,
    own_ports: frozenset[int],
    is_this_machine: bool = False,
) -> str | None:
    """Why the house does not call this address, as a sentence; None when it may. `at_home` says
    that the owner named this place; `own_ports` are the house's own, refused on this machine."""
    shown = f"[{address}]" if address.version == 6 else str(address)
    inner = _unpacked(address)
    if inner is None or _is_in(inner, _NEVER):
        return f"{shown} is reserved for machines and networks themselves and is never called."
    if not 0 < port < 65536 or port in SERVICE_PORTS:
        return f"Port {port} belongs to another kind of service, so no model can answer there."
    if port in own_ports and (is_this_machine or inner.is_loopback):
        return f"{shown}:{port} is the house itself; a connection has to lead somewhere else."
    if _is_in(inner, _HOME):
        return None if at_home else _at_home_needed(shown, inner)
    if _is_in(inner, _NOT_PUBLIC) or not inner.is_global:
        return f"{shown} is not an address of the public internet."
    return None


def _unpacked(address: Address) -> Address | None:
    """The IPv4 address inside an IPv6 one where the kernel or a NAT64 gateway would go there;
    None for a form nobody needs any more, each of which can hide a private address."""
    if isinstance(address, IPv4Address):
        return address
    if address.scope_id is not None:
        return None
    if address.is_loopback:  # stands inside ::/96 and is no tunnel
        return address
    if _is_in(address, _TUNNELS):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _at_home_needed(shown: str, address: Address) -> str:
    where = "this machine itself" if address.is_loopback else "inside a private network"
    return f"{shown} is {where}; to connect to it, switch on “runs at home” (--at-home)."


def _is_in(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address.version == net.version and address in net for net in networks)


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(ip_network(word) for word in text.split())


_HOME = _networks("127.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 ::1/128 fc00::/7")

_NAT64 = IPv6Network("64:ff9b::/96")

# IPv4-compatible, local NAT64, Teredo, 6to4.
_TUNNELS = _networks("::/96 64:ff9b:1::/48 2001::/32 2002::/16")

# Link-local, and the places where clouds keep a machine's credentials: never, also not at home.
_NEVER = _networks(
    "0.0.0.0/8 169.254.0.0/16 168.63.129.16/32 100.100.100.200/32 192.0.0.192/32 "
    "224.0.0.0/4 240.0.0.0/4 ::/128 fe80::/10 fec0::/10 ff00::/8 fd00:ec2::/32 fd20:ce::/32"
)

# Python's is_global differs between patch releases, so what matters is written out here.
_NOT_PUBLIC = _networks(
    "100.64.0.0/10 192.0.0.0/24 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 "
    "192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 "
    "::/3 2001::/23 2001:db8::/32 2620:4f:8000::/48 3fff::/20 4000::/2 8000::/1"
)

# A public base URL may name any port, since providers and gateways run on odd ones; but a request
# to one of these would be read as commands by a mail server, a database or a queue.
SERVICE_PORTS = frozenset(
    {
        *(1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95),
        *(101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 138, 139, 143),
        *(161, 162, 179, 389, 427, 445, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548),
        *(554, 556, 563, 587, 601, 636, 873, 989, 990, 993, 995, 1080, 1433, 1521, 1719, 1720),
        *(1723, 2049, 3128, 3306, 3389, 3659, 4045, 4190, 5060, 5061, 5432, 5671, 5672, 5900),
        *(6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6697, 9042, 9092, 11211, 27017),
    }
)
