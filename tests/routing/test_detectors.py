"""The registry, and what no detector may ever hit."""

import random

import pytest

from apps.routing.redaction.detectors import DETECTORS
from apps.routing.redaction.rules import Action

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@pytest.mark.parametrize("slug", DETECTORS)
def test_a_detector_can_be_shown_and_counted(slug: str) -> None:
    detector = DETECTORS[slug]
    assert detector.slug == slug
    assert detector.name and detector.hint
    assert detector.label.isalpha() and detector.label.isupper() and len(detector.label) <= 12
    assert detector.usual_action in Action


@pytest.mark.parametrize("slug", DETECTORS)
def test_a_placeholder_is_never_hit(slug: str) -> None:
    chance = random.Random(7)
    labels = sorted({detector.label for detector in DETECTORS.values()} | {"NAME"})
    for _ in range(300):
        token = f"PII_{chance.choice(labels)}_{''.join(chance.choices(SIGNS, k=9))}"
        for text in (
            token,
            f"My e-mail is {token}, card {token}.",
            f"password={token} api_key: '{token}'",
            f"https://{token}@example.com passport no {token}",
            f"born on {token}; phone {token} {token}",
        ):
            assert list(DETECTORS[slug].find(text)) == [], text


@pytest.mark.parametrize("slug", DETECTORS)
@pytest.mark.parametrize(
    "text", ["", " ", "\0", "\x00\xff\ud800", "hello", "é", "1", "@", "4" * 99]
)
def test_nothing_is_found_in_nothing(slug: str, text: str) -> None:
    assert list(DETECTORS[slug].find(text)) == []


@pytest.mark.parametrize(
    ("slug", "text", "values"),
    [
        (
            "email",
            "Write to mia@example.com, or Jöe@müller.de.",
            ["mia@example.com", "Jöe@müller.de"],
        ),
        ("email", "邮箱joe@example.com谢谢", ["joe@example.com"]),
        ("email", "иван@пример.рф", ["иван@пример.рф"]),
        ("email", "joe＠ex\u200bample．com", ["joe＠ex\u200bample．com"]),
        ("email", "?to=a.b%40example.org&x", ["a.b%40example.org"]),
        ("email", "mailto:mia+x@mail.example.co.uk?s", ["mia+x@mail.example.co.uk"]),
        ("email", "logo@2x.png git@github.com:a/b @mia a@b react@18.2.0-rc.1", []),
        ("card", "4111 1111 1111 1111 12/27", ["4111 1111 1111 1111"]),
        ("card", "４１１１１１１１１１１１１１１１", ["４１１１１１１１１１１１１１１１"]),
        ("card", "٤١١١ ١١١١ ١١١١ ١١١١", ["٤١١١ ١١١١ ١١١١ ١١١١"]),
        ("card", "4\u200b111\u200b1111 11111111", ["4\u200b111\u200b1111 11111111"]),
        ("card", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", ["4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"]),
        ("card", "0.4111111111111111 a4111111111111111 4111111111111112 1234 5678", []),
        ("card", "order number 4111111111111111", []),
        ("card", "my card for the order: 4111111111111111", ["4111111111111111"]),
    ],
)
def test_a_value_is_found_where_it_stands(slug: str, text: str, values: list[str]) -> None:
    assert [text[start:end] for start, end in DETECTORS[slug].find(text)] == values


@pytest.mark.parametrize(
    ("slug", "one", "other"),
    [
        ("email", "mia@Example.COM", "mia@example.com"),
        ("card", "4111-1111 11111111", "4111111111111111"),
    ],
)
def test_one_value_counts_as_one_however_it_is_written(slug: str, one: str, other: str) -> None:
    assert DETECTORS[slug].same(one) == DETECTORS[slug].same(other)
