"""The pure rule: which addresses the house calls."""

from ipaddress import ip_address

import pytest

from apps.core.outbound.addresses import refusal

_PUBLIC = """
8.8.8.8 1.1.1.1 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 192.167.1.1 198.17.0.1 198.20.0.1
223.255.255.255 2606:4700::1111 2a00:1450:4001::200e ::ffff:8.8.8.8 64:ff9b::808:808
"""

_HOME = """
127.0.0.1 127.255.255.254 10.0.0.1 172.16.0.1 172.31.255.254 192.168.0.1 192.168.255.254 ::1
fc00::1 fd12:3456::1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:192.168.1.5 64:ff9b::127.0.0.1
64:ff9b::c0a8:105
"""

_NEVER = """
0.0.0.0 0.1.2.3 169.254.169.254 169.254.0.1 169.254.170.2 168.63.129.16 100.100.100.200
192.0.0.192 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 :: fe80::1 fec0::1 ff02::1
fd00:ec2::254 fd00:ec2::23 fd20:ce::254 ::ffff:169.254.169.254 ::ffff:a9fe:a9fe ::ffff:0.0.0.0
64:ff9b::a9fe:a9fe 64:ff9b:1::7f00:1 ::127.0.0.1 ::7f00:1 ::8.8.8.8 ::2 2002:7f00:1::
2002:a9fe:a9fe:: 2002:808:808::1 2001:0:4136:e378:8000:63bf:80ff:fffe 2001::1 ::1%lo
fe80::1%eth0 fd12::1%2
"""

_NOT_PUBLIC = """
100.64.0.1 100.127.255.255 192.0.0.1 192.0.0.9 192.0.2.1 192.88.99.1 198.18.0.1 198.19.255.255
198.51.100.7 203.0.113.9 192.31.196.1 192.52.193.1 192.175.48.1 2001:db8::1 2001:2::1 2001:20::1
3fff::1 100::1 5f00::1 4000::1 ::ffff:100.64.0.1 ::ffff:198.18.0.1
"""


def why(text: str, *, at_home: bool, port: int = 443, own: int = 8000) -> str | None:
    return refusal(ip_address(text), port=port, at_home=at_home, own_ports=frozenset({own}))


@pytest.mark.parametrize("text", _PUBLIC.split())
def test_public_addresses_are_called(text: str) -> None:
    assert why(text, at_home=False) is None
    assert why(text, at_home=True) is None


@pytest.mark.parametrize("text", _HOME.split())
def test_home_addresses_are_called_only_where_the_owner_said_so(text: str) -> None:
    assert "runs at home" in (why(text, at_home=False) or "")
    assert why(text, at_home=True) is None


@pytest.mark.parametrize("text", _NEVER.split())
def test_link_local_metadata_and_tunnels_are_never_called(text: str) -> None:
    assert why(text, at_home=False)
    assert why(text, at_home=True)


@pytest.mark.parametrize("text", _NOT_PUBLIC.split())
def test_other_special_addresses_are_not_called(text: str) -> None:
    assert why(text, at_home=False)
    assert why(text, at_home=True)


@pytest.mark.parametrize("text", ["127.0.0.1", "::1", "127.9.9.9", "::ffff:127.0.0.1"])
def test_a_port_of_the_house_is_refused_on_loopback_even_at_home(text: str) -> None:
    assert "the house itself" in (why(text, at_home=True, port=8000) or "")
    assert why(text, at_home=True, port=8001) is None


def test_a_port_of_the_house_is_refused_on_any_address_of_this_machine() -> None:
    neighbour, ours = ip_address("192.168.1.5"), frozenset({8000})
    assert refusal(neighbour, port=8000, at_home=True, own_ports=ours) is None
    assert refusal(neighbour, port=8000, at_home=True, own_ports=ours, is_this_machine=True)


@pytest.mark.parametrize("port", [0, 22, 25, 3306, 5432, 5672, 6379, 11211, 65536])
def test_ports_of_other_services_are_refused(port: int) -> None:
    assert why("8.8.8.8", at_home=False, port=port)
    assert why("127.0.0.1", at_home=True, port=port)


@pytest.mark.parametrize("port", [80, 443, 1234, 4000, 8080, 8443, 11434])
def test_ports_where_models_answer_are_called(port: int) -> None:
    assert why("8.8.8.8", at_home=False, port=port) is None
