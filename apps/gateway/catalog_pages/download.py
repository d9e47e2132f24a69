"""Models as a CSV file, a line for each."""

import csv
import io
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from apps.catalog.filters import Around
from apps.catalog.listing import Entry
from apps.usage.download import plain

HEADS = (
    "id",
    "name",
    "maker",
    "released_on",
    "context",
    "longest_answer",
    "prompt_usd_per_million",
    "completion_usd_per_million",
    "typical_chat_usd",
    "is_free",
    "has_open_weights",
    "takes",
    "makes",
    "abilities",
    "good_for",
    "providers",
    "keeps_nothing_somewhere",
    "does_not_train_somewhere",
)
KNOWN_HEADS = ("is_connected", "i_may_use")


def csv_of(entries: Iterable[Entry], around: Around, *, is_known: bool) -> HttpResponse:
    """Strangers are not told what is connected."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"models-{timezone.localdate():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    file = io.StringIO()
    lines = csv.writer(file, quoting=csv.QUOTE_ALL)
    lines.writerow((*HEADS, *(KNOWN_HEADS if is_known else ())))
    for entry in entries:
        own = (entry.slug in around.connected, entry.slug in around.mine) if is_known else ()
        lines.writerow([plain(value) for value in (*_cells(entry), *own)])
    response.write(file.getvalue())
    return response


def _cells(entry: Entry) -> Iterator[Any]:
    yield from (entry.slug, entry.name, entry.author, entry.released_on)
    yield from (entry.context or None, entry.max_output or None)
    yield from map(_price, (entry.prompt, entry.completion, entry.typical))
    yield from (entry.is_free, entry.has_open_weights)
    for names in (entry.takes, entry.makes, entry.abilities, entry.use_cases):
        yield " ".join(sorted(names))
    yield " ".join(sorted(entry.providers))
    yield from (entry.keeps_nothing, entry.never_trains)


def _price(price: Decimal | None) -> str | None:
    return None if price is None else format(price, "f")
