"""Why a call went where it went, in one sentence."""

from decimal import Decimal
from typing import Any

import pytest

from apps.usage.choice import Candidate, Order, order_of, router_of, why_provider

FAILED = {"provider": "azure", "endpoint": "m@azure", "error": "overloaded"}
ANSWERED = {"provider": "openai", "endpoint": "m@openai", "error": ""}


def one(provider: str = "openai", price: str = "1", **facts: Any) -> Candidate:
    both = Decimal(price), Decimal(price)
    return Candidate(provider, f"m@{provider}", **{"place": 1, "price": both, **facts})


CLOSED = one("oci", "0.1", closed="does not run at home", place=None)


@pytest.mark.parametrize(
    ("attempts", "candidates", "order", "words"),
    [
        (
            [ANSWERED],
            [one()],
            Order(),
            "openai answered, the only endpoint that could be asked.",
        ),
        (
            [ANSWERED],
            [one(), one("azure", "2"), CLOSED],
            Order(),
            "openai answered, the cheapest of 2 endpoints that could be asked; 1 could not be.",
        ),
        (  # nobody says that of a price that is not
            [ANSWERED],
            [one(), one("azure", "0.5")],
            Order(),
            "openai answered, the first in line of 2 endpoints that could be asked.",
        ),
        (
            [ANSWERED],
            [one(), one("azure", price="0.5", failed_lately=True)],
            Order(),
            "openai answered, the cheapest of 2 endpoints that could be asked.",
        ),
        (
            [ANSWERED],
            [one(price="9"), one("azure")],
            Order(sort="throughput"),
            "openai answered, the fastest of 2 endpoints that could be asked.",
        ),
        (
            [ANSWERED],
            [one(price="9"), one("azure")],
            Order(sort="price", providers=("openai",)),
            "openai answered, which the call asked for first, of 2 endpoints that could be asked.",
        ),
        (
            [FAILED, ANSWERED],
            [one("azure"), one(price="2"), CLOSED],
            Order(),
            "openai answered after azure failed, of 2 endpoints that could be asked; 1 could not "
            "be.",
        ),
        ([FAILED], [one("azure")], Order(), "1 endpoint could be asked, and azure failed."),
        ([], [CLOSED], Order(), "0 endpoints could be asked; 1 could not be."),
        ([ANSWERED], [], Order(), ""),
    ],
)
def test_why_a_provider_answered(
    attempts: list[dict[str, Any]], candidates: list[Candidate], order: Order, words: str
) -> None:
    assert why_provider(attempts, candidates, order=order) == words


def test_a_choice_left_to_the_house_is_explained() -> None:
    router = router_of(
        {"name": "gatehouse/auto", "needs": ["tools", "image", "context:1215"], "order": "price"}
    )
    two = [one(), one("azure", "2")]
    assert why_provider([ANSWERED], two, order=Order(), router=router) == (
        "gatehouse/auto read from the call that it needs tools, eyes for pictures and room for "
        "1,215 tokens; of the models that have it, the cheapest come first. openai answered, the "
        "first in line of 2 endpoints that could be asked."
    )
    bare = {"name": "gatehouse/free", "needs": [], "order": "at home first"}
    told = router_of(bare)
    assert told and "needs nothing special; at home first." in told.words


@pytest.mark.parametrize("details", [None, "x", {}, {"needs": 3}, {"needs": ["context:x"]}])
def test_a_strange_receipt_of_a_choice_says_less(details: Any) -> None:
    router = router_of(details)
    assert router is None or "nothing special" in router.words


@pytest.mark.parametrize("details", [None, "x", [], {}, {"providers": 3}, {"sort": None}])
def test_an_order_that_means_nothing_is_the_houses_own(details: Any) -> None:
    assert order_of(details) == Order()


def test_each_candidate_says_where_it_stands() -> None:
    assert one().standing == "number 1 in line"
    assert one(failed_lately=True).standing == "number 1 in line, since it failed lately"
    assert CLOSED.standing == "does not run at home"
