"""The story of a start, told in order: folder, port, secrets, PostgreSQL, migrations and catalogue,
worker, web. Then it watches until somebody asks it to stop."""

import socket
import sys
import time
from signal import SIGTERM

from apps.core.house import door
from apps.core.house.child import Program
from apps.core.house.cluster import Cluster
from apps.core.house.errors import CannotStart, StopAsked
from apps.core.house.folder import sole_use_of
from apps.core.house.options import Options, read_options
from apps.core.house.signals import Signals
from apps.core.house.supervisor import Supervisor
from apps.core.place import CHECKOUT
from apps.core.vault import VaultError, house_secrets

# Who stops first: web, then the worker, PostgreSQL last.
POSTGRES, WORKER, WEB = 0, 1, 2
# Running calls get ten seconds from the web process itself; the rest is for settling them.
WEB_STOP_SECONDS = 20.0
# Besides the web processes: the worker, its clock, and one command typed by a person.
OTHER_PROCESSES = 3


def main() -> int:
    """Runs the house until it is stopped; gives the exit code."""
    try:
        options = read_options()
        with sole_use_of(options.data_dir), Signals() as signals:
            _run(options, signals)
    except (CannotStart, VaultError) as problem:
        if str(problem):
            print(problem, file=sys.stderr)
        return 1
    return 0


def _run(options: Options, signals: Signals) -> None:
    listener = door.listen(options)
    supervisor = Supervisor(signals, _say)
    try:
        _open(options, supervisor, listener)
        supervisor.watch()
    except StopAsked:
        _say("Stopping: running calls get up to 10 seconds; Ctrl-C again shortens that.")
    finally:
        listener.close()
        supervisor.stop()


def _open(options: Options, supervisor: Supervisor, listener: socket.socket) -> None:
    began = time.monotonic()
    secrets = house_secrets(options.data_dir, options.secrets_file)
    if not options.database_url:
        cluster = Cluster(
            options.data_dir, secrets, processes=options.web_processes + OTHER_PROCESSES
        )
        cluster.prepare()
        database = supervisor.keep(cluster.program(), is_vital=True)
        supervisor.wait_until(
            lambda: database.is_ready,
            seconds=120,
            otherwise="PostgreSQL does not get ready.",
        )
    setup_link = supervisor.run(_manage("prepare")).strip()
    supervisor.keep(_worker(options))
    for number in range(1, options.web_processes + 1):
        supervisor.keep(_web(number, listener))
    supervisor.wait_until(
        lambda: door.answers(options, "/healthz"),
        seconds=120,
        otherwise="The web processes do not answer; their own words stand above.",
    )
    _say(f"Gatehouse is ready at {options.url} after {time.monotonic() - began:.1f} s.")
    if setup_link:
        _say(f"Open this link once to make the owner's account: {setup_link}")
    _say("Ctrl-C stops it.")


def _manage(*words: str) -> Program:
    return Program(
        name=words[0],
        argv=[sys.executable, str(CHECKOUT / "manage.py"), *words],
        cwd=CHECKOUT,
    )


def _worker(options: Options) -> Program:
    words = "--quiet -A config worker -P threads -c 2 --without-gossip --without-mingle -l WARNING"
    clock = options.data_dir / "clock"
    return Program(
        name="worker",
        argv=[
            sys.executable,
            "-m",
            "celery",
            *words.split(),
            "--clock",
            str(clock),
        ],
        cwd=CHECKOUT,
        rank=WORKER,
        endings=((SIGTERM, 15.0),),
    )


def _web(number: int, listener: socket.socket) -> Program:
    return Program(
        name=f"web.{number}",
        argv=[sys.executable, "manage.py", "web", "--fd", str(listener.fileno())],
        cwd=CHECKOUT,
        rank=WEB,
        endings=((SIGTERM, WEB_STOP_SECONDS),),
        open_files=[listener.fileno()],
    )


def _say(line: str) -> None:
    print(line, flush=True)
