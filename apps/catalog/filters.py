"""What somebody looks for in the list of models: read from the address, written back into it.
Pure: values that mean nothing are left out, never an error page."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple
from urllib.parse import urlencode

from apps.catalog.listing import ABILITIES, KINDS, Entry, Listing, short_count

PAGE = 50
CONTEXTS = (32_000, 128_000, 200_000, 1_000_000)
SORTS = {
    "newest": "Newest",
    "price": "Price, low to high",
    "context": "Context, long to short",
    "name": "Name",
}
NEWEST = "newest"
LONGEST_SEARCH = 100


class Chip(NamedTuple):
    """One filter that is set, and the address without it."""

    words: str
    address: str


class Found(NamedTuple):
    """One page of what fits."""

    entries: list[Entry]
    total: int
    first: int
    pages: int


@dataclass(frozen=True)
class Wish:
    """Everything one may ask the list for."""

    q: str = ""
    author: str = ""
    provider: str = ""
    price: Decimal | None = None
    context: int = 0
    takes: frozenset[str] = frozenset()
    able: frozenset[str] = frozenset()
    free: bool = False
    open: bool = False
    sort: str = NEWEST
    page: int = 1
    price_problem: str = ""

    @classmethod
    def read(cls, params: Mapping[str, Any], listing: Listing) -> "Wish":
        """`params` is a QueryDict; names and numbers that do not exist are left out."""
        price, problem = _price(params.get("price", ""))
        context, page = _number(params.get("context", "")), _number(params.get("page", ""))
        author, provider = params.get("author", ""), params.get("provider", "")
        sort = params.get("sort", "")
        return cls(
            q=" ".join(params.get("q", "").replace("\0", "").split())[:LONGEST_SEARCH],
            author=author if author in listing.authors else "",
            provider=provider if provider in listing.providers else "",
            price=price,
            context=context if context <= 100_000_000 else 0,
            takes=frozenset(name for name in KINDS if params.get(name)),
            able=frozenset(name for name in ABILITIES if params.get(name)),
            free=bool(params.get("free")),
            open=bool(params.get("open")),
            sort=sort if sort in SORTS else NEWEST,
            page=min(max(page, 1), 10_000),
            price_problem=problem,
        )

    def found(self, listing: Listing) -> Found:
        fitting = [entry for entry in listing.entries.values() if self._keeps(entry)]
        fitting.sort(key=ORDERS[self.sort])
        pages = max(-(-len(fitting) // PAGE), 1)
        start = (min(self.page, pages) - 1) * PAGE
        return Found(fitting[start : start + PAGE], len(fitting), start + 1, pages)

    def _keeps(self, entry: Entry) -> bool:
        return (
            (not self.free or entry.is_free)
            and (not self.open or entry.has_open_weights)
            and (not self.author or entry.author_slug == self.author)
            and (not self.provider or self.provider in entry.providers)
            and (self.price is None or (entry.prompt is not None and entry.prompt <= self.price))
            and entry.context >= self.context
            and self.takes <= entry.takes
            and self.able <= entry.abilities
            and all(word in entry.text for word in self.q.lower().split())
        )

    @property
    def is_set(self) -> bool:
        return bool(self._own_params() - {("sort", self.sort)})

    def chips(self, listing: Listing) -> list[Chip]:
        return [Chip(words, without.address()) for words, without in self._set(listing)]

    def sorted_by(self, sort: str) -> str:
        return replace(self, sort=sort, page=1).address()

    def at_page(self, page: int) -> str:
        return replace(self, page=page).address()

    def address(self) -> str:
        """`?…` with what is set and nothing else, in one order."""
        params = sorted(self._own_params())
        if self.page > 1:
            params.append(("page", str(self.page)))
        return "?" + urlencode(params)

    def _own_params(self) -> set[tuple[str, str]]:
        words = {"q": self.q, "author": self.author, "provider": self.provider}
        params = {(name, value) for name, value in words.items() if value}
        params |= {(name, "1") for name in self.takes | self.able}
        params |= {(name, "1") for name in ("free", "open") if getattr(self, name)}
        if self.price is not None:
            params.add(("price", format(self.price, "f")))
        if self.context:
            params.add(("context", str(self.context)))
        if self.sort != NEWEST:
            params.add(("sort", self.sort))
        return params

    def _set(self, listing: Listing) -> Iterator[tuple[str, "Wish"]]:
        wish = replace(self, page=1)
        if self.q:
            yield f"“{self.q}”", replace(wish, q="")
        if self.author:
            yield f"By {listing.authors[self.author]}", replace(wish, author="")
        if self.provider:
            yield f"At {listing.providers[self.provider]}", replace(wish, provider="")
        if self.free:
            yield "Free", replace(wish, free=False)
        if self.open:
            yield "Open weights", replace(wish, open=False)
        for name in sorted(self.able):
            yield ABILITIES[name], replace(wish, able=self.able - {name})
        for name in sorted(self.takes):
            yield KINDS[name], replace(wish, takes=self.takes - {name})
        if self.context:
            yield f"Context from {short_count(self.context)}", replace(wish, context=0)
        if self.price is not None:
            yield f"Prompt up to ${self.price:f}", replace(wish, price=None)


def _by_price(entry: Entry) -> tuple[bool, Decimal, str]:
    return entry.typical is None, entry.typical or Decimal(0), entry.slug


def _by_age(entry: Entry) -> tuple[int, str]:
    return -(entry.released_on or date.min).toordinal(), entry.slug


ORDERS: Mapping[str, Callable[[Entry], Any]] = {
    "newest": _by_age,
    "price": _by_price,
    "context": lambda entry: (-entry.context, entry.slug),
    "name": lambda entry: (entry.name.lower(), entry.slug),
}


def _price(text: str) -> tuple[Decimal | None, str]:
    text = text.strip().lstrip("$").replace(",", ".")[:20]
    if not text:
        return None, ""
    try:
        price = Decimal(text)
    except InvalidOperation:
        price = Decimal(-1)
    if not price.is_finite() or not 0 <= price <= 1_000_000:
        return None, "Enter a price in dollars, such as 1.50."
    return price, ""


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
