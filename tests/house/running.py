"""A real house in processes of its own, for tests: started as a person would start it, asked over
its port, and cleared away afterwards. Knows how to find every process that belongs to it."""

import contextlib
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.house.folders import data_folder

CHECKOUT = Path(__file__).resolve().parents[2]
# What the test run itself set, and a house must not inherit.
FOREIGN = re.compile(r"^(DATABASE_URL|DJANGO_SETTINGS_MODULE|GATEHOUSE_|PYTEST_|CELERY_)")
MARK = "TEST_HOUSE_MARK"


@dataclass
class RunningHouse:
    """One house. `data_dir` outlives it, so a second start is the same house again."""

    data_dir: Path
    port: int
    environment: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    mark: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def settings(self) -> dict[str, str]:
        """The environment of the house, also for commands that find it through the same."""
        inherited = {name: value for name, value in os.environ.items() if not FOREIGN.match(name)}
        return inherited | {
            "GATEHOUSE_DATA_DIR": str(self.data_dir),
            "GATEHOUSE_PORT": str(self.port),
            "GATEHOUSE_WEB_PROCESSES": "2",
            MARK: self.mark,
            **self.environment,
        }

    @property
    def output_file(self) -> Path:
        return self.data_dir.with_name(self.data_dir.name + ".out")

    @property
    def output(self) -> str:
        return self.output_file.read_text(errors="replace")

    def start(self) -> "RunningHouse":
        """Starts it and waits until it says that it is ready."""
        self.begin()
        self.wait_for_words("Ctrl-C stops it.")
        return self

    def begin(self) -> None:
        with self.output_file.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=CHECKOUT,
                env=self.settings,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_for_words(self, words: str, seconds: float = 90) -> None:
        deadline = time.monotonic() + seconds
        while words not in self.output:
            assert self.process is not None
            assert self.process.poll() is None, f"the house ended:\n{self.output}"
            assert time.monotonic() < deadline, f"no “{words}” in:\n{self.output}"
            time.sleep(0.05)

    def ask(self, path: str = "/healthz") -> int:
        """The status of a GET, or 0 when nobody answers."""
        try:
            return httpx.get(self.url + path, timeout=5, trust_env=False).status_code
        except httpx.HTTPError:
            return 0

    def command(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Runs `manage.py` beside the house, as a person would."""
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=CHECKOUT,
            env=self.settings,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def send(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def stop(self, seconds: float = 60) -> int:
        """Ctrl-C, and the exit code; a house that has ended stays as it is."""
        assert self.process is not None
        if self.process.poll() is None:
            self.send(signal.SIGINT)
        return self.wait(seconds)

    def wait(self, seconds: float = 60) -> int:
        assert self.process is not None
        return self.process.wait(seconds)

    def processes(self) -> dict[int, str]:
        """Every living process of the house, with its command line."""
        found = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and self._owns(entry):
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
                found[int(entry.name)] = words.decode(errors="replace").strip()
        return found

    def find(self, words: str) -> list[int]:
        """The processes whose command line holds these words, oldest first."""
        return sorted(pid for pid, line in self.processes().items() if words in line)

    @property
    def postmaster(self) -> int:
        return int((self.data_dir / "postgres" / "postmaster.pid").read_text().split()[0])

    def _owns(self, entry: Path) -> bool:
        with contextlib.suppress(OSError):
            if (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return False
            if (entry / "cwd").readlink() == self.data_dir / "postgres":
                return True
            return f"{MARK}={self.mark}".encode() in (entry / "environ").read_bytes()
        return False

    def clear_away(self) -> None:
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.process is not None:
            self.process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def a_house(**environment: str) -> Iterator[RunningHouse]:
    """A house that is not started yet, in a fresh data folder that goes with it."""
    with data_folder("house") as folder:
        house = RunningHouse(folder, free_port(), dict(environment))
        try:
            yield house
        finally:
            house.clear_away()
