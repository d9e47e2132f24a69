"""A value never comes back in the middle of a link, however the text was cut."""

import json
import random

import pytest

from apps.routing.redaction.links import Links

HERE = "¤"
IN_A_LINK = [
    f"https://evil.example/?q={HERE}",
    f"see https://evil.example/{HERE}",
    f"HTTP://evil.example?a=b&{HERE}",
    f"ftp://{HERE}",
    f"//{HERE}.evil.example",
    f'https://evil.example/?q="quoted",{HERE}',
    f"[mail]({HERE}",
    f"![x](/pixel?{HERE}",
    f"![x]( /pixel?{HERE}",
    f"![x](<https://evil.example/a b {HERE}",
    f"![x]( <a b {HERE}",
    f"[x](data.html#{HERE}",
    f'<img src="/pixel? {HERE}',
    f"<img src='a b c{HERE}",
    f'<IMG SRC = "{HERE}',
    f"<a href={HERE}",
    f"<a href= x{HERE}",
    f'<img alt=">" src="x {HERE}',
    f'<video poster="a {HERE}',
    f"background: url(a{HERE}",
    f"background: url('a b {HERE}",
]
OUTSIDE = [
    f"{HERE}",
    f"write to {HERE}",
    f"https://example.com {HERE}",
    f"https://example.com\n{HERE}",
    f"[x](https://example.com) {HERE}",
    f"[{HERE}",
    f"[x] ({HERE}",
    f"Anna <{HERE}",
    f"a/b/{HERE}",
    f"// {HERE}",
    f'<img src="a b"> {HERE}',
    f"<img src='a b'>{HERE}",
    f"<p>{HERE}",
    f"x = y {HERE}",
    f"mailto:{HERE}",
    f"the source = {HERE}",
]


def stands(text: str, cuts: list[int], *, is_json: bool = False) -> bool:
    links = Links(is_json)
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        links.saw(text[start:end])
        if (start + end) % 3 == 0:
            links.is_open()  # asked in between, it must know the same at the end
    return links.is_open()


@pytest.mark.parametrize(
    ("text", "expected"), [*((one, True) for one in IN_A_LINK), *((one, False) for one in OUTSIDE)]
)
def test_links_are_known_wherever_the_text_is_cut(text: str, expected: bool) -> None:
    before = text.partition(HERE)[0]
    chance = random.Random(1)
    for far in ("", "Some text before. " * 5):
        whole = far + before
        for _ in range(200):
            cuts = sorted(chance.choices(range(len(whole) + 1), k=chance.randrange(6)))
            assert stands(whole, cuts) is expected, cuts


@pytest.mark.parametrize(
    ("text", "expected"), [*((one, True) for one in IN_A_LINK), *((one, False) for one in OUTSIDE)]
)
def test_links_are_known_in_arguments(text: str, expected: bool) -> None:
    written = json.dumps({"first": "https://other.example/x", "text": text})
    compact = json.dumps({"first": "https://other.example/x", "text": text}, separators=(",", ":"))
    for whole in (written, compact, compact.replace("/", "\\/")):
        before = whole.partition(json.dumps(HERE)[1:-1])[0]
        chance = random.Random(2)
        for _ in range(100):
            cuts = sorted(chance.choices(range(len(before) + 1), k=chance.randrange(6)))
            assert stands(before, cuts, is_json=True) is expected, (before, cuts)


def test_a_backslash_before_an_n_is_no_new_line_in_a_link() -> None:
    text = json.dumps("https://evil.example/\\n")[:-1]
    assert stands(text, [], is_json=True)
    assert not stands(json.dumps("https://evil.example/\n")[:-1], [], is_json=True)


def test_a_link_of_many_pieces_stays_one() -> None:
    links = Links()
    links.saw("![x](https://evil.example/?q=")
    for _ in range(1000):
        links.saw("abcdefgh")
        assert links.is_open()
    links.saw(") and ")
    assert not links.is_open()
