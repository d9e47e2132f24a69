"""Models beside each other: a row for each fact, and in words how they differ. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from apps.catalog.listing import ABILITIES, KINDS, Entry, in_words
from apps.catalog.measured import Measured, seconds
from apps.core import money

TEXT = "Text"
MUCH = Decimal("1.5")  # times the cheapest, before it is said how many
NOUNS = {"tools": "tools", "reasoning": "thinking first", "structured_outputs": "JSON"}
NOT_MEASURED = "not measured here yet"


class Cell(NamedTuple):
    """`mark` says what sets it apart, `note` what else is worth knowing beside the others; they are
    empty where nothing is."""

    value: str
    mark: str = ""
    note: str = ""


class Row(NamedTuple):
    name: str
    cells: list[Cell]


def compared(entries: Sequence[Entry], measured: Mapping[str, Measured] | None = None) -> list[Row]:
    """`measured` by name, None for whoever is not told."""
    rows = [*_prices(entries), *_sizes(entries), *_kinds(entries), *_rest(entries)]
    if measured is not None:
        rows += _here([measured.get(one.slug, Measured()) for one in entries])
    return rows


def _prices(entries: Sequence[Entry]) -> Iterator[Row]:
    typical = [one.typical for one in entries]
    marks = _least(typical, "cheapest")
    shown = [money.usd_each(price) for price in typical]
    notes = [
        "" if mark else _dearer(price, typical) for price, mark in zip(typical, marks, strict=True)
    ]
    yield Row("A typical chat", list(map(Cell, shown, marks, notes)))
    for name, field in (("Prompt", "prompt"), ("Completion", "completion")):
        prices: list[Decimal | None] = [getattr(one, field) for one in entries]
        shown = [money.usd_exact(price) for price in prices]
        yield Row(f"{name}, per million tokens", _cells(shown, _least(prices, "lowest")))


def _sizes(entries: Sequence[Entry]) -> Iterator[Row]:
    contexts = [one.context or None for one in entries]
    answers = [one.max_output or None for one in entries]
    shown = [_tokens(count) for count in contexts]
    yield Row("Context", _cells(shown, _most(contexts, "longest context")))
    shown = [_tokens(count) for count in answers]
    yield Row("Longest answer", _cells(shown, _most(answers, "longest")))


def _kinds(entries: Sequence[Entry]) -> Iterator[Row]:
    takes = [[word for kind, word in KINDS.items() if kind in one.takes] for one in entries]
    makes = [[word for kind, word in KINDS.items() if kind in one.makes] for one in entries]
    able = [[name for name in ABILITIES if name in one.abilities] for one in entries]
    whole = [in_words([TEXT, *words]) for words in takes]
    yield Row("Takes in", _cells(whole, _only(takes, "only one that takes {}")))
    if any(makes):
        whole = [in_words([TEXT, *words]) for words in makes]
        yield Row("Makes", _cells(whole, _only(makes, "only one that makes {}")))
    whole = [in_words([ABILITIES[name] for name in names]) or "Plain answers" for names in able]
    nouns = [[NOUNS[name] for name in names] for names in able]
    yield Row("Abilities", _cells(whole, _only(nouns, "only one with {}")))


def _rest(entries: Sequence[Entry]) -> Iterator[Row]:
    are_open = [["weights"] if one.has_open_weights else [] for one in entries]
    shown = ["Open" if words else "Closed, or not known" for words in are_open]
    yield Row("Weights", _cells(shown, _only(are_open, "only one with open {}")))
    days = [one.released_on for one in entries]
    shown = [f"{day.day} {day:%b %Y}" if day else money.NOTHING for day in days]
    ages = [day.toordinal() if day else None for day in days]
    yield Row("Released", _cells(shown, _most(ages, "newest")))
    counts = [len(one.providers) for one in entries]
    shown = [f"{count} provider{'' if count == 1 else 's'}" for count in counts]
    yield Row("Runs at", _cells(shown, _most(counts, "most providers")))
    yield _some(
        "Where nothing is kept",
        [[one.keeps_nothing for one in entry.offers] for entry in entries],
        "only one that can be asked where nothing is kept",
    )
    yield _some(
        "Where nothing is learnt",
        [[one.never_trains for one in entry.offers] for entry in entries],
        "only one that can be asked without training",
    )


def _some(name: str, offers: Sequence[Sequence[bool]], mark: str) -> Row:
    """Of how many endpoints something is so."""
    counts = [sum(each) for each in offers]
    shown = [
        f"{n} of {len(each)} endpoint{'s'[: len(each) != 1]}"
        for n, each in zip(counts, offers, strict=True)
    ]
    is_alone = len(counts) > 1 and sum(map(bool, counts)) == 1
    return Row(name, _cells(shown, [mark if n and is_alone else "" for n in counts]))


def _here(measured: Sequence[Measured]) -> Iterator[Row]:
    """What the house saw of them itself, half of the calls being at least this good."""
    latencies = [one.latency.p50 if one.latency else None for one in measured]
    speeds = [one.throughput.p50 if one.throughput else None for one in measured]
    shown = [NOT_MEASURED if ms is None else seconds(ms) for ms in latencies]
    yield Row("First word, here", _cells(shown, _least(latencies, "soonest")))
    shown = [NOT_MEASURED if rate is None else f"{rate:.0f} tokens a second" for rate in speeds]
    yield Row("Speed, here", _cells(shown, _most(speeds, "fastest")))


def _cells(values: Sequence[str], marks: Sequence[str]) -> list[Cell]:
    return [Cell(value, mark) for value, mark in zip(values, marks, strict=True)]


Figure = Decimal | float | int | None


def _least(figures: Sequence[Figure], word: str) -> list[str]:
    return _best(figures, word, min)


def _most(figures: Sequence[Figure], word: str) -> list[str]:
    return _best(figures, word, max)


def _best(
    figures: Sequence[Figure], word: str, choose: Callable[[list[Decimal | float | int]], Figure]
) -> list[str]:
    """Who shares the first place with some shares the word; where all are alike nothing is said."""
    known = [one for one in figures if one is not None]
    if len(known) < 2 or len(set(known)) < 2:
        return [""] * len(figures)
    best = choose(known)
    shared = "" if known.count(best) == 1 else "shared: "  # type: ignore[arg-type]
    return [f"{shared}{word}" if one == best else "" for one in figures]


def _only(words: Sequence[Sequence[str]], sentence: str) -> list[str]:
    """For what one alone has."""
    marks = []
    for at, mine in enumerate(words):
        others = {word for place, theirs in enumerate(words) if place != at for word in theirs}
        alone = [word for word in mine if word not in others]
        told = " and ".join(word if word.isupper() else word.lower() for word in alone)
        marks.append(sentence.format(told) if told and len(words) > 1 else "")
    return marks


def _dearer(price: Decimal | None, prices: Sequence[Decimal | None]) -> str:
    """Nothing is a number of times what costs nothing."""
    least = min((one for one in prices if one), default=None)
    if not price or not least or price / least < MUCH:
        return ""
    factor = price / least
    shown = f"{factor:.0f}" if factor >= 10 else f"{factor:.1f}".removesuffix(".0")
    return f"{shown} times the cheapest"


def _tokens(count: int | None) -> str:
    return f"{count:,} tokens" if count else money.NOTHING
