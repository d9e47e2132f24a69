"""The household's own list is found however it is written, and nothing else is."""

import random
from contextlib import suppress

import pytest

from apps.routing.redaction import words
from apps.routing.redaction.bounds import TooMany
from tests.routing.hanging import ends_within

FAMILY = [
    "Mia",
    "Anna-Maria O'Neill",
    "Lindenstraße 5, 12345 Berlin",
    "Mia Schmidt",
    "Schmidt Berlin",
    "田中 太郎",
    "สมชาย",
    "José",
    "मिया",
    "Мария",
    "one two three four",
    "two",
    "three three",
]


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("Mia, MIA, mia", ["Mia", "MIA", "mia"]),
        ("Mia's bag and Mia’s hat", ["Mia", "Mia"]),
        ("Miami, Amia, mia2", []),
        ("rechnung_mia_2024.pdf", ["mia"]),
        ("M\u00adia and Ｍｉａ", ["M\u00adia", "Ｍｉａ"]),
        ("anna maria\n  O’NEILL", ["anna maria\n  O’NEILL"]),
        ("Anna\u2011Maria O'Neill", ["Anna\u2011Maria O'Neill"]),
        ("Anna-Maria ONeill", []),
        ("LINDENSTRASSE 5\n12345  Berlin", ["LINDENSTRASSE 5\n12345  Berlin"]),
        ("Lindenstraße 55, 12345 Berlin", []),
        ("Mia Schmidt, Berlin", ["Mia Schmidt, Berlin"]),
        ("Mia  Schmid", ["Mia"]),
        ("one two three four", ["one two three four"]),
        ("two three three four two", ["two", "three three", "two"]),
        ("one two three", ["two"]),
        ("私は田中太郎です", ["田中太郎"]),
        ("คุณสมชายครับ", ["สมชาย"]),
        ("Jose\u0301 Jose", ["Jose\u0301"]),
        ("मिया, मियां", ["मिया"]),
        ("МАРИЯ и Мариям", ["МАРИЯ"]),
        ("mia.schmidt@example.com", ["mia.schmidt"]),
        ("PII_NAME_7K3MP2QXR", []),
        ("", []),
    ],
)
def test_whole_words_in_any_spelling(text: str, hits: list[str]) -> None:
    assert [text[start:end] for start, end in words.finder(FAMILY)(text)] == hits


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("", "is empty."),
        (" \u200b ", "is empty."),
        ("M", "is a single letter, which stands in almost every text. Give at least two."),
        ("- ' -", "has no letter and no digit."),
        ("m" * 101, "is longer than 100 characters."),
    ],
)
def test_a_word_that_cannot_stand_is_refused_by_its_place(word: str, reason: str) -> None:
    with pytest.raises(words.WordRefused) as refused:
        words.finder(["Mia", word])
    assert refused.value.sentence == f"Word 2 {reason}"


def test_a_list_holds_ten_thousand() -> None:
    names = [f"Name{number} Family{number % 97}" for number in range(10_000)]
    find = words.finder(names)
    text = " and ".join(random.Random(5).sample(names, 300))
    assert len(list(find(text))) == 300
    with pytest.raises(words.WordRefused, match="10,001 words; a list holds at most 10,000"):
        words.finder([*names, "one more"])


def test_one_name_counts_as_one_however_it_is_written() -> None:
    assert words.same("Anna-Maria  O’Neill") == words.same("ANNA MARIA O'NEILL")
    assert words.same("Mia") != words.same("Mio")


@pytest.mark.parametrize("text", ["a " * 100_000, "a" * 1_000_000, "a-" * 100_000, "ก" * 200_000])
def test_a_long_text_of_beginnings_does_not_hang(text: str) -> None:
    hard = ["a a a a a a a a a a b", "a" * 99 + "b", "ก" * 40 + "ข"]
    with ends_within(60), suppress(TooMany):
        assert list(words.finder(hard)(text)) == []
