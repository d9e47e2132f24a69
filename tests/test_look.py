"""The look carries nothing it does not use, and uses nothing it does not have. A value that is
missing in a stylesheet is not an error to a browser: it is dropped without a word."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Put together as the page is made: Pygments' names, a drawing's width, the colours of a chart, and
# what plotly calls the parts of its own.
PLOTLYS = r"js-plotly-plot|main-svg|draglayer|crisp|user-select-none|cursor-[\w-]+"
COMPOSED = re.compile(rf"hl-\w+|at-(wide|middle|narrow)|c[1-6]|{PLOTLYS}")


def read(folder: str, ending: str) -> str:
    return "\n".join(path.read_text() for path in sorted((ROOT / folder).rglob(f"*{ending}")))


STYLES = re.sub(r'/\*.*?\*/|"[^"]*"|url\([^)]*\)', "", read("static", ".css"), flags=re.DOTALL)
TEMPLATES = read("templates", ".html")
CODE = "\n".join((TEMPLATES, read("static", ".js"), read("apps", ".py")))


def test_every_class_of_the_styles_is_given_to_something() -> None:
    # What stands before a brace, a semicolon or a comma there is a selector, not a value.
    selectors = " ".join(re.findall(r"[^{};]+(?=\{)", STYLES))
    named = set(re.findall(r"\.(-?[A-Za-z_][\w-]*)", selectors))
    given = set(re.findall(r"[\w-]+", CODE))
    assert sorted(one for one in named - given if not COMPOSED.fullmatch(one)) == []


def test_every_value_of_the_styles_is_defined_and_used() -> None:
    defined = set(re.findall(r"(--[\w-]+)\s*:", STYLES))
    assert defined == set(re.findall(r"var\((--[\w-]+)", STYLES))


def test_every_icon_is_drawn_and_shown() -> None:
    drawn = set(re.findall(r'id="i-([\w-]+)"', (ROOT / "static/img/icons.svg").read_text()))
    shown = set(re.findall(r'\{% icon "([\w-]+)"', TEMPLATES))
    assert shown - drawn == set()
    assert {name for name in drawn if f'"{name}"' not in CODE} == set()
