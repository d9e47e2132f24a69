"""The limits of a key, decided where its calls are opened: many processes at once admit exactly as
many as fit, and a call that ended in whatever way gives its place back."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.gateway.money_rows import Row, packed
from tests.money.money_house import MoneyHouse, calls_read, closing

ASK = "SELECT verdict, available FROM gateway_reserve(%s::jsonb)"


@pytest.fixture(autouse=True)
def quiet_key(house: MoneyHouse) -> Iterator[None]:
    """The one key without limits and without calls, before and after each test."""
    clear(house)
    yield
    clear(house)


def clear(house: MoneyHouse) -> None:
    house.ask(
        "UPDATE usage_generation SET key_id = NULL, state = 'closed' WHERE key_id = %s",
        house.facts["key_id"],
    )
    limit(house, None, None)


def limit(house: MoneyHouse, per_minute: int | None, in_flight: int | None) -> None:
    house.ask(
        "UPDATE keys_apikey SET requests_per_minute = %s, max_in_flight = %s WHERE id = %s",
        per_minute,
        in_flight,
        house.facts["key_id"],
    )


def call(house: MoneyHouse, process: str, *, seconds_ago: float = 0, **own: Any) -> Row:
    """A call whose id tells when it began, as those of the house do."""
    plain = house.row(process, is_limited=True, **own)
    began = datetime.now(UTC) - timedelta(seconds=seconds_ago)
    name = f"gen-{int(began.timestamp() * 1000)}-{plain['id'][4:]}"
    return {**plain, "id": name, "created_at": began}


@pytest.mark.parametrize(
    ("per_minute", "in_flight", "admitted", "word"),
    [
        (None, None, 20, None),
        (7, None, 7, "too_fast"),
        (None, 3, 3, "too_many"),
        (7, 3, 3, "too_many"),
        (3, 7, 3, "too_fast"),
        (0, None, 0, "too_fast"),
    ],
)
@pytest.mark.parametrize("at_once", [1, 5])
def test_processes_at_once_admit_exactly_what_fits(
    house: MoneyHouse,
    per_minute: int | None,
    in_flight: int | None,
    admitted: int,
    word: str | None,
    at_once: int,
) -> None:
    limit(house, per_minute, in_flight)
    process = house.fresh_process()
    batches = [[call(house, process) for _ in range(at_once)] for _ in range(20 // at_once)]
    with ThreadPoolExecutor(len(batches)) as threads:
        found = [one for part in threads.map(lambda b: house.reserve(*b), batches) for one in part]
    assert found.count("admitted") == admitted
    assert set(found) - {"admitted"} <= {word}
    count = "SELECT count(*) FROM usage_generation WHERE key_id = %s"
    assert house.ask(count, house.facts["key_id"]) == [(admitted,)]


def test_a_minute_slides_and_says_when(house: MoneyHouse) -> None:
    limit(house, 2, None)
    process = house.fresh_process()
    older, younger = call(house, process, seconds_ago=70), call(house, process, seconds_ago=20)
    assert house.reserve(older, younger) == ["admitted", "admitted"]
    assert house.reserve(call(house, process)) == ["admitted"]
    ((word, wait),) = house.ask(ASK, packed([call(house, process)]))
    assert word == "too_fast"
    assert 30 <= wait <= 40


@pytest.mark.parametrize("state", ["closed", "released"])
def test_a_call_that_ended_gives_its_place_back(house: MoneyHouse, state: str) -> None:
    limit(house, None, 1)
    process = house.fresh_process()
    first = call(house, process)
    assert house.reserve(first) == ["admitted"]
    assert house.reserve(call(house, process)) == ["too_many"]
    house.settle(closing(first, "0", state=state))
    assert house.reserve(call(house, process)) == ["admitted"]


def test_what_was_never_sent_does_not_count_for_the_minute(house: MoneyHouse) -> None:
    limit(house, 1, None)
    process = house.fresh_process()
    first = call(house, process)
    assert house.reserve(first) == ["admitted"]
    house.settle(closing(first, "0", state="released"))
    assert house.reserve(call(house, process)) == ["admitted"]


def test_calls_of_a_dead_process_are_in_flight_until_they_are_swept(house: MoneyHouse) -> None:
    limit(house, None, 1)
    dead, living = house.fresh_process(), house.fresh_process()
    lost = call(house, dead)
    assert house.reserve(lost) == ["admitted"]
    house.lease(dead, seconds=-1)
    assert house.reserve(call(house, living)) == ["too_many"]
    with house.witness():
        house.ask("SELECT gateway_sweep(500)")
    assert house.states([lost["id"]]) == {lost["id"]: "closed"}
    assert house.reserve(call(house, living)) == ["admitted"]


def test_a_refused_call_holds_nothing_and_its_neighbours_are_admitted(house: MoneyHouse) -> None:
    limit(house, None, 1)
    window, process = house.window("1"), house.fresh_process()
    mine = [call(house, process, windows=(window,), hold="0.25") for _ in range(2)]
    at_the_page = house.row(process, windows=(window,), hold="0.25", key_id=None)
    assert house.reserve(*mine, at_the_page) == ["admitted", "too_many", "admitted"]
    assert str(house.figures(window)[1]) == "0.500000000000"


def test_a_key_that_changed_is_judged_anew(house: MoneyHouse) -> None:
    process = house.fresh_process()
    house.ask("UPDATE keys_apikey SET policy_version = 1 WHERE id = %s", house.facts["key_id"])
    try:
        assert house.reserve(house.row(process)) == ["stale"]
        newer = house.facts["policy_version"] + 1
        assert house.reserve(house.row(process, policy_version=newer)) == ["admitted"]
    finally:
        house.ask("UPDATE keys_apikey SET policy_version = 0")


def test_the_figures_are_read_by_index(house: MoneyHouse) -> None:
    """A key with a long history costs no more than one with none: nothing is read but the last
    minute's calls and those that run."""
    process = house.fresh_process()
    house.ask("TRUNCATE usage_generation")  # what other tests called within this minute counts too
    house.ask(
        """INSERT INTO usage_generation (id, created_at, process_id, project_id, key_id, user_id,
               app, requested_model, is_streamed, bills_whole, window_ids, hold_usd, state)
           SELECT 'gen-' || (1600000000000 + n) || '-old', now() - interval '1 day', 'gone', %s, %s,
               %s, '', 'home/model', false, false, '{}', 0, 'closed'
             FROM generate_series(1, 20000) n""",
        house.facts["project_id"],
        house.facts["key_id"],
        house.facts["user_id"],
    )
    house.ask("ANALYZE usage_generation")
    limit(house, 100, 5)
    with house.connect() as connection:
        connection.execute("SET enable_seqscan = off")
        connection.execute("BEGIN")
        before = calls_read(connection)
        connection.execute(
            "SELECT * FROM gateway_throttled(%s::jsonb)", (packed([call(house, process)]),)
        )
        assert calls_read(connection) - before < 200
        connection.execute("ROLLBACK")
    house.ask("DELETE FROM usage_generation WHERE process_id = 'gone'")
