"""A supervisor over tiny programs, run as a process of its own with the name of a cast. Each
program prints what happens to it, so that a test can read the order."""

import sys
from pathlib import Path
from signal import SIGTERM

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from apps.core.house.child import Program
from apps.core.house.errors import CannotStart, StopAsked
from apps.core.house.signals import Signals
from apps.core.house.supervisor import Supervisor

POLITE = """
import signal, sys, time
def end(*_):
    print(sys.argv[1], "asked", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print(sys.argv[1], "up", flush=True)
time.sleep(600)
"""
STUBBORN = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: print(sys.argv[1], "asked", flush=True))
print(sys.argv[1], "up", flush=True)
while True: time.sleep(600)
"""
FAMILY = """
import os, sys, time
if os.fork() == 0:
    print("grandchild", os.getpid(), flush=True)
    time.sleep(600)
time.sleep(600)
"""


def program(name: str, script: str, *, rank: int = 0) -> Program:
    return Program(
        name=name,
        argv=[sys.executable, "-c", script, name],
        cwd=Path("/"),
        rank=rank,
        endings=((SIGTERM, 300.0),),
        hurried_seconds=0.5,
    )


CASTS = {
    "stubborn": [("base", POLITE, 0), ("worker", POLITE, 1), ("web", STUBBORN, 2)],
    "broken": [("base", POLITE, 0), ("web", "import sys; sys.exit(3)", 2)],
    "family": [("worker", FAMILY, 1)],
}


def main() -> int:
    with Signals() as signals:
        supervisor = Supervisor(signals, lambda line: print(line, flush=True))
        try:
            for name, script, rank in CASTS[sys.argv[1]]:
                supervisor.keep(program(name, script, rank=rank), is_vital=rank == 2)
            supervisor.watch()
        except StopAsked:
            pass
        except CannotStart as problem:
            print(problem, flush=True)
            return 1
        finally:
            supervisor.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
