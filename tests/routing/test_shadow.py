"""How finders read a text, and that every place in it leads back to the text as it came."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.routing.redaction.shadow import Shadow, shadow_of
from tests.routing.hanging import ends_within

HARD = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("\u200b\u00ad\u0301\u0308\ufe0f１٤é…ﬁ＠．\u1100\u1161\u11a8abc 123\n"),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("plain", "plain"),
        ("４１１１", "4111"),
        ("٤١١١ ۴۱ १२", "4111 41 12"),
        ("𝟒𝟏", "41"),
        ("4\u200b1\u200c1\u00ad1\ufeff", "4111"),
        ("mia＠example．com", "mia@example.com"),
        ("Jose\u0301", "José"),
        ("\u1112\u1161\u11ab", "한"),
        ("030\u201112\u201334", "030-12-34"),
        ("Mia\u2019s", "Mia's"),
        ("1\u00a0000\u202f000", "1 000 000"),
        ("ﬁne…", "fine..."),
        ("e\u200b", "e"),
        ("Straße für Öl", "Straße für Öl"),
    ],
)
def test_one_text_however_it_is_typed(text: str, read: str) -> None:
    assert Shadow(text).text == read


def test_plain_text_is_not_copied() -> None:
    text = "".join(["a plain ", "text"])
    assert Shadow(text).text is text


def test_a_text_is_read_once_for_all_who_ask() -> None:
    assert shadow_of("one … text") is shadow_of("one … text")
    assert shadow_of("one … text") is not shadow_of("another … text")


@given(HARD)
def test_each_place_leads_back(text: str) -> None:
    shadow = Shadow(text)
    last = 0
    for at in range(len(shadow.text)):
        start, end = shadow.span(at, at + 1)
        assert last <= start < end <= len(text) or start == last - 1
        assert shadow.text[at] in Shadow(text[start:end]).text
        last = max(last, start)
    assert len(shadow.bytes) == len(shadow.text)


def test_a_span_takes_with_it_what_hides_inside() -> None:
    text = "… 4\u200b1\u200b1\u200b1 …"
    shadow = Shadow(text)
    at = shadow.text.index("4111")
    assert text[slice(*shadow.span(at, at + 4))] == "4\u200b1\u200b1\u200b1"


@pytest.mark.parametrize(
    "piece", ["1\u200b", "e\u0301", "\u0301", "\u0323\u0301", "…", "٤", "я", "漢字", "한"]
)
def test_a_long_text_of_hard_letters_is_read(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    with ends_within(60):
        shadow = Shadow(text)
    assert len(shadow.bytes) == len(shadow.text)
    assert unicodedata.normalize("NFKC", shadow.text[:2]) == shadow.text[:2]
