"""What a program asks the catalogue for: the filters of the pages, read strictly, and how many at
once. An error names the parameter and says what would do."""

import difflib
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest

from apps.catalog.asking import FilterError
from apps.catalog.filters import AGES, PRICES, SWITCHES, UNANSWERED, ModelFilter
from apps.catalog.listing import Listing
from apps.routing.errors import Refusal, invalid

USUAL, MOST = 500, 1000
# What people type alone, and what is about them: no program needs the one or is told the other.
FOR_PAGES = {
    "page": "page belongs to the pages; use offset and limit.",
    "fmt": "fmt belongs to the pages; what is told here is JSON.",
}
OF_THE_HOUSE = ("connected", "mine")
PARAMETERS = frozenset(
    {
        *("q", "model_authors", "providers", "input_modalities", "output_modalities"),
        *("supported_parameters", "use_case", "arch", "context", "sort", "offset", "limit"),
        *("use_rss", "use_rss_chat_links"),
        *(*PRICES, *AGES, *SWITCHES, *FOR_PAGES),
        *(name for name, _ in UNANSWERED),
    }
)
# Sent by clients of other services or against caches; they mean nothing here and harm nothing.
HARMLESS = frozenset({"_", "api-version"})


class Slice(NamedTuple):
    """`limit` None: all of it, as whoever asks for no part of it gets."""

    offset: int
    limit: int | None

    def of(self, found: list[Any]) -> list[Any]:
        end = None if self.limit is None else self.offset + self.limit
        return found[self.offset : end]


def asked(request: HttpRequest, listing: Listing, *, has_key: bool) -> ModelFilter:
    """Raises Refusal for what is unknown, contradicts itself or cannot be answered here."""
    for name in request.GET:
        if name in FOR_PAGES:
            raise invalid(FOR_PAGES[name], field=name)
        if name not in PARAMETERS | HARMLESS:
            raise _unknown(name)
    try:
        wanted = ModelFilter.from_query(request.GET, listing, strict=True)
    except FilterError as problem:
        raise invalid(problem.sentence, field=problem.field) from None
    for name in OF_THE_HOUSE:
        if getattr(wanted, name) and not has_key:
            raise invalid(f"{name} is for whoever has a key of this house.", field=name)
    return wanted


def slice_of(request: HttpRequest, wanted: ModelFilter) -> Slice:
    is_part = bool({"offset", "limit"} & set(request.GET))
    return Slice(wanted.offset, (wanted.limit or USUAL) if is_part else None)


def following(request: HttpRequest, wanted: ModelFilter, part: Slice, total: int) -> str | None:
    """Where the next part is, if there is one."""
    if part.limit is None or part.offset + part.limit >= total:
        return None
    more = urlencode({"offset": part.offset + part.limit, "limit": part.limit})
    asked_for = wanted.address()
    return f"{request.path}{asked_for}{'&' if len(asked_for) > 1 else ''}{more}"


def _unknown(name: str) -> Refusal:
    near = difflib.get_close_matches(name[:80], _offered(), n=1, cutoff=0.6)
    hint = f" Did you mean {near[0]}?" if near else ""
    return invalid(f"{name[:80]} is no filter of this list.{hint}", field=name[:80])


def _offered() -> Iterable[str]:
    return PARAMETERS - {name for name, _ in UNANSWERED} - set(FOR_PAGES)
