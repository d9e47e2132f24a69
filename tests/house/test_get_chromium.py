"""Getting a browser for the tests: root has Debian's installed, everybody else is told how."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / ".ci" / "get_chromium"


def get_chromium(
    stage: Path, *, uid: int, **environment: str
) -> "subprocess.CompletedProcess[str]":
    """On a machine that has nothing but stand-ins."""
    for name, text in {"apt-get": 'echo "$*" >> installed', "id": f"echo {uid}"}.items():
        (stage / name).write_text(f"#!/bin/sh\n{text}\n")
        (stage / name).chmod(0o755)
    return subprocess.run(
        ["/bin/sh", str(SCRIPT)],
        cwd=stage,
        env={"PATH": str(stage), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_root_gets_the_package_installed(tmp_path: Path) -> None:
    done = get_chromium(tmp_path, uid=0)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "installed").read_text() == "install -y -qq chromium\n"


def test_everybody_else_is_told_in_one_sentence(tmp_path: Path) -> None:
    done = get_chromium(tmp_path, uid=1000)
    assert done.returncode == 1
    assert "sudo apt-get install chromium" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "installed").exists()


@pytest.mark.parametrize("name", ["chromium", "google-chrome"])
def test_one_that_is_there_is_taken(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("#!/bin/sh\n")
    (tmp_path / name).chmod(0o755)
    assert get_chromium(tmp_path, uid=1000).returncode == 0


def test_a_wrong_name_is_told(tmp_path: Path) -> None:
    done = get_chromium(tmp_path, uid=0, CHROMIUM="/nowhere/chromium")
    assert done.returncode == 1
    assert "“/nowhere/chromium”" in done.stderr
    assert not (tmp_path / "installed").exists()
