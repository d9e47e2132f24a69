"""Resolve, test every address, and only then connect: the check that both HTTP clients share. A
name with one refused address is refused whole, since nobody can say which one would answer."""

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from apps.core.outbound.addresses import Address, refusal
from apps.core.outbound.errors import OutboundRefused
from apps.core.outbound.target import Target

Lookup = Callable[[str, int], Sequence[str]]


def system_lookup(host: str, port: int) -> list[str]:
    """What the machine's own resolver says; raises socket.gaierror when it knows nothing."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as problem:
        raise socket.gaierror(socket.EAI_NONAME, "the name cannot be looked up") from problem
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True)
class Guard:
    """Decides for one client. With `at_home` set, that client reaches this one host and port and
    nothing else, so the exception for a home network cannot be carried to a neighbour."""

    own_ports: frozenset[int]
    at_home: Target | None = None
    lookup: Lookup = system_lookup

    def check_place(self, host: str, port: int) -> None:
        home = self.at_home
        if home is not None and (host, port) != (home.host, home.port):
            raise OutboundRefused(f"This connection may reach {home} alone, not {host}:{port}.")

    def addresses(self, host: str, port: int) -> list[Address]:
        """Every address of the host, all of them tested. May wait for the resolver."""
        self.check_place(host, port)
        literal = Target(scheme="http", host=host, port=port).address
        found = [literal] if literal else [ip_address(text) for text in self.lookup(host, port)]
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "the name has no address")
        for address in found:
            self.test(address, port)
        return found

    def test(self, address: Address, port: int) -> None:
        reason = refusal(
            address,
            port=port,
            at_home=self.at_home is not None,
            own_ports=self.own_ports,
            is_this_machine=port in self.own_ports and is_this_machine(address),
        )
        if reason is not None:
            raise OutboundRefused(reason)


def is_this_machine(address: Address) -> bool:
    """Whether the kernel would reach this address without leaving the machine: it then chooses the
    same address as the source. Connecting a datagram socket sends nothing."""
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((str(address), 9))
            return ip_address(probe.getsockname()[0]) == address
    except OSError:
        return False
