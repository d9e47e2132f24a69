"""What somebody looks for among the models: read from an address, written back into it, applied to
the entries in memory. The list, its downloads and the API all ask this one."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.utils import timezone

from apps.catalog.asking import Asked, Problem
from apps.catalog.fitting import TEXT, Sifting
from apps.catalog.listing import ABILITIES, KINDS, Entry, Listing, Offer, short_count
from apps.catalog.measured import Measured
from apps.catalog.orders import NEWEST, SORTS, in_order
from apps.catalog.parameters import KNOWN, NEEDED
from apps.catalog.use_cases import BY_NAME

PAGE = 50
LONGEST_SEARCH = 100
LONGEST_CONTEXT = 100_000_000
OLDEST_DAYS = 36_500
MOST_AT_ONCE = 1000
ALL = "all"
ALL_INPUTS = tuple(KINDS)
INPUTS = ("text", *ALL_INPUTS)
OUTPUTS = ("text", "image", "audio", "video", "embeddings", "rerank", "speech", "transcription")
CARDS, TABLE = "cards", "table"
SCORES = ("intelligence_index", "coding_index", "agentic_index", "tool_success_rate")
NO_SCORES = "No such scores are kept here."
# OpenRouter's, which nobody can answer here without guessing.
UNANSWERED = (
    ("category", "This house does not sort models by traffic; use_case tells what a model fits."),
    ("distillable", "Which makers allow distillation is not known here."),
    ("region", "Where a provider's machines stand is not known here."),
    *(
        (f"{end}_{name}", "No such scores are kept here.")
        for name in SCORES
        for end in ("min", "max")
    ),
)


@dataclass(frozen=True)
class Around:
    """What the rooms above know, as plain data. `connected`: by name the endpoints a call can
    reach; `mine`: those of them that the asker's rules leave. A name with none is not in it.
    `keep_nothing`, `never_train`, `at_home`: endpoints of which the house knows more than the
    public.
    `measured` and `calls` (of 30 days, only where there are enough) by name."""

    connected: Mapping[str, frozenset[int]] = field(default_factory=dict)
    mine: Mapping[str, frozenset[int]] = field(default_factory=dict)
    keep_nothing: frozenset[int] = frozenset()
    never_train: frozenset[int] = frozenset()
    at_home: frozenset[int] = frozenset()
    measured: Mapping[str, Measured] = field(default_factory=dict)
    calls: Mapping[str, int] = field(default_factory=dict)
    today: date = field(default_factory=timezone.localdate)

    def keeps_nothing(self, offer: Offer) -> bool:
        return offer.keeps_nothing or offer.endpoint_id in self.keep_nothing

    def never_trains(self, offer: Offer) -> bool:
        return offer.never_trains or offer.endpoint_id in self.never_train


class Chip(NamedTuple):
    """One filter that is set, and the address without it."""

    words: str
    address: str


@dataclass(frozen=True)
class ModelFilter:
    """Everything one may ask the catalogue for. What is asked of an endpoint (provider, price,
    privacy, abilities, connected) must hold of one and the same: a model that is cheap at one
    provider and private at another is not both."""

    q: str = ""
    authors: frozenset[str] = frozenset()
    providers: frozenset[str] = frozenset()
    takes: frozenset[str] = frozenset()
    makes: frozenset[str] = TEXT  # empty: whatever it makes
    parameters: frozenset[str] = frozenset()
    use_cases: frozenset[str] = frozenset()
    arch: str = ""
    context: int = 0
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    min_output_price: Decimal | None = None
    max_output_price: Decimal | None = None
    max_chat_price: Decimal | None = None
    min_age_days: int | None = None
    max_age_days: int | None = None
    free: bool = False
    open_weights: bool = False
    zdr: bool = False
    no_training: bool = False
    connected: bool = False
    mine: bool = False
    sort: str = ""
    offset: int = 0
    limit: int | None = None
    page: int = 1
    fmt: str = TABLE
    use_rss: bool = False
    problems: tuple[Problem, ...] = ()

    @classmethod
    def from_query(
        cls, params: Mapping[str, Any], listing: Listing, *, strict: bool = False
    ) -> "ModelFilter":
        """`strict` raises FilterError for the first value that means nothing."""
        asked = Asked(params, strict=strict)
        asked.refuse_all(UNANSWERED)
        q, sort = " ".join(asked.one("q").split())[:LONGEST_SEARCH], asked.choice("sort", SORTS)
        named: dict[str, Any] = {name: asked.price(name) for name in PRICES}
        named |= {name: asked.flag(name) for name in SWITCHES}
        found = cls(
            q=q,
            authors=asked.named("model_authors", listing.authors, "maker"),
            providers=asked.named("providers", listing.providers, "provider"),
            takes=asked.known("input_modalities", INPUTS, "kind of input"),
            makes=_makes(asked),
            parameters=asked.known("supported_parameters", KNOWN, "parameter"),
            use_cases=asked.known("use_case", BY_NAME, "use case"),
            arch=asked.one("arch").casefold()[:LONGEST_SEARCH],
            context=asked.count("context", most=LONGEST_CONTEXT) or 0,
            **named,
            min_age_days=asked.count("min_age_days", most=OLDEST_DAYS),
            max_age_days=asked.count("max_age_days", most=OLDEST_DAYS),
            sort="" if sort == NEWEST and not q else sort,
            offset=asked.count("offset", most=LONGEST_CONTEXT) or 0,
            limit=asked.count("limit", least=1, most=MOST_AT_ONCE),
            page=asked.count("page", least=1, most=10_000) or 1,
            fmt=CARDS if asked.one("fmt") == CARDS else TABLE,
            use_rss=asked.flag("use_rss"),
        )
        for least, most, what in CONTRADICTIONS:
            low, high = getattr(found, least), getattr(found, most)
            if low is not None and high is not None and low > high:
                asked.refuse(
                    least, f"The {what} cannot be above the highest.", str(low), aloud=True
                )
                found = found._with(least, None)
        return replace(found, problems=tuple(asked.problems))

    def apply(self, entries: Iterable[Entry], around: Around) -> list[Entry]:
        """Those that fit, in order, each narrowed to the endpoints that do. What was searched for
        and not sorted comes closest first."""
        return self.ordered(Sifting(self, entries, around))

    def ordered(self, sifting: Sifting) -> list[Entry]:
        around = sifting.around
        ordered = in_order(sifting.fitting, self.sort or NEWEST, around.measured, around.calls)
        if self.q and not self.sort:
            ordered.sort(key=lambda one: sifting.found[one.slug])
        return ordered

    @property
    def limits_price(self) -> bool:
        return any(getattr(self, name) is not None for name in PRICES)

    @property
    def is_set(self) -> bool:
        return bool(self.names() - {"sort", "fmt"})

    def names(self) -> set[str]:
        """The parameters that are set."""
        return set(self._params())

    def chips(self, listing: Listing) -> list[Chip]:
        return [Chip(words, without.address()) for words, without in self._set(listing)]

    def sorted_by(self, sort: str) -> str:
        return replace(self, sort=sort, page=1).address()

    def shown_as(self, fmt: str) -> str:
        return replace(self, fmt=fmt).address()

    def at_page(self, page: int) -> str:
        return replace(self, page=page).address()

    def address(self) -> str:
        """`?…` with what is set and nothing else, in one order."""
        params = sorted(self._params().items())
        if self.page > 1:
            params.append(("page", str(self.page)))
        return "?" + urlencode(params, safe=",")

    def _with(self, field: str, value: Any) -> "ModelFilter":
        change: dict[str, Any] = {field: value}
        return replace(self, **change)

    def _params(self) -> dict[str, str]:
        lists = {
            "model_authors": self.authors,
            "providers": self.providers,
            "input_modalities": self.takes,
            "supported_parameters": self.parameters,
            "use_case": self.use_cases,
        }
        numbers = (*PRICES, "min_age_days", "max_age_days")
        params = {"q": self.q, "arch": self.arch, "sort": self.sort}
        params |= {name: ",".join(sorted(words)) for name, words in lists.items()}
        params |= {name: "true" for name in SWITCHES if getattr(self, name)}
        params |= {n: format(v, "f") for n in PRICES if (v := getattr(self, n)) is not None}
        params |= {n: str(v) for n in numbers[len(PRICES) :] if (v := getattr(self, n)) is not None}
        if self.makes != TEXT:
            params["output_modalities"] = ",".join(sorted(self.makes)) or ALL
        if self.context:
            params["context"] = str(self.context)
        if self.fmt != TABLE:
            params["fmt"] = self.fmt
        return {name: value for name, value in params.items() if value}

    def _set(self, listing: Listing) -> Iterator[tuple[str, "ModelFilter"]]:
        here = replace(self, page=1)
        if self.q:
            yield f"“{self.q}”", replace(here, q="")
        if self.arch:
            yield f"Family “{self.arch}”", replace(here, arch="")
        for slug in sorted(self.authors):
            yield f"By {listing.authors[slug]}", replace(here, authors=self.authors - {slug})
        for slug in sorted(self.providers):
            yield f"At {listing.providers[slug]}", replace(here, providers=self.providers - {slug})
        for name, words in SWITCHES.items():
            if getattr(self, name):
                yield words, here._with(name, False)
        for name in sorted(self.parameters):
            words = ABILITIES.get(NEEDED.get(name, name), name)
            yield words, replace(here, parameters=self.parameters - {name})
        for name in sorted(self.use_cases):
            yield BY_NAME[name].title, replace(here, use_cases=self.use_cases - {name})
        for name in sorted(self.takes):
            yield f"Takes {KINDS.get(name, name).lower()}", replace(here, takes=self.takes - {name})
        if self.makes != TEXT:
            made = ", ".join(KINDS.get(name, name).lower() for name in sorted(self.makes))
            yield f"Makes {made or 'anything'}", replace(here, makes=TEXT)
        if self.context:
            yield f"Context from {short_count(self.context)}", replace(here, context=0)
        for name, words in PRICES.items():
            if (price := getattr(self, name)) is not None:
                yield words.format(f"${price:f}"), here._with(name, None)
        for name, words in AGES.items():
            if (days := getattr(self, name)) is not None:
                yield words.format(f"{days} days"), here._with(name, None)


PRICES = {
    "min_price": "Prompt from {}",
    "max_price": "Prompt up to {}",
    "min_output_price": "Completion from {}",
    "max_output_price": "Completion up to {}",
    "max_chat_price": "A typical chat up to {}",
}
AGES = {"min_age_days": "Older than {}", "max_age_days": "Released within {}"}
SWITCHES = {
    "free": "Free",
    "open_weights": "Open weights",
    "zdr": "Keeps nothing",
    "no_training": "Does not train",
    "connected": "Connected here",
    "mine": "I may use",
}
CONTRADICTIONS = (
    ("min_price", "max_price", "lowest prompt price"),
    ("min_output_price", "max_output_price", "lowest completion price"),
    ("min_age_days", "max_age_days", "lowest age"),
)


def _makes(asked: Asked) -> frozenset[str]:
    if ALL in asked.many("output_modalities"):
        return frozenset()
    return asked.known("output_modalities", OUTPUTS, "kind of output") or TEXT
