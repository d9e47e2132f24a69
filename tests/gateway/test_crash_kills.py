"""What is left when processes of a whole house are killed, stopped or sent to bed under load:
nothing held, nothing charged twice, and what clients heard to its end charged as billed."""

import contextlib
import os
import random
import signal
import time
from collections.abc import Iterator

import pytest

from tests.gateway.behaviours import Stream
from tests.gateway.crash_house import CrashHouse, a_crash_house, reckon
from tests.waiting import until

pytestmark = pytest.mark.xdist_group("crash")
WORDS = tuple(f" word{number}" for number in range(2000))


@pytest.fixture(scope="module")
def made() -> Iterator[CrashHouse]:
    with a_crash_house() as house:
        yield house


def only_call(made: CrashHouse, mark: str) -> dict[str, object]:
    """The receipt of the one call that is open."""
    until(lambda: made.upstream.of(mark))
    (found,) = made.rows("SELECT * FROM usage_generation WHERE state = 'open'")
    return found


def process_of(call: dict[str, object]) -> int:
    return int(str(call["process_id"]).split("-")[0])


def test_five_kills_under_load_lose_nothing_and_charge_nothing_twice(
    made: CrashHouse,
) -> None:
    chance = random.Random(5)
    load = made.load()
    with load.running():
        for _ in range(5):
            time.sleep(1.2)
            made.kill(
                chance.choice([*made.webs, made.house.postmaster, *made.house.find("celery")])
            )
    until(made.is_quiet)
    sums = reckon(made, load.heard)
    assert sums.wrong == []
    assert sums.finished > 20
    assert sums.estimated == sums.excused
    until(lambda: made.load().one_call("after", stream=True).is_whole)


def test_a_stream_whose_process_is_killed_costs_what_had_come_by_then(
    made: CrashHouse,
) -> None:
    until(made.is_quiet)
    made.upstream.by_mark["cut"] = Stream(words=WORDS, pace=0.02)
    with made.load().streams(["cut"]):
        call = only_call(made, "cut")
        until(lambda: made.receipt(str(call["id"]))["checkpoint_usd"] > 0)
        made.kill(process_of(call))
    until(made.is_quiet)
    row = made.receipt(str(call["id"]))
    assert (row["state"], row["error_type"], row["is_estimated"]) == (
        "closed",
        "process_lost",
        True,
    )
    assert row["cost_usd"] == row["checkpoint_usd"]
    assert row["prompt_estimate_usd"] < row["cost_usd"] < row["hold_usd"]


def test_a_process_that_slept_past_its_lease_settles_nothing_twice_and_works_on(
    made: CrashHouse,
) -> None:
    until(made.is_quiet)
    made.upstream.by_mark["asleep"] = Stream(words=WORDS[:100], pace=0.02)
    load = made.load()
    with load.streams(["asleep"]):
        call = only_call(made, "asleep")
        os.kill(process_of(call), signal.SIGSTOP)
        until(made.is_quiet)
        swept = made.receipt(str(call["id"]))
        others = [pid for pid in made.webs if pid != process_of(call)]
        os.kill(process_of(call), signal.SIGCONT)
    assert load.heard[0].is_whole
    assert "settled_before" in made.house.output
    assert made.receipt(str(call["id"])) == swept
    with stopped(others):
        heard = made.load().one_call("awake", stream=False)
    row = made.receipt(heard.generation)
    assert (row["process_id"], row["is_estimated"]) == (call["process_id"], False)


@contextlib.contextmanager
def stopped(pids: list[int]) -> Iterator[None]:
    """Processes that take no part for a while."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("times", [1, 2], ids=["asked once", "asked twice"])
def test_twenty_open_streams_are_settled_when_the_house_is_stopped(
    made: CrashHouse, times: int
) -> None:
    """Asked once, the house gives them 10 s; asked again, it ends and settles them at once."""
    if made.house.process is not None and made.house.process.poll() is not None:
        made.house.start()
    until(made.is_quiet)
    marks = [f"stopped-{times}-{number}" for number in range(20)]
    made.upstream.by_mark.update({mark: Stream(words=WORDS, pace=0.02) for mark in marks})
    load = made.load()
    with load.streams(marks):
        until(lambda: all(made.upstream.of(mark) for mark in marks))
        made.house.send(signal.SIGINT)
        if times == 2:
            made.house.wait_for_words("Stopping:")
            time.sleep(1)
            made.house.send(signal.SIGTERM)
        assert made.house.wait() == 0
    assert [one.status for one in load.heard] == [200] * 20
    with made.asleep():
        assert made.is_quiet()
        rows = [made.receipt(one.generation) for one in load.heard]
    assert {row["error_type"] for row in rows} == {"server"}
    assert all(0 < row["cost_usd"] < row["hold_usd"] for row in rows)
    assert all(row["is_estimated"] for row in rows)
