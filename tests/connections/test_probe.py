"""What a test of a connection finds out, each outcome with a sentence of its own."""

import datetime
import ipaddress
import socket
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from apps.catalog.models import Provider
from apps.connections import probe
from apps.connections.models import Connection
from apps.core.outbound import Target, client
from tests.core.listener import Answer, Listener, listening, models

pytestmark = pytest.mark.django_db
KEY = "sk-secret-0123456789"
MODELS = models("llama3.2:3b", "qwen3")


def account(base_url: str, *, provider: str = "custom", at_home: bool = True) -> Connection:
    kind, _ = Provider.objects.get_or_create(slug=provider, defaults={"name": provider.title()})
    connection, _ = Connection.objects.update_or_create(
        provider=kind,
        name=f"My {provider}",
        defaults={"base_url": base_url, "is_at_home": at_home},
    )
    connection.set_credential(KEY)
    connection.save()
    return connection


def try_answer(answer: Answer, *, provider: str = "custom") -> tuple[probe.TestResult, Listener]:
    with listening(lambda path: answer) as upstream:
        return probe.test(account(upstream.base_url, provider=provider)), upstream


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, MODELS, "ok"),
        (200, b'[{"id": "bare/list"}]', "ok"),
        (200, b'{"object": "list", "data": []}', "no_models"),
        (200, b'{"object": "list", "data": null}', "no_models"),
        (200, b"<!doctype html><title>hello</title>", "wrong_wire"),
        (200, b'{"models": []}', "wrong_wire"),
        (200, b'{"data": {"id": "x"}}', "wrong_wire"),
        (200, b'{"data": [{"name": "x"}, 3, null]}', "wrong_wire"),
        (200, b"null", "wrong_wire"),
        (200, b"[" * 100_000, "wrong_wire"),
        (200, b"\xff\xfe", "wrong_wire"),
        (200, b" " * (9 * 1024 * 1024), "wrong_wire"),
        (204, b"", "wrong_wire"),
        (400, b"{}", "wrong_wire"),
        (401, b"{}", "unauthorized"),
        (402, b"{}", "forbidden"),
        (403, b"{}", "forbidden"),
        (404, b"{}", "not_found"),
        (405, b"{}", "not_found"),
        (429, b"{}", "rate_limited"),
        (500, b"{}", "server_error"),
        (503, b"<html>", "server_error"),
    ],
)
def test_an_answer_is_named(status: int, body: bytes, code: str) -> None:
    result, upstream = try_answer((status, {}, body))
    assert result.code == code
    assert upstream.paths == ["/v1/models"]


def test_each_outcome_has_a_sentence_of_its_own() -> None:
    sentences = list(probe.SENTENCES.values())
    assert all(text.endswith((".", "}")) for text in sentences)
    of_their_own = [text for text in sentences if text != "{reason}"]
    assert len(set(of_their_own)) == len(of_their_own)


def test_a_good_answer_gives_the_models_in_the_providers_order() -> None:
    result, upstream = try_answer((200, {}, MODELS))
    assert result.models == ["llama3.2:3b", "qwen3"]
    assert result.sentence == "My custom answers and lists 2 models."
    assert upstream.headers("authorization") == [f"Bearer {KEY}"]


def test_a_missing_key_is_told_apart_from_a_wrong_one() -> None:
    with listening(lambda path: (401, {}, b"{}")) as upstream:
        connection = account(upstream.base_url)
        connection.set_credential("")
        assert probe.test(connection).code == "keyless"


def test_no_sentence_repeats_the_key_or_the_answer() -> None:
    for status in (200, 302, 400, 401, 403, 404, 429, 500):
        body = f"your key {KEY} <b>is bad</b>".encode()
        result, _ = try_answer((status, {"Location": f"http://x.example/{KEY}"}, body))
        assert KEY not in result.sentence
        assert "<b>" not in result.sentence


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_named_and_not_followed(status: int) -> None:
    with listening() as other:
        where = {"Location": f"http://127.0.0.1:{other.port}/v1/models"}
        result, _ = try_answer((status, where, b""))
        assert result.code == "redirect"
        assert other.touched == 0


def test_nobody_listening_is_named() -> None:
    with socket.socket() as bound:  # bound and not listening: the port is ours and refuses
        bound.bind(("127.0.0.1", 0))
        result = probe.test(account(f"http://127.0.0.1:{bound.getsockname()[1]}/v1"))
    assert result.code == "refused"


def test_silence_is_named() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(5)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
        with client(own_ports=frozenset(), at_home=Target.from_url(url)) as web:
            web.timeout = 0.3
            assert probe.test(account(url), client=web).code == "timeout"


def test_an_unknown_name_is_named() -> None:
    def knows_nothing(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    connection = account("https://api.nowhere.example/v1", at_home=False)
    with client(own_ports=frozenset(), resolver=knows_nothing) as web:
        assert probe.test(connection, client=web).code == "dns"


def test_a_certificate_nobody_vouches_for_is_named_and_gets_no_key(tmp_path: Path) -> None:
    with listening(lambda path: (200, {}, MODELS), tls=self_signed(tmp_path)) as upstream:
        assert probe.test(account(f"https://127.0.0.1:{upstream.port}/v1")).code == "tls"
        assert (upstream.touched, upstream.hits) == (1, [])


def test_http_where_https_is_spoken_and_the_other_way_round(tmp_path: Path) -> None:
    with listening(tls=self_signed(tmp_path)) as upstream:
        assert probe.test(account(upstream.base_url)).code in {"wrong_wire", "refused"}
    with listening() as upstream:
        assert probe.test(account(f"https://127.0.0.1:{upstream.port}/v1")).code == "tls"


def test_an_address_the_house_never_calls_is_named() -> None:
    with listening() as canary:
        result = probe.test(account(canary.base_url, at_home=False))
        assert result.code == "outbound_refused"
        assert "runs at home" in result.sentence
        assert canary.touched == 0


def test_a_key_locked_by_other_secrets_is_named() -> None:
    connection = account("https://api.example.com/v1", at_home=False)
    connection.credential = connection.credential[:-8] + "AAAAAAA="
    assert probe.test(connection).code == "locked"


def test_the_demonstration_needs_no_test() -> None:
    result = probe.test(Connection.objects.get(provider__slug="gatehouse"))
    assert (result.code, result.is_ok) == ("built_in", True)


def test_anthropic_wants_its_own_headers_for_the_list() -> None:
    _, upstream = try_answer((200, {}, MODELS), provider="anthropic")
    assert upstream.headers("x-api-key") == [KEY]
    assert upstream.headers("anthropic-version") == ["2023-06-01"]
    assert upstream.headers("authorization") == []


def test_a_public_list_says_nothing_about_the_key_so_the_key_itself_is_asked_for() -> None:
    def answer(path: str) -> Answer:
        return (200, {}, MODELS) if path == "/v1/models" else (401, {}, b"{}")

    with listening(answer) as upstream:
        connection = account(upstream.base_url, provider="openrouter")
        assert probe.test(connection).code == "unauthorized"
        assert upstream.paths == ["/v1/models", "/v1/key"]


def test_google_says_400_to_a_wrong_key() -> None:
    assert try_answer((400, {}, b"{}"), provider="google")[0].code == "unauthorized"


def self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(alternative, critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    both = folder / "server.pem"
    both.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context
