"""Keys, passwords and tokens: how many are caught, and what is left alone."""

import base64
import json
import random

from apps.routing.redaction.detectors import DETECTORS
from tests.routing import secret_samples

SAMPLES = 1_500


def found(slug: str, text: str) -> list[str]:
    return [text[start:end] for start, end in DETECTORS[slug].find(text)]


def test_at_least_95_of_100_secrets_are_caught() -> None:
    chance, missed = random.Random("secrets"), []
    for _ in range(SAMPLES):
        text, value = secret_samples.secret(chance)
        if not any(value.rstrip("!.") in one or one == value for one in found("secrets", text)):
            missed.append(text)
    assert len(missed) <= SAMPLES * 5 // 100, missed[:10]


def test_at_most_2_of_100_others_are_hit() -> None:
    chance = random.Random("no secrets")
    texts = [secret_samples.no_secret(chance) for _ in range(SAMPLES)]
    hit = [(text, values) for text in texts if (values := found("secrets", text))]
    assert len(hit) <= SAMPLES * 2 // 100, hit[:10]


def test_settings_and_commands_are_read() -> None:
    chance = random.Random(6)
    value = "".join(chance.choices("abcdefgh23456789", k=24))
    kept = base64.b64encode(value.encode()).decode()
    for text, hit in (
        (f'<add key="ClearTextPassword" value="{value}" />', value),
        ("curl -u mia:abc123 https://home.example", "abc123"),
        (f"apiVersion: v1\nkind: Secret\ndata:\n  some.name: {kept}\n", kept),
        (f"first\\nAPI_KEY={value}\\nlast", value),
    ):
        assert found("secrets", text) == [hit], text
    assert found("secrets", f"kind: ConfigMap\ndata:\n  some.name: {kept}\n") == []


def token(head: dict[str, str], chance: random.Random) -> str:
    parts = (json.dumps(head).encode(), b'{"sub":"mia","n":1}', chance.randbytes(32))
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def test_a_sign_in_token_is_known_by_its_head() -> None:
    chance = random.Random(8)
    good = token({"alg": "HS256", "typ": "JWT"}, chance)
    assert found("jwt", f"Authorization: Bearer {good}, please") == [good]
    wrapped = base64.b64encode(good.encode()).decode()
    assert found("jwt", f"token {wrapped}") == [wrapped]
    assert found("jwt", f"{token({'no': 'head'}, chance)} hey.there.eyebrow eyJ.eyJ.x") == []


def test_a_private_key_is_taken_whole() -> None:
    body = base64.encodebytes(random.Random(9).randbytes(600)).decode()
    for kind in ("", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "):
        key = f"-----BEGIN {kind}PRIVATE KEY-----\n{body}-----END {kind}PRIVATE KEY-----"
        assert found("private-key", f"see:\n{key}\nand {key}") == [key, key]
        in_json = json.dumps({"key": key})
        assert found("private-key", in_json) == [json.dumps(key)[1:-1]]
        cut_off = key[:300]
        assert found("private-key", cut_off) == [cut_off]


def test_what_is_no_private_key() -> None:
    body = base64.encodebytes(random.Random(9).randbytes(300)).decode()
    for text in (
        "-----BEGIN PRIVATE KEY-----\nanything\n-----END PRIVATE KEY-----",
        f"-----BEGIN PUBLIC KEY-----\n{body}-----END PUBLIC KEY-----",
        f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----",
        "It says BEGIN PRIVATE KEY somewhere.",
    ):
        assert found("private-key", text) == []
