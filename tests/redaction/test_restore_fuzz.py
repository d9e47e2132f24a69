"""Random answers are read back without a single difference: cut anywhere, in any looks, among
decoys and strangers, in texts and arguments, with choices interleaved."""

import os

import pytest

from tests.redaction.fuzz import check

LONG = int(os.environ.get("SOAK_STREAMS", "100000"))


def test_two_thousand_random_streams_are_read_back_right() -> None:
    assert max(map(check, range(2_000))) > 0


@pytest.mark.soak
def test_a_hundred_thousand_random_streams_are_read_back_right(
    capsys: pytest.CaptureFixture[str],
) -> None:
    most = max(map(check, range(1_000_000, 1_000_000 + LONG)))
    with capsys.disabled():
        print(f"\n  {LONG} streams, 0 differences, at most {most} characters held")
