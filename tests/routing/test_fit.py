"""A call made to fit what is left: dearer candidates leave first, tokens are cut next, and what
could not be useful is refused."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.routing import charge
from apps.routing.fit import fit, most_tokens, useful
from apps.routing.types import Candidate, Plan
from tests.routing.making import a_call, a_candidate

CHEAP = {"prompt": "0", "completion": "1"}  # one dollar for a million tokens: 256 cost 0.000256
DEAR = {"prompt": "0", "completion": "10"}


def unknown(model: str) -> int | None:
    return None


def plan_of(*candidates: Candidate) -> Plan:
    return Plan(candidates)


def cheap(number: int = 1, **facts: Any) -> Candidate:
    return a_candidate(number, prices=CHEAP, max_completion_tokens=32_000, **facts)


def dear(number: int = 2, **facts: Any) -> Candidate:
    return a_candidate(number, prices=DEAR, max_completion_tokens=32_000, **facts)


@pytest.mark.parametrize(
    ("left", "tokens", "is_cut"),
    [
        (None, 4096, False),
        ("1", 4096, False),
        ("0.008192", 4096, False),  # twice the hold
        ("0.008190", 4095, True),  # half of what is left
        ("0.001", 500, True),
        ("0.000512", 256, True),
        ("0.000300", 256, True),  # half would be useless: the least useful out of all of it
        ("0.000256", 256, True),
        ("0.000255", None, None),
        ("0", None, None),
        ("-1", None, None),
    ],
)
def test_an_open_ended_call_is_held_for_half_of_what_is_left_at_most(
    left: str | None, tokens: int | None, is_cut: bool | None
) -> None:
    amount = None if left is None else Decimal(left)
    fitted = fit(a_call(), plan_of(cheap()), left=amount, usual=unknown)
    if tokens is None:
        assert fitted is None
        return
    assert fitted is not None
    assert (fitted.applied, fitted.call.cap, fitted.is_cut) == (tokens, tokens, is_cut)
    assert fitted.hold == tokens * Decimal("0.000001")


@pytest.mark.parametrize(
    ("usual", "facts", "tokens"),
    [
        (None, {}, 4096),
        (500, {}, 4096),
        (3000, {}, 12_000),
        (None, {"abilities": frozenset({"reasoning"})}, 16_384),
        (9000, {}, None),  # more than the model can write: no cap of ours
    ],
)
def test_an_open_ended_call_is_held_for_several_times_what_the_model_usually_writes(
    usual: int | None, facts: dict[str, Any], tokens: int | None
) -> None:
    fitted = fit(a_call(), plan_of(cheap(**facts)), left=Decimal(10), usual=lambda model: usual)
    assert fitted is not None
    assert fitted.applied == fitted.call.cap == tokens


def test_dearer_candidates_leave_before_tokens_are_cut() -> None:
    fitted = fit(a_call(), plan_of(dear(), cheap()), left=Decimal("0.01"), usual=unknown)
    assert fitted is not None
    assert [one.endpoint_id for one in fitted.plan.candidates] == [1]
    assert [(drop.candidate.endpoint_id, drop.rule) for drop in fitted.plan.dropped] == [
        (2, "budget")
    ]
    assert fitted.applied == 4096
    assert not fitted.is_cut


@pytest.mark.parametrize(
    ("max_tokens", "left", "may_cut", "tokens"),
    [
        (1000, "0.001", False, 1000),
        (1000, "0.000999", False, None),
        (1000, "0.000999", True, 999),
        (1000, "0.000256", True, 256),
        (1000, "0.000255", True, None),
        (100, "0.000100", False, 100),
        (100, "0.000099", True, None),
    ],
)
def test_a_call_with_its_own_number_keeps_it_unless_it_says_otherwise(
    max_tokens: int, left: str, may_cut: bool, tokens: int | None
) -> None:
    call = a_call(max_tokens=max_tokens)
    fitted = fit(call, plan_of(cheap()), left=Decimal(left), usual=unknown, may_cut=may_cut)
    assert (fitted and fitted.call.cap) == tokens
    if fitted:
        assert fitted.applied == (tokens if tokens != max_tokens else None)


def test_a_model_that_reasons_needs_more_to_be_useful() -> None:
    one = cheap(abilities=frozenset({"reasoning"}))
    assert fit(a_call(), plan_of(one), left=Decimal("0.002048"), usual=unknown) is not None
    assert fit(a_call(), plan_of(one), left=Decimal("0.002047"), usual=unknown) is None


def test_what_costs_nothing_stays_when_all_money_is_gone() -> None:
    free = a_candidate(3, is_free=True, pricing=None)
    fitted = fit(a_call(), plan_of(cheap(), free), left=Decimal("-1"), usual=unknown)
    assert fitted is not None
    assert (fitted.hold, [one.endpoint_id for one in fitted.plan.candidates]) == (0, [3])


def test_what_could_cost_anything_stays_out() -> None:
    plan = plan_of(a_candidate(1, pricing=None), cheap(2), a_candidate(3, is_free=True))
    fitted = fit(a_call(), plan, left=Decimal(1), usual=unknown)
    assert fitted is not None
    assert [one.endpoint_id for one in fitted.plan.candidates] == [2, 3]
    assert [drop.rule for drop in fitted.plan.dropped] == ["price_unknown"]
    assert fit(a_call(), plan_of(plan.candidates[0]), left=None, usual=unknown) is None


def test_an_endpoint_that_takes_no_cap_is_not_cut() -> None:
    stubborn = cheap(cap_parameter=None)
    assert fit(a_call(), plan_of(stubborn), left=Decimal("0.01"), usual=unknown) is None


@given(
    left=st.decimals("0", "0.2", places=6),
    max_tokens=st.none() | st.integers(1, 40_000),
    may_cut=st.booleans(),
    usual=st.none() | st.integers(1, 20_000),
)
def test_no_fit_is_held_for_more_than_is_left(
    left: Decimal, max_tokens: int | None, may_cut: bool, usual: int | None
) -> None:
    call = a_call() if max_tokens is None else a_call(max_tokens=max_tokens)
    plan = plan_of(cheap(1), dear(2))
    fitted = fit(call, plan, left=left, usual=lambda model: usual, may_cut=may_cut)
    if fitted is None:
        least = min(max_tokens or useful(cheap()), useful(cheap())) if may_cut else max_tokens
        assert most_tokens(call, cheap(), left, 50_000) < (least or useful(cheap()))
        return
    assert fitted.hold <= left
    assert fitted.hold == max(
        charge.hold_for(fitted.call, one, fitted.call.cap) or 0 for one in fitted.plan.candidates
    )
