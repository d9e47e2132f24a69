"""No answer of a model runs anything, fetches anything, or leaves its place: every hostile text, by
itself and inside other Markdown, whole and block by block as it streams."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from apps.chat import markdown
from apps.chat.blocks import Blocks
from apps.chat.markdown import rendered
from tests.chat.hostile import ANSWERS, TIRING

AROUND = ["{}", "- {}", "> {}", "| a |\n| - |\n| {} |", "1. x\n\n   {}", "**{}**", "# {}"]
# What an answer may be made of: stated here anew, since the sanitiser's own list is what is tested.
TAGS = {
    *("p", "br", "strong", "em", "s", "del", "code", "pre", "blockquote", "hr", "a", "span", "div"),
    *("ul", "ol", "li", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
LINK = {"href", "title", "target", "rel"}
BOX = {"class", "tabindex", "role", "aria-label"}
ATTRIBUTES = {
    "a": LINK,
    "span": {"class"},
    "code": {"class"},
    "ol": {"start"},
    "pre": BOX,
    "div": BOX,
}
SAFE = re.compile(r"[a-z0-9 -]*")
VOID = {"br", "hr"}


class Inspector(HTMLParser):
    """Lists what is not among the few things that may stand in an answer."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        self.wrong += [f"<{tag}> stays open" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.wrong.append(f"<{tag}>")
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name not in ATTRIBUTES.get(tag, set()):
                self.wrong.append(f"{name} at <{tag}>")
            if name == "class" and not SAFE.fullmatch(value or ""):
                self.wrong.append(f"class {value}")
            if name == "href" and urlsplit(value or "").scheme not in {"http", "https", "mailto"}:
                self.wrong.append(f"a link to {value}")
        facts = dict(attrs)
        if tag == "a" and "href" in facts and "noopener" not in (facts.get("rel") or ""):
            self.wrong.append("a link that takes the page along")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes something else")

    def handle_comment(self, data: str) -> None:
        self.wrong.append("a comment")

    def handle_decl(self, decl: str) -> None:
        self.wrong.append("a declaration")


def test_the_sanitiser_lets_nothing_else_through() -> None:
    assert markdown.TAGS <= TAGS
    assert all(names <= ATTRIBUTES[tag] for tag, names in markdown.ATTRIBUTES.items())
    assert {"http", "https", "mailto"} == markdown.SCHEMES


def test_there_are_two_hundred_of_them() -> None:
    assert len(ANSWERS) >= 200
    assert len(set(ANSWERS)) == len(ANSWERS)


@pytest.mark.parametrize("around", AROUND)
def test_nothing_of_it_runs_or_leaves_its_place(around: str) -> None:
    short = [text for text in ANSWERS if text not in TIRING]
    found = {text: Inspector(rendered(around.format(text))).wrong for text in short}
    assert {text: wrong for text, wrong in found.items() if wrong} == {}


def test_what_tires_ends_as_harmless() -> None:
    found = {text[:20]: Inspector(rendered(text)).wrong for text in TIRING}
    assert {text: wrong for text, wrong in found.items() if wrong} == {}


def test_a_stream_cut_anywhere_is_as_harmless() -> None:
    """Blocks are rendered by themselves: none may count on what stands in another."""
    everything = "\n\n".join(text for text in ANSWERS if text not in TIRING)
    blocks, found = Blocks(), []
    for at in range(0, len(everything), 7):
        for block in blocks.feed(everything[at : at + 7]):
            found += Inspector(rendered(block)).wrong
    assert found + Inspector(rendered(blocks.rest)).wrong == []
