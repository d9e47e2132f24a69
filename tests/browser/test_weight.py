"""What every page brings along, as a browser gets it."""

import gzip
from pathlib import Path

import pytest

from tests.house.running import CHECKOUT

KB = 1024


@pytest.mark.parametrize(("kind", "most"), [("css", 25 * KB), ("js", 30 * KB)])
def test_own_files_stay_light(kind: str, most: int) -> None:
    files = sorted((CHECKOUT / "static" / kind).glob(f"*.{kind}"))
    assert files
    assert sum(map(_sent, files)) <= most


def _sent(file: Path) -> int:
    return len(gzip.compress(file.read_bytes(), mtime=0))
