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

# One write per line: three programs share the pipe, and a line in pieces would mix with another.
SAY = """
import os, signal, sys, time
def say(word):
    os.write(1, f"{sys.argv[1]} {word}\\n".encode())
"""
POLITE = f"""{SAY}
def end(*_):
    say("asked")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
say("up")
time.sleep(600)
"""
STUBBORN = f"""{SAY}
signal.signal(signal.SIGTERM, lambda *_: say("asked"))
say("up")
while True: time.sleep(600)
"""
FAMILY = f"""{SAY}
if os.fork() == 0:
    say(os.getpid())
time.sleep(600)
"""


def program(name: str, script: str, *, rank: int = 0) -> Program:
    return Program(
        name=name,
        argv=[sys.executable, "-c", script, name],
        cwd=Path("/"),
        rank=rank,
        endings=((SIGTERM, 300.0),),
        hurried_seconds=3.0,
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
