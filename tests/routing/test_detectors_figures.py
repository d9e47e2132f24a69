"""How much of what is private is found, and how much that is not, on made sentences."""

import random

import pytest

from apps.routing.redaction.detectors import DETECTORS
from tests.routing import corpora, harmless

SENTENCES = 1_500


def misses(slug: str, text: str, at: int, value: str) -> bool:
    """Is a letter of the value left uncovered?"""
    left = set(range(at, at + len(value)))
    for start, end in DETECTORS[slug].find(text):
        left.difference_update(range(start, end))
    return bool(left)


@pytest.mark.parametrize(
    ("slug", "make"),
    [
        ("email", corpora.email),
        ("card", corpora.card),
        ("iban", corpora.iban),
        ("ssn", corpora.ssn),
        ("ip", corpora.ip),
    ],
)
def test_at_least_99_of_100_are_found(slug: str, make: corpora.Make) -> None:
    chance, missed = random.Random(f"{slug} recall"), []
    for _ in range(SENTENCES):
        value = make(chance)
        text, at = corpora.sentence(chance, value)
        if misses(slug, text, at, value):
            missed.append(text)
    assert len(missed) <= SENTENCES // 100, missed[:10]


def test_at_least_90_of_100_phone_numbers_are_found() -> None:
    chance, missed = random.Random("phone recall"), []
    for _ in range(SENTENCES):
        text, at, value = corpora.phone_sentence(chance)
        if misses("phone", text, at, value):
            missed.append(text)
    assert len(missed) <= SENTENCES // 10, missed[:10]


MOST = {"phone": 60, "card": 2}


@pytest.mark.parametrize("slug", DETECTORS)
def test_what_is_nobodys_is_left_alone(slug: str) -> None:
    chance = random.Random("harmless")
    texts = [harmless.sentence(chance) for _ in range(SENTENCES)]
    hit = [text for text in texts if list(DETECTORS[slug].find(text))]
    assert len(hit) <= MOST.get(slug, 2), hit[:10]


@pytest.mark.parametrize("slug", ["email", "phone", "card", "iban", "ssn", "ip"])
def test_one_kind_of_number_is_not_taken_for_another(slug: str) -> None:
    makes = {
        "email": corpora.email,
        "phone": corpora.phone,
        "card": corpora.card,
        "iban": corpora.iban,
        "ssn": corpora.ssn,
        "ip": corpora.ip,
    }
    chance = random.Random("one for another")
    others = [make for kind, make in makes.items() if kind != slug]
    texts = [corpora.sentence(chance, chance.choice(others)(chance))[0] for _ in range(SENTENCES)]
    hit = [text for text in texts if list(DETECTORS[slug].find(text))]
    assert len(hit) <= MOST.get(slug, 2), hit[:10]
