"""The figures of the activity page as a CSV file: one line for each column of the chart and each
group in it, and no group left out."""

import csv
import io
from typing import Any

from apps.usage.download import plain
from apps.usage.grouping import names_of
from apps.usage.pages import Question

MEASURES = (
    "requests",
    "prompt_tokens",
    "completion_tokens",
    "reasoning_tokens",
    "cached_tokens",
    "spend",
)
HEADS = ("calls", *MEASURES[1:-1], "cost_usd")


def lines_of(asked: Question) -> str:
    """Two endpoints of one provider are one group, so what has one name is added up."""
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    by = asked.wish.by
    writer.writerow([asked.each, by, f"{by}_name", *HEADS])
    found: dict[tuple[str, str], list[Any]] = {}
    parts = asked.parts()
    for value, one in parts:
        at = one.at.isoformat() if one.at else ""
        figures = [getattr(one, measure) for measure in MEASURES]
        before = found.get((at, value), [0] * len(MEASURES))
        found[at, value] = [a + b for a, b in zip(before, figures, strict=True)]
    names = names_of(by, {part.value for part in parts})
    for (at, value), figures in found.items():
        cells = [at, value, names[value].words, *figures[:-1], f"{figures[-1]:f}"]
        writer.writerow([plain(cell) for cell in cells])
    return file.getvalue()
