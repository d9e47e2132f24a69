"""A base URL, read once. What comes out is plain ASCII with nothing left to interpret, so that two
URL parsers cannot disagree about where it leads; whatever is odd is refused, not repaired."""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address, ip_address
from typing import Self

import httpx

from apps.core.outbound.addresses import SERVICE_PORTS, Address
from apps.core.outbound.errors import OutboundRefused

DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Target:
    """Scheme, host, port and path of a place the house may call. `host` is a lower-case ASCII
    name or an address without brackets; `path` has no slash at its end."""

    scheme: str
    host: str
    port: int
    path: str = ""

    @classmethod
    def from_url(cls, text: str) -> Self:
        """Raises OutboundRefused with a sentence that says what to write instead."""
        text = text.strip()
        _refuse_odd_characters(text)
        try:
            url = httpx.URL(text)
        except (httpx.InvalidURL, ValueError):
            raise OutboundRefused("This is no web address; check its spelling.") from None
        if url.scheme not in DEFAULT_PORTS:
            raise OutboundRefused("The address has to start with http:// or https://.")
        host = _checked_host(url.raw_host.decode("ascii"))
        port = DEFAULT_PORTS[url.scheme] if url.port is None else url.port
        if not 0 < port < 65536 or port in SERVICE_PORTS:
            raise OutboundRefused(
                f"Port {port} belongs to another kind of service, so no model can answer there."
            )
        return cls(url.scheme, host, port, url.raw_path.decode("ascii").rstrip("/"))

    @property
    def address(self) -> Address | None:
        """The host as an address, when it is written as one."""
        return _as_address(self.host)

    @property
    def place(self) -> tuple[str, str, int]:
        """What a credential is given to: the same place may have another path."""
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """Host and port as they stand in a URL and in a Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    def url(self, suffix: str = "") -> str:
        return f"{self.scheme}://{self.authority}{self.path}{suffix}"

    def __str__(self) -> str:
        return self.url()


def _refuse_odd_characters(text: str) -> None:
    if not text.lower().startswith(("http://", "https://")):
        raise OutboundRefused("The address has to start with http:// or https://.")
    if any(sign <= " " or sign in '\\"<>^`{|}\x7f' for sign in text):
        raise OutboundRefused("The address has a space or a sign in it that does not belong there.")
    if "@" in text:
        raise OutboundRefused(
            "The address must not carry a user name or password; give the key in its own field."
        )
    if "?" in text or "#" in text:
        raise OutboundRefused("The address has to end before any “?” or “#”.")


def _checked_host(host: str) -> str:
    host = host.lower()
    if ":" in host:
        try:
            address = IPv6Address(host)
        except AddressValueError:
            address = None
        if address is None or address.scope_id is not None:
            raise OutboundRefused("The address in square brackets is not a plain IPv6 address.")
        return str(address)
    if not _NAME.fullmatch(host) or len(host) > 253:
        raise OutboundRefused("The address names no host, or a host spelled in an unusual way.")
    if _ends_in_number(host) and not isinstance(_as_address(host), IPv4Address):
        raise OutboundRefused("Write the IP address as four plain numbers, such as 192.168.1.20.")
    return host


def _as_address(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _ends_in_number(host: str) -> bool:
    """Such a host is an IPv4 address to somebody: 127.1, 0x7f000001, 017700000001, 2130706433."""
    last = host.rpartition(".")[2]
    return last.isdigit() or re.fullmatch(r"0x[0-9a-f]*", last) is not None


# Underscores stand in the names containers give each other; a dot at the end names nothing new.
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_][a-z0-9_-]{0,62})*")
