"""What the list finds for one question: which models in which order, and the counts. Kept for as
long as the catalogue stands, since people page, sort and come back."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple, TypeVar

from apps.catalog.filters import PAGE, TABLE, Around, ModelFilter
from apps.catalog.fitting import Counts, Sifting
from apps.catalog.known_here import known_here
from apps.catalog.listing import Entry, Listing
from apps.catalog.orders import FASTEST, MOST_USED, SOONEST
from apps.gateway.catalog_pages.picks import Pick, picks

MOST_KEPT = 300
Answer = TypeVar("Answer")


class Result(NamedTuple):
    """`around` is kept as long as the rest, so that its parts can be told by where they stand."""

    entries: list[Entry]
    counts: Counts
    around: Around


class Page(NamedTuple):
    """One page of what fits."""

    entries: list[Entry]
    total: int
    first: int
    pages: int

    @property
    def last(self) -> int:
        return self.first + len(self.entries) - 1


def result_of(wanted: ModelFilter, catalog: Listing, around: Around) -> Result:
    here = known_here(catalog, around)

    def ask() -> Result:
        sifting = Sifting(wanted, here.entries.values(), around, here.kept)
        return Result(wanted.ordered(sifting), sifting.counts, around)

    question = replace(wanted, page=1, offset=0, limit=None, fmt=TABLE, use_rss=False, problems=())
    return _kept(here, (question, *_standing(around, wanted.sort)), ask)


def picks_for(catalog: Listing, around: Around, *, is_known: bool) -> list[Pick]:
    """From what is open to somebody of the house; strangers see the best of all there is."""

    def ask() -> tuple[list[Pick], Around]:
        open_to = result_of(ModelFilter(mine=is_known), catalog, around)
        return picks(open_to.entries, catalog.entries, around), around

    return _kept(catalog, ("picks", is_known, *_standing(around)), ask)[0]


def page_of(result: Result, page: int) -> Page:
    fitting = result.entries
    pages = max(-(-len(fitting) // PAGE), 1)
    start = (min(page, pages) - 1) * PAGE
    return Page(fitting[start : start + PAGE], len(fitting), start + 1, pages)


def _standing(around: Around, sort: str = "") -> tuple[object, ...]:
    """What an answer is made of. What was measured is read anew twice a minute, and decides only
    orders of its own."""
    parts: list[object] = [around.connected, around.mine, around.keep_nothing, around.never_train]
    parts += [around.measured] if sort in (FASTEST, SOONEST) else []
    parts += [around.calls] if sort == MOST_USED else []
    return (around.today, *map(id, parts))


def _kept(catalog: Listing, question: tuple[object, ...], ask: Callable[[], Answer]) -> Answer:
    held = catalog.kept.setdefault("answers", {})
    if question in held:
        answer: Answer = held[question]
        return answer
    if len(held) >= MOST_KEPT:
        held.clear()
    held[question] = found = ask()
    return found
