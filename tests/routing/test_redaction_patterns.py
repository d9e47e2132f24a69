"""A household's own patterns: what is refused and how it is said, what is found, and how long."""

import pytest

from apps.routing.redaction import patterns
from tests.routing.hanging import ends_within


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("a" * 1001, "1,001 characters; at most 1,000 fit"),
        ("a*", "nothing at all"),
        ("(?:x|)", "nothing at all"),
        (r"\b", "nothing at all"),
        ("^|a", "nothing at all"),
        ("$", "nothing at all"),
        ("(?=secret)a", "Looking ahead"),
        ("a(?!b)", "Looking ahead"),
        ("(?<=a)b", "Looking behind"),
        ("(?<!a)b", "Looking behind"),
        (r"(a)\1", "Referring back with"),
        ("(?P<a>x)(?P=a)", "Referring back"),
        ("(?>a)", "Atomic"),
        ("(a", "opened and never closed"),
        ("a)", "never opened"),
        ("[a", "opened and never closed"),
        ("*a", "nothing to repeat"),
        ("a++", "stand upon each other"),
        ("a{1001}", "too large or the wrong way round"),
        ("(a{500}){500}", "too large or the wrong way round"),
        ("(?:[a-z]{0,999}é){1}" * 40, "too large"),
        ("[z-a]", "wrong way round"),
        (r"\p{Foo}", "unknown name"),
        (r"\q", "no meaning"),
        ("a\\", r"lone \."),
        ("a\ud800", "not understood"),
    ],
)
def test_a_pattern_that_cannot_be_is_refused_in_a_sentence(pattern: str, said: str) -> None:
    with pytest.raises(patterns.PatternRefused) as refused:
        patterns.check(pattern)
    assert said in refused.value.sentence
    assert refused.value.sentence.endswith(".")
    assert refused.value.__cause__ is None and refused.value.__context__ is None


def test_a_refusal_never_repeats_the_pattern(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(patterns.PatternRefused) as refused:
        patterns.check("Rosenweg(")
    assert "Rosenweg" not in str(refused.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("pattern", "text", "hits"),
    [
        (r"KD-\d{4}", "KD-1234, kd-1234, KD-12345", ["KD-1234", "KD-1234"]),
        (r"(?i)kd-(\d{4})\b", "KD-1234 kd-9999 KD-12345", ["KD-1234", "kd-9999"]),
        (r"KD-\d{4}", "ＫＤ-１２\u200b３４", ["ＫＤ-１２\u200b３４"]),
        (r"\pL+straße", "die Lindenstraße 5", ["Lindenstraße"]),
        (r"^a(.+)+$", "aaaa", ["aaaa"]),
    ],
)
def test_a_pattern_finds(pattern: str, text: str, hits: list[str]) -> None:
    assert [text[start:end] for start, end in patterns.check(pattern)(text)] == hits


def test_examples_are_tried() -> None:
    pattern = r"KD-\d{4}\b"
    assert patterns.unmet(pattern, ["KD-1234", "my KD-9999"], ["KD-12345", "KD"]) == ([], [])
    assert patterns.unmet(pattern, ["KD-1234", "KD"], ["KD-1234"]) == ([2], [1])


def test_a_pattern_that_hits_everything_is_warned_of() -> None:
    warning = patterns.warning(r"\w+")
    assert warning is not None and warning.startswith("This pattern hits 16 of 16 everyday")
    assert patterns.warning(r"KD-\d{4}") is None


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("(x+x+)+y", "x" * 1_000_000),
        ("^(a+)+$", "a" * 1_000_000 + "!"),
        ("(.*)*,(.*)*=", "," * 1_000_000),
        ("[ab]*a[ab]{900}x", "ab" * 500_000),
        (r"(\pL+\s?)+\d", "слово " * 150_000),
    ],
)
def test_no_text_makes_a_pattern_hang(pattern: str, text: str) -> None:
    with ends_within(60):
        list(patterns.check(pattern)(text))


@pytest.mark.parametrize("pattern", ["a[^b]*b|a", "a(?:.*b)?"])
def test_a_search_that_takes_too_long_is_given_up(pattern: str) -> None:
    with ends_within(60), pytest.raises(patterns.SearchGivenUp):
        list(patterns.check(pattern)("a" * 300_000))
