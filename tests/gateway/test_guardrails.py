"""Guardrails through the running house: what they close is refused in words on every way in, from
the moment they are saved, and what they demand is told to an upstream that chooses others."""

import json
import threading
from typing import Any

import httpx
import pytest

from apps.chat.urls import chat as chat_pages
from apps.gateway.asgi import PATHS
from tests.chat.sitting import Sitter, a_browser_at
from tests.gateway.founding import ENDPOINTS
from tests.gateway.railing import a_rail
from tests.gateway.running import WebHouse
from tests.gateway.test_keys import silence_listener
from tests.waiting import until

MODELS = sorted({slug for slug, *_ in ENDPOINTS})


def ask(
    house: WebHouse, model: str = "test/one", key: str = "main", **fields: Any
) -> httpx.Response:
    body = {"model": model, "messages": [{"role": "user", "content": "Hello?"}], **fields}
    bearer = {"Authorization": f"Bearer {house.facts['keys'][key]['secret']}"}
    return house.post(json.dumps(body).encode(), headers=bearer)


def refusal(response: httpx.Response) -> tuple[str, list[str]]:
    assert response.status_code == 404, response.text
    availability = response.json()["error"]["availability"]
    return availability["code"], availability["excluded_by"]


def opens(house: WebHouse, model: str = "test/one", key: str = "main") -> None:
    """What was closed is open as soon as the process has heard of it; only what is let through
    is asked of the database."""
    until(lambda: ask(house, model, key).status_code == 200, 10, "it stays closed")


def listed(house: WebHouse, key: str = "main") -> set[str]:
    bearer = {"Authorization": f"Bearer {house.facts['keys'][key]['secret']}"}
    answer = house.client.get("/api/v1/models", headers=bearer)
    return {entry["id"] for entry in answer.json()["data"]}


# --- no way around ---


@pytest.mark.parametrize("path", sorted(PATHS))
@pytest.mark.parametrize("stream", [False, True])
def test_no_inference_route_reaches_a_provider_past_the_rules(
    house: WebHouse, path: str, stream: bool
) -> None:
    with a_rail(house, "household", allowed_models=["no-such/model"]):
        for model in (*MODELS, "test/one:floor", "gatehouse/demo:free"):
            body = json.dumps(
                {"model": model, "messages": [{"role": "user", "content": "?"}], "stream": stream}
            )
            code, excluded_by = refusal(house.post(body.encode(), path=path))
            assert (code, excluded_by) == ("constraint_filtered", ["allowed_models"]), model
        several = json.dumps({"models": MODELS[:3], "messages": [{"role": "user", "content": "?"}]})
        assert house.post(several.encode(), path=path).status_code in {400, 404}
        assert listed(house) == set()
    assert not house.first.served and not house.second.served


def test_no_address_of_the_chat_reaches_a_provider_past_the_rules(
    house: WebHouse, owner: Sitter
) -> None:
    """Whatever address of the chat the form is sent to, and however it grows."""
    owner.send("Hello?")
    form, thread = owner.form("Hello again?"), owner.path.strip("/").split("/")[-1]
    house.first.forget()
    calls = house.count()
    with a_rail(house, "household", allowed_models=["no-such/model"]):
        for page in chat_pages:
            route = str(page.pattern).replace("<int:conversation_id>", thread)
            if route.endswith("deletion/") or "<" in route:
                continue
            answer = owner.web.post(f"/chat/{route}", data=form)
            assert answer.status_code < 500, route
        assert "Nothing is open here" in owner.page() or "closed" in owner.page()
    assert not house.first.served and not house.second.served
    assert house.count() == calls


# --- what a rail says ---


@pytest.mark.parametrize(
    ("settings", "model", "expected"),
    [
        ({"zero_retention": True}, "test/router", ("privacy_restricted", ["data_policy:zdr"])),
        ({"no_training": True}, "test/router", ("privacy_restricted", ["data_policy:training"])),
        ({"zero_retention": True}, "test/away", None),
        ({"max_prompt_price": "1.4"}, "test/one", ("constraint_filtered", ["max_price"])),
        ({"max_completion_price": "6"}, "test/one", None),
        ({"max_completion_price": "8"}, "test/tiered", ("constraint_filtered", ["max_price"])),
        ({"max_prompt_price": "0"}, "test/unpriced", ("constraint_filtered", ["max_price"])),
        ({"max_prompt_price": "0"}, "test/free", None),
        ({"only_free": True}, "test/one", ("constraint_filtered", ["max_price"])),
        ({"only_at_home": True}, "test/router", ("constraint_filtered", ["allowed_providers"])),
        ({"denied_models": ["test/one"]}, "test/one", ("constraint_filtered", ["allowed_models"])),
        (
            {"denied_providers": ["openrouter"]},
            "test/router",
            ("constraint_filtered", ["allowed_providers"]),
        ),
    ],
)
def test_what_a_rail_closes_and_what_it_leaves(
    house: WebHouse, settings: dict[str, Any], model: str, expected: tuple[str, list[str]] | None
) -> None:
    with a_rail(house, **settings):
        answer = ask(house, model)
        if expected is None:
            assert answer.status_code in {200, 502, 503}, answer.text  # let through to its provider
            assert model in listed(house)
        else:
            assert refusal(answer) == expected
            assert not house.first.served
            assert model not in listed(house)


def test_a_rail_leaves_of_a_model_the_endpoints_that_pass(house: WebHouse) -> None:
    with a_rail(house, max_prompt_price="2"):
        assert ask(house, "test/pair-1").status_code == 200
        told = house.newest()["details"]["candidates"]
        assert [one.get("dropped_by") for one in told] == [None, "price_limit"]
    assert len(house.first.served) == 1 and not house.second.served


def test_a_callers_own_wish_only_tightens(house: WebHouse) -> None:
    loose = {"zdr": False, "data_collection": "allow"}
    with a_rail(house, zero_retention=True):
        assert refusal(ask(house, "test/router", provider=loose))[0] == "privacy_restricted"
    opens(house, "test/router")
    assert ask(house, "test/router", provider=loose).status_code == 200
    tight = ask(house, "test/router", provider={"zdr": True})
    assert refusal(tight) == ("privacy_restricted", ["data_policy:zdr"])


def test_an_upstream_that_chooses_others_is_told(house: WebHouse) -> None:
    """OpenRouter counts as keeping nothing only where the household agreed on it."""
    agreed = (
        "WITH said AS (UPDATE connections_connection c SET attested_on = {}, attested_note = 'x'"
        " FROM catalog_provider p WHERE p.id = c.provider_id AND p.slug = 'openrouter')"
        " UPDATE accounts_household SET policy_version = policy_version + 1"
    )
    with a_rail(house, zero_retention=True, no_training=True):
        assert ask(house, "test/router").status_code == 404
        house.rows(agreed.format("current_date"))
        try:
            opens(house, "test/router")
            sent = house.first.last.json["provider"]
            assert (sent["zdr"], sent["data_collection"]) == (True, "deny")
        finally:
            house.rows(agreed.format("NULL"))
        assert ask(house, "test/router").status_code == 404, "what was taken back still counts"


# --- whom it covers, and from when ---


@pytest.mark.parametrize(
    ("covers", "key", "stopped"),
    [
        ("household", "main", {"main", "other", "member"}),
        ("project", "main", {"main", "other", "member"}),
        ("member", "main", {"member"}),
        ("key", "main", {"main"}),
        ("key", "member", {"member"}),
    ],
)
def test_a_rail_binds_those_it_covers(
    house: WebHouse, covers: str, key: str, stopped: set[str]
) -> None:
    for name in ("main", "other", "member"):
        opens(house, key=name)
    with a_rail(house, covers, key=key, only_free=True):
        for name in ("main", "other", "member"):
            expected = 404 if name in stopped else 200
            assert ask(house, key=name).status_code == expected, name
            assert ("test/one" in listed(house, name)) == (expected == 200)
            assert ask(house, "test/free", key=name).status_code == 200


def test_rails_of_all_add_up(house: WebHouse) -> None:
    with (
        a_rail(house, "household", allowed_models=["test/one", "test/cent", "test/free"]),
        a_rail(house, "project", denied_models=["test/cent"]),
        a_rail(house, "member", max_prompt_price="1"),
        a_rail(house, "key", key="other", only_free=True),
    ):
        assert listed(house) == {"test/one", "test/free"}
        assert listed(house, "member") == {"test/free"}
        assert listed(house, "other") == {"test/free"}


@pytest.mark.parametrize("covers", ["household", "project", "member", "key"])
def test_a_rail_counts_from_its_commit_on(house: WebHouse, covers: str) -> None:
    """Also where nobody told the process that something changed."""
    for _ in range(3):
        opens(house, key="member")
        silence_listener(house)
        with a_rail(house, covers, key="member", only_free=True):
            house.first.forget()
            assert ask(house, key="member").status_code == 404
            assert not house.first.served


def test_the_chat_page_heeds_a_rail_from_its_commit_on(house: WebHouse, owner: Sitter) -> None:
    owner.send("Hello?")
    form = owner.form("And now?")
    house.first.forget()
    with a_rail(house, denied_models=["test/one"]):
        answer = owner.post(form)
        assert "Closed here by name" in answer.text
        assert not house.first.served
    owner.post(form)
    assert len(house.first.served) == 1


def test_calls_at_the_moment_of_a_change_end_on_one_side_of_it(house: WebHouse) -> None:
    """While rails come and go no call is refused for any other reason, nor let through by a rail
    that was there before it was asked."""
    statuses: list[int] = []
    stop = threading.Event()

    def crowd() -> None:
        while not stop.is_set():
            statuses.append(ask(house, key="other").status_code)

    threads = [threading.Thread(target=crowd) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(10):
        with a_rail(house, only_free=True):
            assert ask(house).status_code == 404
        opens(house)
    stop.set()
    for thread in threads:
        thread.join(30)
    assert set(statuses) <= {200, 404}


@pytest.fixture
def owner(house: WebHouse, signed_in: httpx.Cookies) -> Any:
    with a_browser_at(house) as web:
        web.cookies.update(signed_in)
        yield Sitter(house, web)
