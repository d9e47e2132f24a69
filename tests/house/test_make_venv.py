"""Making the virtual environment on a Debian whose Python lacks that part of itself: root installs
it, everybody else is told in one sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / ".ci" / "make_venv"
# A Python without ensurepip, and stand-ins for the programs that would change the machine.
PYTHON = f"""#!/bin/sh
case "$*" in
*ensurepip*) exit 1 ;;
"-m venv .venv") mkdir -p .venv/bin ;;
*) exec {sys.executable} "$@" ;;
esac
"""


@pytest.fixture
def stage(tmp_path: Path) -> Path:
    programs = {
        "python": PYTHON,
        "apt-get": '#!/bin/sh\necho "$*" >> installed\n',
    }
    for name, text in programs.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    return tmp_path


def make_venv(stage: Path, *, uid: int) -> "subprocess.CompletedProcess[str]":
    (stage / "id").write_text(f"#!/bin/sh\necho {uid}\n")
    (stage / "id").chmod(0o755)
    return subprocess.run(
        ["sh", str(SCRIPT)],
        cwd=stage,
        env=os.environ | {"PATH": f"{stage}:/usr/bin:/bin", "PYTHON": str(stage / "python")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_root_gets_the_missing_package_installed(stage: Path) -> None:
    done = make_venv(stage, uid=0)
    assert done.returncode == 0, done.stderr
    minor = sys.version_info[1]
    assert (stage / "installed").read_text() == f"install -y -qq python3.{minor}-venv\n"
    assert (stage / ".venv").is_dir()


def test_everybody_else_is_told_in_one_sentence(stage: Path) -> None:
    done = make_venv(stage, uid=1000)
    assert done.returncode == 1
    assert f"sudo apt-get install python3.{sys.version_info[1]}-venv" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (stage / ".venv").exists()
    assert not (stage / "installed").exists()
