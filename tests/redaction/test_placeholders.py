"""Placeholders: the same value the same word, no other value the same, and no slip unnoticed."""

import pytest

from apps.routing.redaction.placeholders import (
    LONGEST_LABEL,
    SYMBOLS,
    is_placeholder,
    placeholder,
    plain,
    shapes,
)
from tests.redaction.fakes import KEY

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
LABELS = ("EMAIL", "IP", "CARD", "PASSPORT", "WORDSOFTHEHOUSE")


def test_no_single_character_can_change_unnoticed() -> None:
    tried = 0
    for number in range(200):
        word = placeholder(KEY, LABELS[number % len(LABELS)], str(number))
        assert is_placeholder(word)
        for at in range(len(word)):
            for other in LETTERS + "_":
                if other != word[at]:
                    tried += 1
                    assert not is_placeholder(word[:at] + other + word[at + 1 :])
    assert tried > 100_000


def test_two_neighbouring_characters_cannot_change_places_unnoticed() -> None:
    for number in range(2000):
        word = placeholder(KEY, "EMAIL", str(number))
        for at in range(len("PII_EMAIL_"), len(word) - 2):
            swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            assert swapped == word or not is_placeholder(swapped)


def test_ten_thousand_values_have_ten_thousand_words_and_always_the_same() -> None:
    values = [f"person{number}@example.com" for number in range(10_000)]
    given = {placeholder(KEY, "EMAIL", value) for value in values}
    assert len(given) == 10_000
    assert {placeholder(KEY, "EMAIL", value) for value in reversed(values)} == given


@pytest.mark.parametrize(
    "other",
    [
        placeholder(b"the key of another conversation", "EMAIL", "anna"),
        placeholder(KEY, "EMAIL", "bert"),
        placeholder(KEY, "PHONE", "anna"),
        placeholder(KEY, "EMAIL", "anna", 1),
    ],
)
def test_another_key_value_label_or_counter_has_another_tail(other: str) -> None:
    assert placeholder(KEY, "EMAIL", "anna")[-9:] != other[-9:]


def test_a_word_is_letters_digits_and_underscores_and_never_longer_than_23() -> None:
    for label in (*LABELS, "", "e-mail 2", "É"):
        word = placeholder(KEY, label, "value")
        head, shown, tail = word.split("_")
        assert (head, len(tail)) == ("PII", 9)
        assert shown.isascii() and shown.isalpha() and shown.isupper()
        assert len(shown) <= LONGEST_LABEL and len(word) <= 23
        assert set(tail) <= set(SYMBOLS)


def test_labels_that_are_cut_alike_keep_their_own_tails() -> None:
    assert placeholder(KEY, "NATIONALIDA", "1") != placeholder(KEY, "NATIONALIDB", "1")


@pytest.mark.parametrize("looks", [str, str.lower, str.title, lambda one: one.replace("_", "\\_")])
def test_a_word_is_found_in_any_looks(looks: type[str]) -> None:
    word = placeholder(KEY, "EMAIL", "anna")
    found = [plain(match.group()) for match in shapes(f"to {looks(word)}, please")]
    assert found == [word]


def test_halves_of_surrogate_pairs_have_a_word_too() -> None:
    assert is_placeholder(placeholder(KEY, "NAME", "\ud83d"))
