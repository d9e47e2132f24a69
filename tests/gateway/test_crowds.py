"""A crowd at four web processes and one budget: exactly what is paid for is served, the rest hears
402, and nobody ever sees the limit passed. `make soak` brings the whole crowd, twenty times."""

import json
import time
from collections.abc import Iterator
from decimal import Decimal

import pytest

from apps.routing.fit import USEFUL
from tests.gateway.behaviours import Ok
from tests.gateway.budgeting import a_budget
from tests.gateway.crowd import FourWebs, Watched, four_webs, watched
from tests.gateway.running import WebHouse
from tests.waiting import until

D = Decimal
CENT = D("0.01")  # what a hundred tokens of test/by-cap cost
MESSAGES = [{"role": "user", "content": "Hello?"}]


@pytest.fixture(scope="module")
def webs() -> Iterator[FourWebs]:
    with four_webs() as made:
        yield made


def pay(webs: FourWebs, *, dollars: str, calls: int) -> str:
    """Every call holds and costs a cent. What was counted, in words."""
    webs.house.first.forget()
    webs.house.first.behaviour = Ok()
    paid = int(D(dollars) * 100)
    with a_budget(webs.house, dollars) as budget, watched(budget) as seen:
        codes = webs.crowd(calls, model="test/cent", max_tokens=10)
        until(budget.is_settled, 20, "something is still held")
        assert codes == {200: paid, 402: calls - paid}
        assert (budget.spent, budget.held) == (D(dollars), 0)
        assert len(webs.house.first.served) == paid
    assert seen.most == D(dollars)
    assert seen.looks > 0
    return f"{dict(codes)}, never above ${seen.most:f} in {seen.looks} looks"


def share(webs: FourWebs, *, dollars: str, calls: int) -> tuple[int, float, Watched]:
    """Every call holds four cents and costs one: how many were served, and in what time."""
    webs.house.first.forget()
    webs.house.first.behaviour = Ok(completion_tokens=100, wait=0.03)
    with a_budget(webs.house, dollars) as budget, watched(budget) as seen:
        began = time.monotonic()
        codes = webs.crowd(calls, model="test/by-cap", max_tokens=400)
        seconds = time.monotonic() - began
        until(budget.is_settled, 20, "something is still held")
        assert set(codes) <= {200, 402}
        assert budget.spent == codes[200] * CENT
        assert spend_the_rest(webs.house) == 402
        until(budget.is_settled, 20, "something is still held")
        assert budget.spent == len(webs.house.first.served) * CENT
        assert D(dollars) - budget.spent < USEFUL * CENT / 100
    assert seen.looks > 0
    assert seen.most <= D(dollars)
    return codes[200], seconds, seen


def spend_the_rest(house: WebHouse) -> int:
    """One client that takes shorter answers, until none that is useful fits."""
    status = 200
    while status == 200:
        body = {"model": "test/by-cap", "max_tokens": 400, "messages": MESSAGES}
        status = house.post(
            json.dumps(body).encode(), headers={"X-Gatehouse-Fit": "always"}
        ).status_code
    return status


def test_a_budget_pays_exactly_as_many_as_it_can(webs: FourWebs) -> None:
    pay(webs, dollars="0.20", calls=120)


def test_a_crowd_shares_what_each_only_holds(webs: FourWebs) -> None:
    """Two at once fit, and all but those whose hold does not fit any more are served in the end."""
    served, _, _ = share(webs, dollars="0.20", calls=18)
    assert served >= 16


@pytest.mark.soak
def test_a_dollar_pays_a_hundred_of_a_thousand_every_time(
    webs: FourWebs, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(20):
        words = pay(webs, dollars="1", calls=1000)
        with capsys.disabled():
            print(f"\n  {number + 1} of 20: {words}", end="")


@pytest.mark.soak
def test_a_hundred_calls_that_hold_four_times_their_cost_nearly_all_fit(
    webs: FourWebs, capsys: pytest.CaptureFixture[str]
) -> None:
    served, seconds, seen = share(webs, dollars="1", calls=100)
    with capsys.disabled():
        print(f"\n  {served} of 100 in {seconds:.1f} s, never above ${seen.most:f}")
        print(f"  in {seen.looks} looks", end="")
    assert served >= 96
