"""Reads a page as a browser with a strict policy and a screen reader would, and lists what they
would not take."""

from collections import Counter
from html.parser import HTMLParser

UNLABELLED = {"hidden", "submit", "button"}


class Page(HTMLParser):
    """`problems` holds one sentence for each thing that must not be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: Counter[str] = Counter()
        self.tags: Counter[str] = Counter()
        self.labelled: set[str] = set()
        self.fields: list[dict[str, str]] = []
        self.references: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        self.tags[tag] += 1
        self._policy(tag, facts)
        if "id" in facts:
            self.ids[facts["id"]] += 1
        if tag == "label":
            self.labelled.add(facts.get("for", ""))
        if tag in {"input", "select", "textarea"} and facts.get("type") not in UNLABELLED:
            self.fields.append(facts)
        for name in ("aria-labelledby", "aria-describedby"):
            self.references += facts.get(name, "").split()

    def _policy(self, tag: str, facts: dict[str, str]) -> None:
        if tag == "style" or "style" in facts:
            self.found.append(f"inline style at <{tag}>")
        is_data = facts.get("type") == "application/json"
        if tag == "script" and not is_data and not facts.get("src", "").startswith("/static/"):
            self.found.append("a script that is not a file of ours")
        self.found += [f"{name} at <{tag}>" for name in facts if name.startswith("on")]
        for name in ("src", "href", "action"):
            if "//" in facts.get(name, "") and tag != "a":
                self.found.append(f"<{tag}> asks another machine")

    @property
    def problems(self) -> list[str]:
        found = [*self.found]
        found += [f"id {name} twice" for name, count in self.ids.items() if count > 1]
        found += [f"no id {name} to refer to" for name in self.references if name not in self.ids]
        found += [
            f"no label for {facts.get('name')}"
            for facts in self.fields
            if facts.get("id") not in self.labelled and "aria-label" not in facts
        ]
        found += [f"{self.tags[tag]} <{tag}>" for tag in ("h1", "main") if self.tags[tag] != 1]
        return found
