"""Names that leave the choice to the house. `gatehouse/free` takes what costs nothing,
`gatehouse/auto` the cheapest, each of what fits the call within its caller's rules; the rules are
asked of the models behind a name, never of the name."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from apps.catalog.data_policy import FREE as FREE_VARIANT
from apps.catalog.models import LanguageModel, Provider
from apps.routing import picker, policy
from apps.routing.needs import Needs, needs_of, unmet
from apps.routing.picker import Health, price_of
from apps.routing.types import Call, Candidate, Chosen, Dropped, Policy

FREE, AUTO = "gatehouse/free", "gatehouse/auto"
NAMES = {AUTO: "Pick for me: cheapest that fits", FREE: "A free one"}
ORDERS = {AUTO: "price", FREE: "at home first, then who does not train, then the newest"}
MOST = {AUTO: 3, FREE: 6}  # few, so that the hold stays small and the wait short
MOST_DROPPED = 30


class Choice(NamedTuple):
    candidates: list[Candidate]
    dropped: list[Dropped]
    chosen: Chosen


def router_candidates(
    routes: Mapping[str, tuple[Candidate, ...]], models: Mapping[str, LanguageModel]
) -> dict[str, tuple[Candidate, ...]]:
    """What each name chooses from, in its order, made once for each state of the catalogue. The
    demonstration is none of it: it knows nothing."""
    every = [one for group in routes.values() for one in group]
    talking = [one for one in every if one.provider != Provider.DEMO and one.writes_text]
    usable = [one for one in talking if _is_general(one)]
    free = [one for one in usable if one.is_free and (_is_free_variant(one) or one.stays_home)]
    paid = [one for one in usable if not _is_free_variant(one)]
    priced = [one for one in paid if one.pricing is not None or one.is_free]

    def newest(one: Candidate) -> tuple[bool, bool, int, int]:
        model = models.get(one.model.partition(":")[0])
        released: date | None = model.fact("released_on") if model else None
        age = -released.toordinal() if released else 0
        return not one.stays_home, one.may_train, age, one.endpoint_id

    return {
        AUTO: tuple(sorted(priced, key=lambda one: (price_of(one), one.endpoint_id))),
        FREE: tuple(sorted(free, key=newest)),
    }


def choose(
    name: str,
    candidates: tuple[Candidate, ...],
    call: Call,
    rules: Policy,
    health: Mapping[int, Health],
    *,
    now: float,
    sort: str = "",
) -> Choice:
    """The first few that fit and are in order; those in trouble only where there are no others."""
    needs, most = needs_of(call), MOST[name]
    by = sort or call.wish.sort
    well: list[Candidate] = []
    troubled: list[Candidate] = []
    dropped: list[Dropped] = []
    for one, drop in _sifted(candidates, call, rules, needs):
        if drop is not None:
            dropped.append(drop)
        elif (seen := health.get(one.endpoint_id)) is not None and seen.is_troubled(now):
            troubled.append(one)
        else:
            well.append(one)
        if len(well) == most and by in ("", "price") and not call.wish.order:
            break
    ordered = picker.order([*well, *troubled], call, health, now=now, sort=sort)
    told = Chosen(name, needs.told, by or ORDERS[name])
    return Choice(ordered[:most], _worth_telling(dropped), told)


def _sifted(
    candidates: tuple[Candidate, ...], call: Call, rules: Policy, needs: Needs
) -> Iterator[tuple[Candidate, Dropped | None]]:
    for one in candidates:
        if lacking := unmet(one, needs):
            yield one, Dropped(one, lacking)
            continue
        _, dropped = policy.sift((one,), call, rules)
        yield one, dropped[0] if dropped else None


def _worth_telling(dropped: list[Dropped]) -> list[Dropped]:
    """What somebody could open first: a page of models without ears says little."""
    return sorted(dropped, key=lambda one: one.rule != policy.FREE_TERMS)[:MOST_DROPPED]


def _is_free_variant(candidate: Candidate) -> bool:
    return candidate.variant == FREE_VARIANT


def _is_general(candidate: Candidate) -> bool:
    """The catalogue's cheapest are readers of scanned pages, extractors and guards. Who can use
    tools was made to be talked to; what somebody runs at home was chosen by hand."""
    return "tools" in candidate.abilities or candidate.stays_home
