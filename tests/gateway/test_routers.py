"""Names that leave the choice to the house: what a call needs is read from it, and the cheapest
that can do it within the rules answers."""

import contextlib
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.gateway.behaviours import Status
from tests.gateway.budgeting import a_budget
from tests.gateway.railing import a_rail
from tests.gateway.running import WebHouse, a_web_house
from tests.waiting import until

PICTURE = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 400_000}}
SOUND = {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}
TOOL = {"type": "function", "function": {"name": "clock", "parameters": {}}}
SHAPE = {"type": "json_schema", "json_schema": {"name": "x", "schema": {}}}


def said(*parts: Any) -> list[dict[str, Any]]:
    return [{"role": "user", "content": [{"type": "text", "text": "Look."}, *parts]}]


@pytest.fixture(scope="module")
def gifts() -> Iterator[WebHouse]:
    with a_web_house("tests.gateway.free_founding") as house:
        yield house


@pytest.fixture
def house(gifts: WebHouse) -> Iterator[WebHouse]:
    """Of all there is, the models made for these trips."""
    gifts.first.forget()
    gifts.second.forget()
    yield gifts
    until(lambda: not gifts.open_calls(), 20, "a call was left open")


def ask(house: WebHouse, model: str = "gatehouse/auto", **fields: Any) -> httpx.Response:
    wish = {"ignore": ["openrouter"], **fields.pop("provider", {})}
    return house.ask(model, provider=wish, **fields)


def model_of(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    return str(answer.json()["model"])


@pytest.mark.parametrize(
    ("fields", "model", "need"),
    [
        ({}, "auto/cheapest", None),
        ({"tools": [TOOL]}, "auto/cheapest", "tools"),
        ({"messages": said(PICTURE)}, "auto/sees", "image"),
        ({"messages": said(PICTURE, SOUND)}, "auto/all", "audio"),
        ({"response_format": SHAPE}, "auto/all", "structured_outputs"),
        ({"response_format": {"type": "text"}}, "auto/cheapest", None),
        ({"reasoning": {"effort": "low"}}, "auto/all", "reasoning"),
        ({"reasoning_effort": "none"}, "auto/cheapest", None),
        ({"messages": [{"role": "user", "content": "word " * 40_000}]}, "auto/long", None),
        ({"max_tokens": 200_000}, "auto/long", "context:200014"),
    ],
)
def test_the_cheapest_that_can_do_what_is_asked_answers(
    house: WebHouse, fields: dict[str, Any], model: str, need: str | None
) -> None:
    answer = ask(house, **fields)
    assert model_of(answer) == model
    receipt = house.receipt(answer.headers["x-generation-id"])
    assert receipt["requested_model"] == "gatehouse/auto"
    router = receipt["details"]["router"]
    assert router["name"] == "gatehouse/auto" and router["order"] == "price"
    assert need is None or need.partition(":")[0] in str(router["needs"])
    ranks = [one for one in receipt["details"]["candidates"] if "rank" in one]
    assert 1 <= len(ranks) <= 3, "so that little is held"


def test_who_failed_is_followed_by_the_next_cheapest(house: WebHouse) -> None:
    house.first.then(Status(500))
    assert model_of(ask(house)) == "auto/sees"


@pytest.mark.parametrize("is_limited", [False, True])
def test_what_is_held_is_enough_for_the_dearest_that_may_answer(
    house: WebHouse, is_limited: bool
) -> None:
    """A thousand tokens of an answer cost $0.00004, $0.00008 and $0.00012."""
    with a_budget(house, "1") if is_limited else contextlib.nullcontext():
        held = [
            house.receipt(ask(house, max_tokens=1000, **more).headers["x-generation-id"])[
                "hold_usd"
            ]
            for more in ({}, {"provider": {"allow_fallbacks": False}})
        ]
    assert held[0] >= Decimal("0.00012") > held[1] >= Decimal("0.00004")


def test_rules_and_wishes_are_asked_of_the_models_behind_the_name(house: WebHouse) -> None:
    with a_rail(house, allowed_models=["auto/all", "gatehouse/auto"]):
        until(lambda: model_of(ask(house)) == "auto/all", 10, "the list does not count")
    with a_rail(house, allowed_models=["gatehouse/auto"]):
        until(lambda: ask(house).status_code == 404, 10, "the name itself opens nothing")
        code = ask(house).json()["error"]["availability"]["code"]
        assert code == "constraint_filtered"
    until(lambda: ask(house).status_code == 200, 10, "it stays closed")
    assert ask(house, provider={"max_price": {"prompt": 0}}).status_code == 404


def test_what_nobody_can_do_is_refused_by_its_name(house: WebHouse) -> None:
    film = {"type": "video_url", "video_url": {"url": "https://example.com/a.mp4"}}
    refused = ask(house, messages=said(film))
    assert refused.status_code == 404
    error = refused.json()["error"]
    assert "require_parameters" in error["availability"]["excluded_by"]
    assert "does not watch films" in error["message"]


def test_a_free_one_is_free_and_can_do_what_is_asked(house: WebHouse) -> None:
    answer = ask(house, "gatehouse/free")
    assert model_of(answer) == "gift/kind:free"
    assert answer.json()["usage"]["cost"] == 0
    refused = house.ask("gatehouse/free", response_format=SHAPE)
    assert refused.status_code == 403, "those that can may learn from it, and nobody accepted that"
    assert refused.json()["error"]["metadata"]["provider"] == "openrouter"
    guarded = house.ask("gatehouse/free", max_tokens=800_000)
    assert guarded.status_code == 404, "a guard is no one to talk to"
    assert guarded.json()["error"]["availability"]["excluded_by"] == ["context_length"]


@pytest.mark.parametrize(
    ("name", "status", "model"),
    [
        ("gift/kind:free:nitro", 200, "gift/kind:free"),
        ("gift/kind:free:floor", 200, "gift/kind:free"),
        ("gatehouse/free:nitro", 200, "gift/kind:free"),
        ("auto/all:floor:floor", 200, "auto/all"),
        ("auto/all:nitro:floor", 400, ""),
        ("auto/all:nitro:free", 400, ""),
        ("auto/all:online", 400, ""),
        ("gatehouse/auto:online", 400, ""),
        ("gatehouse/autos", 400, ""),
    ],
)
def test_suffixes_stack_and_contradict(house: WebHouse, name: str, status: int, model: str) -> None:
    answer = ask(house, name)
    assert answer.status_code == status, answer.text
    if model:
        assert answer.json()["model"] == model


def test_the_fastest_that_fits_goes_by_what_was_measured(house: WebHouse) -> None:
    answer = ask(house, "gatehouse/auto:nitro")
    receipt = house.receipt(answer.headers["x-generation-id"])
    assert receipt["details"]["router"]["order"] == "throughput"


def test_a_key_with_a_list_of_models_chooses_among_them(house: WebHouse) -> None:
    main = house.facts["keys"]["main"]["id"]
    change = (
        "UPDATE keys_apikey SET allowed_models = %s, policy_version = policy_version + 1"
        f" WHERE id = {main}"
    )
    house.rows(change, json.dumps(["auto/sees"]))
    until(lambda: model_of(ask(house)) == "auto/sees", 10, "the key's list does not count")
    assert set(listed(house)) == {"auto/sees"}, "a list is shown as it was made"
    house.rows(change, "[]")
    until(lambda: model_of(ask(house)) != "auto/sees", 10, "the list stays")


def test_both_names_are_listed_for_a_key_and_for_nobody_else(house: WebHouse) -> None:
    entries = listed(house)
    assert entries["gatehouse/auto"]["pricing"] == {"prompt": "-1", "completion": "-1"}
    assert entries["gatehouse/free"]["pricing"] == {"prompt": "0", "completion": "0"}
    assert set(entries["auto/all"]) <= set(entries["gatehouse/auto"])
    assert "gatehouse/auto" not in house.client.get("/api/v1/models").text


def listed(house: WebHouse) -> dict[str, dict[str, Any]]:
    answer = house.client.get("/api/v1/models", headers=house.headers)
    return {entry["id"]: entry for entry in answer.json()["data"]}
