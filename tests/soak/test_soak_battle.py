"""A hundred thousand random reservations of four processes over forty windows: `make soak`."""

import os

import pytest

from tests.gateway.battle import battle, expect_agreement
from tests.gateway.money_house import money_house

pytestmark = pytest.mark.soak
CALLS = int(os.environ.get("SOAK_CALLS", "100000"))


@pytest.mark.parametrize(
    ("windows", "limit"), [(40, "100000"), (40, "8"), (4, "100000")], ids=["wide", "tight", "hot"]
)
def test_a_long_battle_ends_with_every_sum_the_same(
    windows: int, limit: str, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = CALLS if windows == 40 else CALLS // 4
    outcome = battle(
        money_house(), processes=4, calls=calls, windows=windows, in_flight=16, limit=limit
    )
    with capsys.disabled():
        print(f"\n  {windows} windows of ${limit}: {outcome}")
    expect_agreement(outcome)
    assert outcome.calls == calls
