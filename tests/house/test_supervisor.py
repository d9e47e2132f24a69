"""The supervisor over stand-ins that are slower, more stubborn or more broken than real parts."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from tests.waiting import until

STAND_IN = Path(__file__).with_name("stand_in.py")


@contextlib.contextmanager
def supervising(cast: str) -> "Iterator[subprocess.Popen[str]]":
    with subprocess.Popen(
        [sys.executable, str(STAND_IN), cast], stdout=subprocess.PIPE, text=True
    ) as process:
        alarm = threading.Timer(60, process.kill)
        alarm.start()
        try:
            yield process
        finally:
            alarm.cancel()
            process.kill()


def lines_until(process: "subprocess.Popen[str]", *wanted: str) -> list[str]:
    """Reads until every wanted line has come, in whatever order."""
    assert process.stdout is not None
    missing = set(wanted)
    read: list[str] = []
    while missing:
        line = process.stdout.readline()
        assert line, f"ended before {missing}: {read}"
        read.append(line.strip())
        missing -= {line.strip()}
    return read


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def rest(process: "subprocess.Popen[str]") -> list[str]:
    assert process.stdout is not None
    return process.stdout.read().splitlines()


def test_a_second_ctrl_c_shortens_the_wait_and_keeps_the_order() -> None:
    with supervising("stubborn") as process:
        lines_until(process, "base up", "worker up", "web up")
        process.send_signal(signal.SIGINT)
        lines_until(process, "web asked")
        process.send_signal(signal.SIGINT)
        assert rest(process) == ["web asked", "worker asked", "base asked"]
        assert process.wait() == 0


def test_a_part_that_cannot_start_ends_the_house_and_the_others() -> None:
    with supervising("broken") as process:
        said = rest(process)
        assert process.wait() == 1
    assert said.count("web ended (exit code 3); starting it again.") == 4
    assert any(line.startswith("web ended 5 times in a row, so the house stops") for line in said)
    assert said[-1] == "base asked"


def test_what_a_killed_part_had_started_goes_with_it() -> None:
    with supervising("family") as process:
        assert process.stdout is not None
        grandchild = int(process.stdout.readline().split()[1])
        os.kill(os.getsid(grandchild), signal.SIGKILL)  # its parent leads the session
        lines_until(process, "worker ended (signal SIGKILL); starting it again.")
        until(lambda: not is_there(grandchild), 20, "the supervisor forgot it")
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 0
