"""Whether a model fits what is asked for: one test for each parameter that is set, of the model or
of its endpoints; and how many would be left by each further choice."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property, reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any

from apps.catalog.listing import YES, Entry, Offer, Value
from apps.catalog.parameters import NEEDED
from apps.catalog.search import Vocabulary, find

if TYPE_CHECKING:
    from apps.catalog.filters import Around, ModelFilter

EntryTest = Callable[[Entry], bool]
OfferTest = Callable[[Entry, Offer], bool]
Counts = dict[str, dict[str, int]]
Levels = Mapping[str, tuple[int, ...]]

TEXT = frozenset({"text"})
CONTEXTS = (32_000, 128_000, 200_000, 1_000_000)
AGES = (30, 90, 365)
# Of these only one value is set at a time: another one takes its place.
REPLACED = frozenset({"model_authors", "providers", "context", "max_age_days"})


def entry_tests(wanted: "ModelFilter", found: Levels, today: date) -> dict[str, EntryTest]:
    """By parameter, only those that are set. `found` by the search."""
    tests: dict[str, EntryTest] = {}
    if wanted.q:
        tests["q"] = lambda one: one.slug in found
    if wanted.authors:
        tests["model_authors"] = lambda one: one.author_slug in wanted.authors
    if wanted.arch:
        tests["arch"] = lambda one: f" {wanted.arch} " in one.spoken.names
    if wanted.takes:
        tests["input_modalities"] = lambda one: wanted.takes <= one.takes
    if wanted.makes:
        tests["output_modalities"] = lambda one: wanted.makes <= one.makes
    if wanted.use_cases:
        tests["use_case"] = lambda one: wanted.use_cases <= one.use_cases
    if wanted.free:
        tests["free"] = lambda one: one.is_free
    if wanted.open_weights:
        tests["open_weights"] = lambda one: one.has_open_weights
    if wanted.context:
        tests["context"] = lambda one: one.context >= wanted.context
    if wanted.min_age_days is not None:
        least = wanted.min_age_days
        tests["min_age_days"] = lambda one: (days_old(one, today) or 0) >= least
    if wanted.max_age_days is not None:
        most = wanted.max_age_days
        tests["max_age_days"] = lambda one: (days_old(one, today) or 0) <= most
    if wanted.min_age_days is not None or wanted.max_age_days is not None:
        tests["age"] = lambda one: one.released_on is not None
    return tests


def offer_tests(wanted: "ModelFilter", around: "Around") -> dict[str, OfferTest]:
    """What must hold of one and the same endpoint, by parameter, only those that are set."""
    tests: dict[str, OfferTest] = {}
    if wanted.providers:
        tests["providers"] = lambda _, one: one.provider in wanted.providers
    if wanted.parameters:
        needed = {NEEDED.get(name, name) for name in wanted.parameters}
        tests["supported_parameters"] = lambda _, one: needed <= one.abilities
    if wanted.limits_price:
        tests["price"] = _price_test(wanted)
    if wanted.zdr:
        tests["zdr"] = lambda _, one: around.keeps_nothing(one)
    if wanted.no_training:
        tests["no_training"] = lambda _, one: around.never_trains(one)
    if wanted.connected:
        tests["connected"] = lambda entry, one: (
            one.endpoint_id in around.connected.get(entry.slug, ())
        )
    if wanted.mine:
        tests["mine"] = lambda entry, one: one.endpoint_id in around.mine.get(entry.slug, ())
    return tests


class Sifting:
    """One question asked of a list of models: which fit, and how many each further choice would
    leave. Sets of models are the bits of one number. `kept` lasts as long as the list stands."""

    def __init__(
        self,
        wanted: "ModelFilter",
        entries: Iterable[Entry],
        around: "Around",
        kept: dict[str, Any] | None = None,
    ) -> None:
        self.wanted, self.entries, self.around = wanted, list(entries), around
        self._kept = {} if kept is None else kept

    @cached_property
    def found(self) -> Levels:
        """By name how well what is searched for is found; empty where nothing is."""
        if not self.wanted.q:
            return {}
        return find(self.wanted.q, self._once("spoken", lambda: _spoken(self.entries)))

    @cached_property
    def fitting(self) -> list[Entry]:
        """Those that fit, each narrowed to the endpoints that do, in the order they came."""
        places = _places(self._asked_of_models)
        if not self._offer_tests:
            return [self.entries[place] for place in places]
        found = ((self.entries[place], self._left[place]) for place in places)
        return [entry.narrowed(list(offers)) for entry, offers in found if offers]

    @cached_property
    def counts(self) -> Counts:
        """By parameter and value how many models would be left if that were chosen as well, or
        where only one may be, in its place."""
        counts, has_offer = self._of_offers()
        replaced = {*REPLACED, *(["output_modalities"] if self.wanted.makes == TEXT else [])}
        today = self.around.today
        of_models = self._once(f"of {today}", lambda: _bits_by_value(self.entries, today))
        for name, values in of_models.items():
            others = [b for other, b in self._sets.items() if other != name or name not in replaced]
            rest = reduce(and_, others, has_offer)
            counts[name] = {value: (rest & bits).bit_count() for value, bits in values.items()}
        return counts

    @cached_property
    def _sets(self) -> dict[str, int]:
        tests = entry_tests(self.wanted, self.found, self.around.today)
        return {name: _bits(self.entries, test) for name, test in tests.items()}

    @cached_property
    def _asked_of_models(self) -> int:
        return reduce(and_, self._sets.values(), (1 << len(self.entries)) - 1)

    @cached_property
    def _offer_tests(self) -> dict[str, OfferTest]:
        return offer_tests(self.wanted, self.around)

    @cached_property
    def _left(self) -> list[Sequence[Offer]]:
        """By place the endpoints that fit."""
        tests = list(self._offer_tests.values())
        left: list[Sequence[Offer]] = [()] * len(self.entries)
        for place in _places(self._worth_a_look):
            entry = self.entries[place]
            offers: Sequence[Offer] = entry.offers
            for test in tests:
                offers = [one for one in offers if test(entry, one)]
            left[place] = offers
        return left

    @property
    def _worth_a_look(self) -> int:
        """Models that have all that is asked of endpoints, if not at one and the same."""
        wanted, everything = self.wanted, (1 << len(self.entries)) - 1
        of_offers = self._once("offers", lambda: _offer_bits(self.entries))
        found = everything
        for name in {NEEDED.get(name, name) for name in wanted.parameters}:
            found &= of_offers.get(("supported_parameters", name), 0)
        if wanted.providers:
            bits = (of_offers.get(("providers", slug), 0) for slug in wanted.providers)
            found &= reduce(or_, bits)
        for is_asked, reach in ((wanted.connected, "connected"), (wanted.mine, "mine")):
            if is_asked:
                found &= _bits_named(self.entries, getattr(self.around, reach))
        return found

    def _of_offers(self) -> tuple[Counts, int]:
        """The same of what endpoints have; and which models have one that fits at all."""
        if not self._offer_tests:
            return self._of_all_offers(), (1 << len(self.entries)) - 1
        found: Counter[Value] = Counter()
        has_offer, among = 0, self._asked_of_models
        elsewhere = {n: test for n, test in self._offer_tests.items() if n != "providers"}
        for place, (entry, left) in enumerate(zip(self.entries, self._left, strict=True)):
            has_offer |= bool(left) << place
            if not among >> place & 1:
                continue
            seen: set[Value] = set()
            for one in left:
                seen |= one.values
            seen.update(_here(entry.slug, left, self.around))
            if self.wanted.providers:
                others = [o for o in entry.offers if all(t(entry, o) for t in elsewhere.values())]
                seen.update(("providers", one.provider) for one in others)
            found.update(seen)
        counts: Counts = {}
        for (name, value), number in found.items():
            counts.setdefault(name, {})[value] = number
        return counts, has_offer

    def _of_all_offers(self) -> Counts:
        """Where nothing is asked of endpoints, nearly all of it stands while the list does."""
        entries, around, among = self.entries, self.around, self._asked_of_models
        counts: Counts = {}
        for (name, value), bits in self._once("offers", lambda: _offer_bits(entries)).items():
            if name in EXTRA:
                bits |= _bits_with(entries, EXTRA[name](around))
            counts.setdefault(name, {})[value] = (bits & among).bit_count()
        for name, reach in (("connected", around.connected), ("mine", around.mine)):
            bits = _bits_named(entries, reach)
            counts[name] = {YES: (bits & among).bit_count()}
        return counts

    def _once(self, name: str, make: Callable[[], Any]) -> Any:
        if name not in self._kept:
            self._kept[name] = make()
        return self._kept[name]


EXTRA: dict[str, Callable[["Around"], frozenset[int]]] = {
    "zdr": lambda around: around.keep_nothing,
    "no_training": lambda around: around.never_train,
}


def _spoken(entries: Iterable[Entry]) -> Vocabulary:
    return Vocabulary({one.slug: one.spoken for one in entries})


def _bits_by_value(entries: Sequence[Entry], today: date) -> dict[str, dict[str, int]]:
    """Which models have each value of what is asked of models."""
    found: dict[str, dict[str, int]] = {}
    for place, entry in enumerate(entries):
        for name, value in _values(entry, today):
            values = found.setdefault(name, {})
            values[value] = values.get(value, 0) | 1 << place
    return found


def _values(entry: Entry, today: date) -> Iterator[Value]:
    yield "model_authors", entry.author_slug
    yield from (("input_modalities", kind) for kind in entry.takes)
    yield from (("output_modalities", kind) for kind in entry.makes)
    yield from (("use_case", name) for name in entry.use_cases)
    if entry.is_free:
        yield "free", YES
    if entry.has_open_weights:
        yield "open_weights", YES
    yield from (("context", str(least)) for least in CONTEXTS if entry.context >= least)
    days = days_old(entry, today)
    if days is not None:
        yield from (("max_age_days", str(most)) for most in AGES if days <= most)


def _offer_bits(entries: Sequence[Entry]) -> dict[Value, int]:
    found: dict[Value, int] = {("zdr", YES): 0, ("no_training", YES): 0}
    for place, entry in enumerate(entries):
        for value in {value for one in entry.offers for value in one.values}:
            found[value] = found.get(value, 0) | 1 << place
    return found


def _here(slug: str, offers: Iterable[Offer], around: "Around") -> Iterator[Value]:
    """What this house knows of these endpoints: nothing of those that are not connected."""
    connected = around.connected.get(slug)
    if not connected:
        return
    reached = connected.intersection(one.endpoint_id for one in offers)
    known = {
        "connected": reached,
        "mine": reached.intersection(around.mine.get(slug, ())),
        "zdr": reached & around.keep_nothing,
        "no_training": reached & around.never_train,
    }
    yield from ((name, YES) for name, endpoints in known.items() if endpoints)


def _bits(entries: Sequence[Entry], test: EntryTest) -> int:
    digits = ["1" if test(entry) else "0" for entry in reversed(entries)]
    return int("".join(digits) or "0", 2)


def _bits_with(entries: Sequence[Entry], endpoints: frozenset[int]) -> int:
    """Models with one of these endpoints."""
    return _bits(entries, lambda one: not endpoints.isdisjoint(one.endpoints)) if endpoints else 0


def _bits_named(entries: Sequence[Entry], names: Collection[str]) -> int:
    return _bits(entries, lambda one: one.slug in names) if names else 0


def _places(bits: int) -> list[int]:
    return [place for place, digit in enumerate(reversed(f"{bits:b}")) if digit == "1"]


def days_old(entry: Entry, today: date) -> int | None:
    """What comes out tomorrow is as new as can be."""
    return None if entry.released_on is None else max((today - entry.released_on).days, 0)


def _price_test(wanted: "ModelFilter") -> OfferTest:
    """What costs nobody knows how much is within no limit."""
    all_limits = (
        ("prompt", wanted.min_price, wanted.max_price),
        ("completion", wanted.min_output_price, wanted.max_output_price),
        ("typical", None, wanted.max_chat_price),
    )
    limits = [one for one in all_limits if one[1:] != (None, None)]

    def test(_: Entry, offer: Offer) -> bool:
        for name, least, most in limits:
            price: Decimal | None = getattr(offer, name)
            if price is None or (most is not None and price > most):
                return False
            if least is not None and price < least:
                return False
        return True

    return test
