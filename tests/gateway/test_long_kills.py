"""Two hundred kills under load, and a long absence of the database: `make soak`."""

import os
import random
import signal
import time

import pytest

from tests.gateway.crash_house import CrashHouse, Reckoning, a_crash_house, reckon
from tests.gateway.load import Load
from tests.waiting import until

pytestmark = pytest.mark.soak
KILLS = int(os.environ.get("SOAK_KILLS", "200"))
LONGEST_BREAK, AWAY_SECONDS = 2.5, 40
# Which processes are killed how often: web processes are what holds money.
KINDS = ("web", "web", "web", "postgres", "worker")


def test_two_hundred_kills_under_load(
    capsys: pytest.CaptureFixture[str],
) -> None:
    chance = random.Random(100)
    counts = dict.fromkeys(KINDS, 0)
    with a_crash_house() as made:
        load = made.load()
        with load.running():
            for _ in range(KILLS):
                time.sleep(chance.uniform(0.2, LONGEST_BREAK))
                counts[kill_one(made, chance)] += 1
        until(made.is_quiet, seconds=90)
        sums = reckon(made, load.heard)
        tell(capsys, f"kills: {counts}; {heard(load)}; {sums}")
        expect_right(made, sums)
        assert sums.finished > 5 * KILLS


def test_a_database_that_is_away_longer_than_a_lease_costs_no_process_its_calls(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with a_crash_house() as made:
        load = made.load()
        with load.running():
            time.sleep(3)
            postmaster = made.house.postmaster
            silence = [postmaster, *backends(postmaster)]
            for pid in silence:
                os.kill(pid, signal.SIGSTOP)
            time.sleep(AWAY_SECONDS)
            made.kill(postmaster)
            for pid in silence[1:]:
                made.kill(pid)
            time.sleep(10)
        until(made.is_quiet)
        sums = reckon(made, load.heard)
        tell(capsys, f"{AWAY_SECONDS} s without a database: {heard(load)}; {sums}")
        expect_right(made, sums)
        assert (sums.swept, sums.estimated) == (0, 0)


def kill_one(made: CrashHouse, chance: random.Random) -> str:
    """Whichever of the kind is there; one that is just being started again is waited for."""
    kind = chance.choice(KINDS)
    find = {
        "web": lambda: made.webs,
        "worker": lambda: made.house.find("celery")[:1],
        "postgres": lambda: made.house.find("postgres -D")[:1],
    }[kind]
    until(find)
    made.kill(chance.choice(find()))
    return kind


def backends(postmaster: int) -> list[int]:
    with open(f"/proc/{postmaster}/task/{postmaster}/children") as children:
        return [int(pid) for pid in children.read().split()]


def heard(load: Load) -> str:
    troubled = sum(not one.is_whole for one in load.heard)
    return f"{len(load.heard)} calls begun, {troubled} broken or refused"


def expect_right(made: CrashHouse, sums: Reckoning) -> None:
    """An estimate for a call heard to its end needs two deaths: of the database for over 2 s, and
    of the process before it could write."""
    assert sums.wrong == []
    assert sums.estimated == sums.excused
    assert sums.exact + sums.estimated == sums.finished


def tell(capsys: pytest.CaptureFixture[str], line: str) -> None:
    with capsys.disabled():
        print(f"\n  {line}")
