"""The list one picks a model from: suggestions in words, what one used lately, what a search finds,
and what is closed here with the reason. Never more rows than somebody reads."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from statistics import quantiles

from apps.chat.choices import Choice, Shelf, has_words, searchable
from apps.chat.closed import CONNECT, Closed, why_closed
from apps.gateway.measures import Measures
from apps.gateway.routers import AUTO, FREE
from apps.routing.policy import may_use
from apps.routing.types import Policy

MOST_ROWS, MOST_LATELY, MOST_OTHERS, MOST_CLOSED = 30, 4, 12, 12
FEW_CLOSED = MOST_OFFERS = 3
LONGEST_SEARCH = 100
NOT_MEASURED = Measures()
ROUTER_WORDS = {
    AUTO: "The cheapest model that can do what the message asks for",
    FREE: "A model that costs nothing and can do what the message asks for",
}
ESTABLISHED = 4  # providers of the catalogue that run a model people use


@dataclass(frozen=True)
class Row:
    """`why` stands in the second line in place of what the model can."""

    choice: Choice
    why: str = ""


@dataclass
class Picker:
    """Everything the list shows. `found` counts what a search fits, shown or not."""

    chosen: str = ""
    q: str = ""
    groups: list[tuple[str, list[Row]]] = field(default_factory=list)
    closed: list[Closed] = field(default_factory=list)
    total: int = 0
    found: int = 0
    shown: int = 0
    unconnected: int = 0
    needs_connection: bool = False
    in_trouble: frozenset[str] = frozenset()


def picker_of(
    shelf: Shelf,
    policy: Policy,
    *,
    q: str,
    chosen: Choice | None,
    lately: Sequence[str],
    measures: Measures = NOT_MEASURED,
) -> Picker:
    choices = shelf.choices(policy)
    q = " ".join(q.replace("\0", "").split())[:LONGEST_SEARCH]
    picker = Picker(
        chosen=chosen.slug if chosen else "",
        q=q,
        total=sum(not one.is_router for one in choices.values()),
    )
    shut = [slug for slug in shelf.catalog.endpoints if slug not in choices]
    picker.unconnected = sum(slug not in shelf.catalog.routes for slug in shut)
    if q:
        _search(picker, choices)
        wanted = (slug for slug in shut if has_words(_text(shelf, slug), q))
        picker.closed = [
            why_closed(shelf.catalog, slug, policy) for slug in islice(wanted, MOST_CLOSED)
        ]
    else:
        _offer(picker, choices, lately)
        used = [slug for slug in lately if slug not in choices][:FEW_CLOSED]
        named = used or _newest_by_rule(shelf, policy, shut)
        picker.closed = [why_closed(shelf.catalog, slug, policy) for slug in named]
    picker.shown = sum(len(rows) for _, rows in picker.groups)
    _keep_chosen(picker, chosen)
    shown = {row.choice.slug for _, rows in picker.groups for row in rows}
    picker.in_trouble = frozenset(
        slug for slug in shown if _is_in_trouble(shelf, policy, slug, measures)
    )
    is_bare = all(one.is_demo for one in choices.values())
    picker.needs_connection = is_bare or any(one.way == CONNECT for one in picker.closed)
    return picker


def suggested(choices: Iterable[Choice]) -> list[Row]:
    """One model for each word, by what the catalogue knows: price, age, abilities, and how many
    providers run it. Where nothing fits, the word is left out."""
    known = [one for one in choices if not one.is_demo and not one.is_router]
    priced = [one for one in known if not one.is_free and one.typical]
    low, high = _fourths([one.typical for one in priced if one.typical])
    kinds: list[tuple[str, Callable[[Choice], bool]]] = [
        ("Quick and cheap", lambda one: _costs(one, most=low)),
        ("Careful thinker", lambda one: one.thinks and _costs(one, least=high, most=high * 5)),
        ("Reads pictures", lambda one: one.reads_pictures and _costs(one, most=high)),
        ("Free", lambda one: one.is_free),
    ]
    rows: list[Row] = []
    for words, fits in kinds:
        taken = {row.choice.slug for row in rows}
        fitting = [one for one in known if fits(one) and one.slug not in taken]
        if fitting:
            rows.append(Row(max(fitting, key=_standing), words))
    return rows


def with_eyes(choices: Mapping[str, Choice]) -> list[Choice]:
    """A few models that read pictures: cheap, middle and dear as far as there are such."""
    seeing = [one for one in choices.values() if one.reads_pictures and not one.is_router]
    first = [row.choice for row in suggested(seeing) if row.choice.reads_pictures]
    rest = sorted((one for one in seeing if one not in first), key=_standing, reverse=True)
    return [*first, *rest][:MOST_OFFERS]


def _standing(one: Choice) -> tuple[bool, date, int, str]:
    """The newest of those that several providers run."""
    return one.offers >= ESTABLISHED, one.released_on or date.min, one.offers, one.slug


def _costs(one: Choice, *, least: float = 0, most: float) -> bool:
    return bool(one.typical) and not one.is_free and least <= float(one.typical or 0) <= most


def _fourths(prices: Sequence[object]) -> tuple[float, float]:
    """What a cheap and what a dear model costs among these."""
    sums = sorted(float(str(price)) for price in prices)
    if len(sums) < 2:
        return (sums[0], sums[0]) if sums else (0.0, 0.0)
    found = quantiles(sums, n=4, method="inclusive")
    return found[0], found[2]


def _offer(picker: Picker, choices: Mapping[str, Choice], lately: Sequence[str]) -> None:
    rows = suggested(choices.values())
    told = {row.choice.slug for row in rows}
    left_open = [Row(one, ROUTER_WORDS[one.slug]) for one in choices.values() if one.is_router]
    told |= {row.choice.slug for row in left_open}
    _add(picker, "Suggested", rows)
    _add(picker, "Leave it to the house", left_open)
    used = [Row(choices[slug]) for slug in lately if slug in choices][:MOST_LATELY]
    _add(picker, "Used lately", [row for row in used if row.choice.slug not in told])
    told |= {row.choice.slug for row in used}
    rest = (one for slug, one in choices.items() if slug not in told)
    others = [Row(one) for one in sorted(rest, key=_standing, reverse=True)]
    _add(picker, "All others" if len(others) <= MOST_OTHERS else "More", others[:MOST_OTHERS])


def _search(picker: Picker, choices: Mapping[str, Choice]) -> None:
    fitting = [one for one in choices.values() if has_words(one.text, picker.q)]
    picker.found = len(fitting)
    _add(picker, "Found", [Row(one) for one in fitting[:MOST_ROWS]])


def _add(picker: Picker, title: str, rows: list[Row]) -> None:
    if rows:
        picker.groups.append((title, rows))


def _keep_chosen(picker: Picker, chosen: Choice | None) -> None:
    """The form must go on naming a model while one looks for another."""
    is_shown = any(row.choice == chosen for _, rows in picker.groups for row in rows)
    if chosen is not None and not is_shown:
        picker.groups.insert(0, ("Chosen", [Row(chosen)]))


def _is_in_trouble(shelf: Shelf, policy: Policy, slug: str, measures: Measures) -> bool:
    """Whether nobody who may answer for it here answers as they should."""
    left = (one for one in shelf.catalog.routes.get(slug, ()) if may_use((one,), policy))
    return measures.all_in_trouble(one.endpoint_id for one in left)


def _newest_by_rule(shelf: Shelf, policy: Policy, shut: Sequence[str]) -> list[str]:
    """A few that a rule closes: who looks for one of them sees that it is no mistake."""
    reached = (slug for slug in shut if slug in shelf.catalog.routes)
    dated = ((_released(shelf, slug), slug) for slug in reached)
    return [slug for _, slug in sorted(dated, reverse=True)[:FEW_CLOSED]]


def _released(shelf: Shelf, slug: str) -> date:
    model = shelf.catalog.models.get(slug.partition(":")[0])
    return (model.fact("released_on") if model else None) or date.min


def _text(shelf: Shelf, slug: str) -> str:
    model = shelf.catalog.models.get(slug.partition(":")[0])
    return searchable(slug, model.name, model.author.name) if model else slug


def lately_of(models: Iterable[str]) -> list[str]:
    """Newest first, each once."""
    return list(dict.fromkeys(_named(models)))


def _named(models: Iterable[str]) -> Iterator[str]:
    return (one for one in models if one)
