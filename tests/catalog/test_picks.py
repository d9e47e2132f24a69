"""The choices for beginners: each what its rule says, none twice, nothing invented."""

from datetime import date
from decimal import Decimal
from typing import Any

from apps.catalog.filters import Around
from apps.catalog.listing import Entry
from apps.gateway.catalog_pages.picks import picks
from tests.catalog.shelf import at, entry

AROUND = Around(today=date(2026, 6, 1))
WIDE = {"east": "East", "north": "North", "west": "West"}


def model(slug: str, price: str = "0.002", *, private: bool = False, **facts: Any) -> Entry:
    typical = Decimal(price)
    abilities = facts.get("abilities", frozenset())
    offers = tuple(
        at(one, typical=typical, abilities=abilities, keeps_nothing=private, never_trains=private)
        for one in facts.get("providers", WIDE)
    )
    return entry(slug, **{"providers": WIDE, "offers": offers, "typical": typical, **facts})


def found(*entries: Entry, around: Around = AROUND) -> dict[str, str]:
    known = {one.slug: one for one in entries}
    return {pick.title: pick.entry.slug for pick in picks(entries, known, around)}


EYES, THINKS = frozenset({"text", "image"}), frozenset({"reasoning"})
HANDY = {"takes": EYES, "abilities": frozenset({"tools"}), "use_cases": frozenset({"low-cost"})}


def test_each_choice_is_what_its_rule_finds() -> None:
    assert found(
        model("a/handy", private=True, **HANDY),
        model("a/older", private=True, released_on=date(2025, 12, 1), **HANDY),
        model("a/trains", "9", released_on=date(2026, 5, 2), **HANDY),
        model("a/thinks", "0.003", abilities=THINKS),
        model("a/thinks-dear", "0.3", abilities=THINKS),
        model("a/eyes", "0.001", takes=EYES),
        model("a/long", "0.009", context=200_000),
        model("a/private", "0.5", private=True, released_on=date(2026, 5, 1)),
        entry("a/gift:free", is_free=True, typical=Decimal(0)),
    ) == {
        "To begin with": "a/handy",
        "Thinks, and costs little": "a/thinks",
        "Reads pictures": "a/eyes",
        "Long documents": "a/long",
        "Keeps nothing": "a/private",
        "Free": "a/gift:free",
    }


def test_what_is_old_odd_or_of_unknown_price_is_not_advised() -> None:
    assert found(
        model("a/old", abilities=THINKS, released_on=date(2025, 5, 1)),
        model("a/undated", abilities=THINKS, released_on=None),
        model("a/odd", abilities=THINKS, providers={"east": "East"}),
        model("a/unpriced", "0", abilities=THINKS),
        model("a/good", "9", abilities=THINKS),
        entry("a/gift:free", is_free=True, typical=Decimal(0)),
    ) == {"Thinks, and costs little": "a/good", "Free": "a/gift:free"}


def test_a_single_choice_is_none() -> None:
    assert found(model("a/good", abilities=THINKS)) == {}


def test_no_model_is_named_twice() -> None:
    both = model("a/both", "0.001", takes=EYES, abilities=THINKS)
    next_one = model("a/next", "0.002", takes=EYES)
    assert found(both, next_one) == {
        "Thinks, and costs little": "a/both",
        "Reads pictures": "a/next",
    }


def test_a_model_at_home_stands_for_what_keeps_nothing() -> None:
    own = entry("a/own", offers=(at("custom", endpoint_id=9, typical=None),), typical=None)
    thinks, private = model("a/good", abilities=THINKS), model("a/private", private=True)
    home = Around(at_home=frozenset({9}), today=AROUND.today)
    assert found(thinks, private, own, around=home)["At home"] == "a/own"
    assert found(thinks, private, own)["Keeps nothing"] == "a/private"


def test_what_keeps_nothing_is_told_with_the_provider_that_does() -> None:
    loud = at("east", typical=Decimal("0.001"))
    silent = at(
        "west",
        endpoint_id=2,
        prompt=Decimal(7),
        typical=Decimal("0.01"),
        keeps_nothing=True,
        never_trains=True,
    )
    both = model("a/both", offers=(loud, at("north", endpoint_id=3), silent))
    entries = (model("a/thinks", abilities=THINKS), both)
    *_, pick = picks(entries, {one.slug: one for one in entries}, AROUND)
    assert (pick.title, pick.where, pick.entry.prompt) == ("Keeps nothing", "At West", Decimal(7))
