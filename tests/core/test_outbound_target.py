"""One reading of a base URL."""

import socket

import pytest

from apps.core.outbound import Guard, OutboundRefused, Target
from tests.core.spellings import SPELLINGS


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://api.openai.com/v1", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1/", "https://api.openai.com/v1"),
        ("  https://API.OpenAI.com:443/v1//  ", "https://api.openai.com/v1"),
        ("HTTPS://api.openai.com", "https://api.openai.com"),
        ("http://my_ollama:11434/v1", "http://my_ollama:11434/v1"),
        ("http://192.168.1.20:1234/v1", "http://192.168.1.20:1234/v1"),
        ("http://[fd12:0::0001]:8080", "http://[fd12::1]:8080"),
        ("https://bücher.example/v1", "https://xn--bcher-kva.example/v1"),
        ("https://api。openai。com/v1", "https://api.openai.com/v1"),
        ("https://gateway.example/a%20b/../v1", "https://gateway.example/v1"),
        ("http://127.0.0.1:01234", "http://127.0.0.1:1234"),
    ],
)
def test_a_plain_address_reads_the_same_for_everybody(text: str, url: str) -> None:
    target = Target.from_url(text)
    assert target.url() == url == str(Target.from_url(url))


def test_the_path_is_no_part_of_the_place() -> None:
    one, other = (
        Target.from_url("https://a.example/v1"),
        Target.from_url("https://a.example:443/v2"),
    )
    assert one.place == other.place == ("https", "a.example", 443)
    assert Target.from_url("http://a.example/v1").place != one.place


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_odd_spellings_are_refused_or_tested_as_what_they_mean(spelling: str) -> None:
    """Whatever name is left after reading is taken to resolve to this machine."""
    guard = Guard(own_ports=frozenset(), lookup=lambda host, port: ["127.0.0.1"])
    with pytest.raises(OutboundRefused) as refused:
        target = Target.from_url(spelling.format(port=8123))
        guard.addresses(target.host, target.port)
    assert refused.value.reason.endswith(".")


def test_there_are_many_spellings() -> None:
    assert len(set(SPELLINGS)) >= 60


def test_one_bad_address_among_good_ones_refuses_the_name() -> None:
    guard = Guard(own_ports=frozenset(), lookup=lambda host, port: ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(OutboundRefused, match="10.0.0.1"):
        guard.addresses("provider.example", 443)


def test_a_name_without_addresses_is_a_failed_look_up() -> None:
    with pytest.raises(socket.gaierror):
        Guard(own_ports=frozenset(), lookup=lambda host, port: []).addresses("a.example", 443)
