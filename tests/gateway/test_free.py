"""What is free, through the running house: accepted once before it is used, counted before each
attempt, and told kindly when it ends."""

import contextlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import httpx
import psycopg
import pytest

from tests.chat.sitting import BROWSER, Sitter, a_browser_at, sign_in
from tests.gateway.behaviours import AsAsked, Ok, Status
from tests.gateway.flavours import openai
from tests.gateway.railing import a_rail
from tests.gateway.running import WebHouse, a_web_house
from tests.house.running import free_port
from tests.waiting import until

TERMS = "/free/openrouter/"
DROP_COUNTS = "DELETE FROM connections_freecalls"


@pytest.fixture(scope="module")
def gifts() -> Iterator[WebHouse]:
    short = {"GATEHOUSE_LEASE_SECONDS": "4", "GATEHOUSE_LEASE_RENEW_SECONDS": "1"}
    with a_web_house("tests.gateway.free_founding", **short) as house:
        yield house


@pytest.fixture
def house(gifts: WebHouse) -> Iterator[WebHouse]:
    """Nothing accepted, nothing counted."""
    gifts.rows("DELETE FROM catalog_freeacceptance")
    gifts.rows(DROP_COUNTS)
    for upstream in (gifts.first, gifts.second):
        upstream.forget()
        upstream.behaviour, upstream.flavour = AsAsked(), openai
    yield gifts
    until(lambda: not gifts.open_calls(), 20, "a call was left open")


@pytest.fixture
def owner(house: WebHouse) -> Iterator[httpx.Client]:
    with a_browser_at(house) as web:
        web.headers.update(BROWSER)
        sign_in(web)
        yield web


@pytest.fixture
def accepted(house: WebHouse) -> WebHouse:
    for digest in digests(house):
        house.rows(
            "INSERT INTO catalog_freeacceptance (user_id, provider, digest, accepted_at)"
            " SELECT id, 'openrouter', %s, now() FROM accounts_user",
            digest,
        )
    until(lambda: house.ask("gift/one:free").status_code == 200, 10, "it stays closed")
    house.rows(DROP_COUNTS)
    house.first.forget()
    return house


def digests(house: WebHouse) -> list[str]:
    with a_browser_at(house) as web:
        sign_in(web)
        page = web.get(TERMS).text
    return [line.split('value="')[1].split('"')[0] for line in page.split('name="terms" ')[1:]]


def limit_of(house: WebHouse, per_day: int | None) -> None:
    house.rows(
        "UPDATE connections_connection SET free_calls_per_day = %s WHERE provider_id ="
        " (SELECT id FROM catalog_provider WHERE slug = 'openrouter')",
        per_day,
    )


def knows(house: WebHouse, per_day: int | None) -> None:
    """Sets the limit, and waits until the process has heard of it."""
    limit_of(house, 0)
    until(lambda: house.ask("gift/one:free").status_code == 429, 10, "the limit is not known")
    limit_of(house, per_day)
    until(lambda: house.ask("gift/one:free").status_code == 200, 10, "the limit is not known")
    house.rows(DROP_COUNTS)
    house.first.forget()


def suppressed(ask: Callable[[], None]) -> None:
    with contextlib.suppress(httpx.HTTPError):
        ask()


def used(house: WebHouse) -> int:
    return int(house.rows("SELECT coalesce(sum(used), 0) AS n FROM connections_freecalls")[0]["n"])


# --- accepting ---


def test_nothing_is_sent_to_who_may_learn_from_it_before_that_is_accepted(house: WebHouse) -> None:
    for fields in ({}, {"stream": True}):
        refused = house.ask("gift/one:free", **fields)
        assert refused.status_code == 403
        error = refused.json()["error"]
        assert error["metadata"]["error_type"] == "permission_denied"
        assert error["metadata"]["accept_at"].endswith(TERMS)
        assert error["metadata"]["accept_at"] in error["message"]
        assert error["metadata"]["accepted_by"] in error["message"]
    assert not house.first.served and used(house) == 0


def test_who_accepts_on_the_page_is_answered_at_once_and_nobody_else_is(
    house: WebHouse, owner: httpx.Client
) -> None:
    page = owner.get(TERMS)
    assert "notice board" in page.text and "50" in page.text
    form = {"terms": digests(house), "csrfmiddlewaretoken": proof(page.text)}
    assert owner.post(TERMS, data=form).status_code == 302
    assert house.ask("gift/one:free").status_code == 200
    assert owner.post(TERMS, data=form).status_code == 302, "twice is as good as once"
    assert len(house.rows("SELECT id FROM catalog_freeacceptance")) == 1
    member = {"Authorization": f"Bearer {house.facts['keys']['member']['secret']}"}
    body = json.dumps({"model": "gift/one:free", "messages": [{"role": "user", "content": "?"}]})
    assert house.post(body.encode(), headers=member).status_code == 403


def test_a_changed_policy_is_asked_for_anew(accepted: WebHouse) -> None:
    change = "UPDATE catalog_provider SET data_policy = %s WHERE slug = 'openrouter'"
    accepted.rows(change, json.dumps({"trains_free_tier": "yes", "as_of": "2026-11"}))
    until(lambda: accepted.ask("gift/one:free").status_code == 403, 10, "the old word still counts")
    accepted.rows(change, json.dumps({"trains_free_tier": "unknown", "as_of": "2027-01"}))
    until(lambda: accepted.ask("gift/one:free").status_code != 403, 10, "a date alone asks anew")
    accepted.rows(change, "{}")


def test_what_was_not_shown_cannot_be_accepted(house: WebHouse, owner: httpx.Client) -> None:
    form = {"terms": ["0" * 24], "csrfmiddlewaretoken": proof(owner.get(TERMS).text)}
    assert owner.post(TERMS, data=form).status_code == 409
    assert owner.post(TERMS, data={**form, "terms": []}).status_code == 409
    assert not house.rows("SELECT id FROM catalog_freeacceptance")
    for nowhere in ("/free/kind/", "/free/custom/", "/free/nobody/"):
        assert owner.get(nowhere).status_code == 404


def test_a_rule_against_training_closes_it_whatever_was_accepted(accepted: WebHouse) -> None:
    with a_rail(accepted, no_training=True):
        refused = accepted.ask("gift/one:free")
        assert refused.status_code == 404
        availability = refused.json()["error"]["availability"]
        assert availability["code"] == "privacy_restricted"


def test_a_free_model_that_keeps_its_word_needs_no_accepting(house: WebHouse) -> None:
    assert house.ask("gift/kind:free").status_code == 200
    assert used(house) == 0, "nobody knows of a limit there"


# --- counting ---


def test_free_calls_are_counted_and_refused_before_the_provider_would(accepted: WebHouse) -> None:
    limit_of(accepted, 3)
    until(lambda: accepted.ask("gift/one:free").status_code == 429, 10, "the limit is not known")
    assert used(accepted) == 3 == len(accepted.first.served)
    refused = accepted.ask("gift/two:free", stream=True)
    assert refused.status_code == 429, "another model of the same account"
    error = refused.json()["error"]
    told = error["metadata"]
    assert (told["limit"], told["limit_value"], told["used"], told["remaining"]) == (
        "free_calls_per_day",
        3,
        3,
        0,
    )
    assert 0 < int(refused.headers["retry-after"]) <= 86_400
    assert refused.headers["x-ratelimit-limit"] == "3"
    assert refused.headers["x-ratelimit-remaining"] == "0"
    assert int(refused.headers["x-ratelimit-reset"]) > 1_700_000_000_000
    receipt = accepted.newest()
    assert (receipt["status"], receipt["cost_usd"]) == (429, 0)
    assert [one["dropped_by"] for one in receipt["details"]["candidates"]] == ["free_limit"]
    assert accepted.ask("gift/kind:free").status_code == 200, "another account"
    limit_of(accepted, None)


def test_a_failed_attempt_counts_as_well(accepted: WebHouse) -> None:
    accepted.first.then(Status(500))
    assert accepted.ask("gift/one:free").status_code == 502
    assert used(accepted) == 1


def test_what_cannot_be_counted_is_not_sent(accepted: WebHouse) -> None:
    with psycopg.connect(accepted.database_url) as psql:
        psql.execute("LOCK TABLE connections_freecalls IN EXCLUSIVE MODE")
        assert accepted.ask("gift/one:free").status_code == 503
    assert not accepted.first.served and used(accepted) == 0


def test_where_one_account_is_used_up_the_next_model_is_asked(accepted: WebHouse) -> None:
    limit_of(accepted, 0)
    until(lambda: accepted.ask("gift/one:free").status_code == 429, 10, "the limit is not known")
    answered = accepted.ask("gift/one:free", models=["gift/kind:free"])
    assert answered.status_code == 200
    assert answered.json()["model"] == "gift/kind:free"
    limit_of(accepted, None)


def test_calls_that_cost_money_count_nothing(accepted: WebHouse) -> None:
    assert accepted.ask("test/one").status_code == 200
    assert used(accepted) == 0


def test_a_crowd_at_two_processes_takes_exactly_what_there_is(accepted: WebHouse) -> None:
    """And a process that is killed in the middle gives nothing back."""
    environment = accepted.environment | {"GATEHOUSE_PORT": str(free_port())}
    port = int(environment["GATEHOUSE_PORT"])
    other = replace(accepted, port=port, environment=environment, process=None)
    knows(accepted, 12)
    other.start()
    statuses: list[int] = []

    def ask(house: WebHouse) -> None:
        statuses.append(house.ask("gift/one:free").status_code)

    crowd = [threading.Thread(target=ask, args=(one,)) for one in (accepted, other) * 10]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert statuses.count(200) == 12 == len(accepted.first.served) == used(accepted)
    assert statuses.count(429) == 8
    accepted.rows("UPDATE connections_freecalls SET used = 11, minute_used = 11")
    accepted.first.then(Ok(wait=5))
    asking = threading.Thread(target=lambda: suppressed(lambda: ask(other)))
    asking.start()
    until(lambda: len(accepted.first.served) == 13, 10, "nothing came")
    assert other.process is not None
    other.process.kill()
    other.process.wait()
    asking.join()
    assert used(accepted) == 12
    assert accepted.ask("gift/one:free").status_code == 429


def test_a_key_is_told_of_the_free_calls(accepted: WebHouse) -> None:
    limit_of(accepted, None)
    accepted.ask("gift/one:free")
    told = accepted.client.get("/api/v1/key", headers=accepted.headers).json()["data"]
    assert told["free_model_daily_requests"] == {"limit": 50, "used": 1, "remaining": 49}


# --- endings ---


def test_a_free_model_that_ended_names_its_twin_and_another(house: WebHouse) -> None:
    for name in ("gift/old:free", "gift/old:free:nitro"):
        refused = house.ask(name)
        assert refused.status_code == 404
        availability = refused.json()["error"]["availability"]
        assert availability["code"] == "free_variant_ended"
        twin, *others = availability["fallback_models"]
        assert twin == "gift/old" and "gift/kind:free" in others
        assert "gift/old" in refused.json()["error"]["message"]
    with a_rail(house, denied_models=["gift/old", "gift/kind:free"]):

        def offered() -> set[str]:
            error = house.ask("gift/old:free").json()["error"]
            return set(error["availability"]["fallback_models"])

        until(lambda: not offered() & {"gift/old", "gift/kind:free"}, 10, "closed ones are offered")
    assert house.ask("gift/never:free").status_code == 400


def proof(page: str) -> str:
    return page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]


# --- in the chat ---


@pytest.mark.parametrize("as_script", [False, True])
def test_in_the_chat_it_is_accepted_in_place_and_nothing_typed_is_lost(
    house: WebHouse, owner: httpx.Client, as_script: bool
) -> None:
    sitter = Sitter(house, owner)
    assert "A free one" in sitter.page() and "Pick for me" in sitter.page()
    form = sitter.form("What is a gate?", model="gift/one:free")
    told = sitter.stream(form).json()["offers"] if as_script else sitter.post(form).text
    if not as_script:
        assert "What is a gate?" in told and "notice board" in told
    assert not house.first.served
    value = re.search(r'name="accept" value="([^"]*)"', told)
    assert value is not None
    agreed = {**form, "accept": value[1]}
    if as_script:
        sitter.stream(agreed)
        assert sitter.kind("end")
    else:
        assert "Hello from upstream." in sitter.post(agreed).text
    assert len(house.first.served) == 1
    again = sitter.form("And a door?", model="gift/one:free")
    assert "Hello from upstream." in sitter.post(again).text, "asked once"


def test_a_router_in_the_chat_needs_no_accepting_while_something_else_is_free(
    house: WebHouse, owner: httpx.Client
) -> None:
    sitter = Sitter(house, owner)
    for name in ("gatehouse/free", "gatehouse/auto"):
        assert "Hello from upstream." in sitter.send("Hello?", model=name).text
    form = sitter.form("Hello?", model="gatehouse/auto")
    with a_rail(house, allowed_models=["gift/kind:free"]):
        until(lambda: sitter.post(form).status_code == 422, 10, "what is behind it does not count")
