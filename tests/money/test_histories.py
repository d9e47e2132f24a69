"""The ledger against a plain model of itself, over random histories: holds, costs, crashes, changed
limits, prices, intervals and places, midnights. `make soak` tells many more."""

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.money.histories import Histories

LONG = int(os.environ.get("SOAK_HISTORIES", "150"))
PLAIN = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))


def test_the_ledger_does_what_its_model_does(db: None) -> None:
    Histories.counts.clear()
    short = settings(PLAIN, max_examples=20, stateful_step_count=25, derandomize=True)
    run_state_machine_as_test(Histories, settings=short)
    for word in ("admitted", "refused", "settled", "extended", "swept", "midnight"):
        assert Histories.counts[word] > 0, word


@pytest.mark.soak
def test_the_ledger_does_what_its_model_does_for_long(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    Histories.counts.clear()
    long = settings(PLAIN, max_examples=LONG, stateful_step_count=120, print_blob=True)
    run_state_machine_as_test(Histories, settings=long)
    with capsys.disabled():
        print(f"\n  {dict(Histories.counts)}")
    assert Histories.counts["histories"] >= LONG
