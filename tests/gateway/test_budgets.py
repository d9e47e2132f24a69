"""Budgets through the running house: what fits goes on, what does not is refused in words, and the
window is always the sum of its calls."""

import threading
import time
from decimal import Decimal
from typing import Any

import pytest

from tests.gateway.behaviours import Ok, Stream
from tests.gateway.budgeting import a_budget
from tests.gateway.running import WebHouse
from tests.waiting import until

# test/one costs $1.5 and $6 per million tokens: 1000 completion tokens are $0.006.


def refusal_of(house: WebHouse, **fields: Any) -> dict[str, Any]:
    response = house.ask(**fields)
    assert response.status_code == 402, response.text
    error: dict[str, Any] = response.json()["error"]
    return error


def codes_of_crowd(house: WebHouse, size: int) -> list[int]:
    codes: list[int] = []
    threads = [
        threading.Thread(target=lambda: codes.append(house.ask(max_tokens=1000).status_code))
        for _ in range(size)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return codes


def test_a_call_is_held_settled_and_told_what_is_left(house: WebHouse) -> None:
    house.first.behaviour = Ok(prompt_tokens=100, completion_tokens=50)
    with a_budget(house, "1") as budget:
        response = house.ask(max_tokens=100)
        assert response.status_code == 200
        assert budget.spent == Decimal("0.00045")
        assert Decimal(response.headers["x-budget-remaining"]) < 1
        assert response.headers["x-budget-reset"] == budget.window["ends_at"].isoformat()
        assert "x-max-tokens-applied" not in response.headers
        receipt = house.newest()
        assert receipt["window_ids"] == [budget.window["id"]]


def test_a_receipt_says_what_each_budget_had_left(house: WebHouse) -> None:
    house.first.behaviour = Ok(prompt_tokens=100, completion_tokens=50)
    with a_budget(house, "1", name="Mia") as budget, a_budget(house, "5", name="All"):
        for left in ("0.99955", "0.9991"):
            house.ask(max_tokens=100)
            receipt = house.newest()
            told = {window: Decimal(one) for window, one in receipt["details"]["budgets"]}
            assert set(told) == set(receipt["window_ids"])
            assert told[budget.window["id"]] == Decimal(left) == 1 - budget.spent
            assert max(told.values()) == 4 + Decimal(left)
        assert receipt["details"]["admitted_ms"] < 2000
        asked = house.client.get(
            f"/api/v1/generation?id={receipt['id']}", headers=house.headers
        ).json()["data"]
        assert {(one["name"], Decimal(one["left_usd"])) for one in asked["budgets"]} == {
            ("Mia", Decimal("0.9991")),
            ("All", Decimal("4.9991")),
        }


def test_without_a_budget_nothing_is_capped(house: WebHouse) -> None:
    response = house.ask()
    assert "max_tokens" not in house.first.last.json
    assert "x-budget-remaining" not in response.headers
    assert house.newest()["window_ids"] == []


def test_an_open_ended_call_is_cut_to_half_of_what_is_left_and_says_so(house: WebHouse) -> None:
    with a_budget(house, "0.01"):
        response = house.ask()
        assert response.status_code == 200
        applied = int(response.headers["x-max-tokens-applied"])
        assert 256 <= applied < 1000
        assert house.first.last.json["max_tokens"] == applied
        assert house.newest()["details"]["max_tokens_applied"] == applied
        assert house.newest()["hold_usd"] <= Decimal("0.005")


def test_a_call_that_does_not_fit_is_refused_with_what_would(house: WebHouse) -> None:
    with a_budget(house, "0.01", name="Mia"):
        error = refusal_of(house, max_tokens=4000)
        assert error["code"] == 402
        facts = error["metadata"]
        assert facts["error_type"] == "payment_required"
        assert (facts["scope"], facts["budget_name"]) == ("keys", "Mia")
        assert Decimal(facts["limit_usd"]) == Decimal("0.01")
        assert Decimal(facts["spent_usd"]) == Decimal(facts["held_usd"]) == 0
        assert facts["resets_at"]
        assert 1000 < facts["max_tokens_that_fit"] < 4000
        assert "test/free" in facts["fitting_models"]
        assert "“Mia” ($0.01 a day) is left" in error["message"]
        assert not house.first.served, "it was sent all the same"
        fitting = house.ask(max_tokens=facts["max_tokens_that_fit"])
        assert fitting.status_code == 200
        again = house.post(
            b'{"model":"test/one","messages":[{"role":"user","content":"x"}],"max_tokens":4000}',
            headers={"X-Gatehouse-Fit": "always"},
        )
        assert again.status_code == 200
        assert int(again.headers["x-max-tokens-applied"]) < 4000


def test_a_limit_of_nothing_stops_paid_calls_only(house: WebHouse) -> None:
    with a_budget(house, "0", name="Nothing"):
        assert "allows no paid calls" in refusal_of(house)["message"]
        assert house.ask("test/free").status_code == 200


def test_who_waits_for_others_holds_is_served_when_they_give_back(house: WebHouse) -> None:
    """Holds are four times the cost: more than two do not fit at once, and none is refused."""
    house.first.behaviour = Ok(prompt_tokens=1, completion_tokens=1, wait=0.2)
    with a_budget(house, "0.015"):
        codes = codes_of_crowd(house, 6)
        assert codes == [200] * 6


def test_who_waits_in_vain_hears_that_it_is_only_held(house: WebHouse) -> None:
    house.first.behaviour = Stream(wait=6)
    with a_budget(house, "0.01") as budget:
        slow = threading.Thread(target=house.stream, kwargs={"max_tokens": 1500})
        slow.start()
        until(lambda: bool(house.open_calls()) and budget.held > 0, 10, "not held")
        began = time.monotonic()
        error = refusal_of(house, max_tokens=1500)
        assert time.monotonic() - began > 2, "it did not wait"
        assert "try again in a moment" in error["message"]
        assert Decimal(error["metadata"]["held_usd"]) > 0
        slow.join(30)


@pytest.mark.parametrize(
    ("covers", "binds_main", "binds_member"),
    [
        ("household", True, True),
        ("person", False, True),
        ("project", True, True),
        ("keys", True, False),
    ],
)
def test_whom_a_budget_covers(
    house: WebHouse, covers: str, binds_main: bool, binds_member: bool
) -> None:
    member = {"Authorization": f"Bearer {house.facts['keys']['member']['secret']}"}
    body = b'{"model":"test/one","messages":[{"role":"user","content":"x"}],"max_tokens":10}'
    with a_budget(house, "0", covers=covers):
        assert house.post(body).status_code == (402 if binds_main else 200)
        assert house.post(body, headers=member).status_code == (402 if binds_member else 200)


def test_a_budget_binds_from_the_commit_on_and_is_gone_from_the_commit_on(house: WebHouse) -> None:
    for _ in range(5):
        with a_budget(house, "0"):
            assert house.ask().status_code == 402
        assert house.ask().status_code == 200


def test_a_raised_limit_counts_at_once(house: WebHouse) -> None:
    with a_budget(house, "0") as budget:
        assert house.ask().status_code == 402
        budget.set_limit("1")
        assert house.ask().status_code == 200
        budget.set_limit("0")
        assert house.ask().status_code == 402


def test_a_price_nobody_knows_is_refused_where_a_budget_binds(house: WebHouse) -> None:
    assert house.ask("test/unpriced").status_code == 200
    with a_budget(house, "1"):
        response = house.ask("test/unpriced")
        assert response.status_code == 404, response.text
        assert "has no known price, and a budget binds it" in response.json()["error"]["message"]


def test_a_key_is_told_of_every_budget_that_binds_it(house: WebHouse) -> None:
    def told() -> dict[str, Any]:
        data: dict[str, Any] = house.client.get("/api/v1/key", headers=house.headers).json()["data"]
        return data

    assert (told()["budgets"], told()["effective_budget"], told()["limit"]) == ([], None, None)
    house.first.behaviour = Ok(prompt_tokens=100, completion_tokens=50)
    with a_budget(house, "5", covers="household", interval="monthly"), a_budget(house, "1") as own:
        assert house.ask(max_tokens=100).status_code == 200
        data = told()
        assert [one["scope"] for one in data["budgets"]] == ["organization", "api_key"]
        tightest = data["effective_budget"]
        assert tightest == data["budgets"][1]
        assert (tightest["limit_usd"], tightest["spend_usd"]) == (1, 0.00045)
        assert (data["limit"], data["limit_reset"]) == (1, "daily")
        assert data["limit_remaining"] == tightest["remaining_usd"] == 0.99955
        assert tightest["resets_at"] == own.window["ends_at"].isoformat()


def test_a_crowd_that_waits_in_line_is_served_one_after_the_other_at_once(house: WebHouse) -> None:
    """Room for two at a time, forty in line: nobody waits longer than the calls before take."""
    house.first.behaviour = Ok(prompt_tokens=1, completion_tokens=1, wait=0.02)
    with a_budget(house, "0.015"):
        codes = codes_of_crowd(house, 40)
        assert codes.count(200) >= 38, codes


def test_a_key_may_always_take_the_shorter_answer(house: WebHouse) -> None:
    key = house.facts["keys"]["main"]["id"]
    setting = (
        "UPDATE keys_apikey SET fit_always = %s, policy_version = policy_version + 1 WHERE id = %s"
    )
    with a_budget(house, "0.01"):
        assert house.ask(max_tokens=4000).status_code == 402
        house.rows(setting, True, key)
        try:
            assert house.ask(max_tokens=4000).status_code == 200
        finally:
            house.rows(setting, False, key)
