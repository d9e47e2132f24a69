"""Somebody at a browser without scripts: reads what a page offers, fills in fields, follows links
and presses buttons by their words, and counts how often they had to do something."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import httpx


@dataclass
class Form:
    action: str = ""
    method: str = "get"
    values: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, dict[str, str]]] = field(default_factory=list)


class Sheet(HTMLParser):
    """The forms and links of a page; a button may stand outside the form it names."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self._by_id: dict[str, Form] = {}
        self._open: Form | None = None
        self._catch: list[str] | None = None
        self._facts: dict[str, str] = {}
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(facts.get("action", ""), facts.get("method", "get"))
            self.forms.append(self._open)
            self._by_id[facts.get("id", "")] = self._open
        elif tag == "input" and self._open is not None and "name" in facts:
            is_off = facts.get("type") in {"checkbox", "radio"} and "checked" not in facts
            if not is_off:
                self._open.values[facts["name"]] = facts.get("value", "")
        elif tag == "select":
            self._select = facts.get("name", "")
        elif tag == "option" and self._open is not None:
            if "selected" in facts or self._select not in self._open.values:
                self._open.values[self._select] = facts.get("value", "")
        elif tag in {"a", "button", "textarea"}:
            self._catch, self._facts = [], facts

    def handle_data(self, data: str) -> None:
        if self._catch is not None:
            self._catch.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        if tag not in {"a", "button", "textarea"} or self._catch is None:
            return
        words, facts, self._catch = "".join(self._catch).strip(), self._facts, None
        if tag == "a":
            self.links.append((words, facts.get("href", "")))
        elif tag == "textarea" and self._open is not None:
            self._open.values[facts.get("name", "")] = words
        elif tag == "button":
            form = self._by_id.get(facts.get("form", "")) if "form" in facts else self._open
            if form is not None and facts.get("type", "submit") == "submit":
                form.buttons.append((words, facts))


@dataclass
class Visitor:
    web: httpx.Client
    steps: int = 0
    typed: dict[str, str] = field(default_factory=dict)
    sheet: Sheet = field(default_factory=lambda: Sheet(""))
    address: str = ""

    def open(self, address: str) -> None:
        self.steps += 1
        self._take(self.web.get(address, follow_redirects=True))

    def follow(self, words: str) -> None:
        found = next(href for text, href in self.sheet.links if text.startswith(words))
        self.open(urljoin(self.address, found))

    def fill(self, name: str, value: str) -> None:
        assert any(name in form.values for form in self.sheet.forms), f"no field {name}"
        self.steps += 1
        self.typed[name] = value

    def press(self, words: str) -> None:
        form, facts = next(
            (form, facts)
            for form in self.sheet.forms
            for text, facts in form.buttons
            if text.startswith(words)
        )
        self.steps += 1
        values = {**form.values, **{n: v for n, v in self.typed.items() if n in form.values}}
        if "name" in facts:
            values[facts["name"]] = facts.get("value", "")
        target = urljoin(self.address, form.action or self.address)
        self.typed = {}
        self._take(self.web.post(target, data=values, follow_redirects=True))

    def code(self, start: str) -> str:
        """A snippet of the page as somebody would copy it."""
        found: Any = re.search(rf"<pre[^>]*>({start}.*?)</pre>", self.sheet.text, re.DOTALL)
        return _plain(found.group(1))

    def _take(self, response: httpx.Response) -> None:
        assert response.status_code < 400, f"{response.url}: {response.status_code}"
        self.address, self.sheet = str(response.url), Sheet(response.text)


def _plain(html: str) -> str:
    found = HTMLParser(convert_charrefs=True)
    parts: list[str] = []
    found.handle_data = parts.append  # type: ignore[method-assign]
    found.feed(html)
    found.close()
    return "".join(parts)
