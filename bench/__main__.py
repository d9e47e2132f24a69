"""`make bench`: the house with everything on against a bare forwarder, interleaved in one run. The
one web process stands on core 0; PostgreSQL, nginx and the load on core 1. Medians of three.
`args=usage` measures the pages of usage instead (usage.py)."""

import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import upstream, usage
from bench.load import Measured, Target, commit_ms, first_token_ms, wrk
from bench.pages import report_pages
from bench.rules import report_rules
from bench.running import CHECKOUT, CORE_0, CORE_1, ended, until_it_answers

PORTS = {"upstream": 9100, "bare": 9101, "house": 9102, "teller": 9103}
ROUNDS = 3
SECONDS = int(os.environ.get("BENCH_SECONDS", "4"))
PACKAGES = {"nginx": "nginx-light", "wrk": "wrk", "curl": "curl", "taskset": "util-linux"}
PROMPT = "Tell me about the gatehouse. " * 24
PRIVATE = "Write to mia@example.org or leo@example.org, card 4111 1111 1111 1111. "


def main() -> None:
    if sys.argv[1:2] == ["usage"]:
        usage.main(sys.argv[2:])
        return
    need("nginx", "wrk", "curl", "taskset")
    # Below the temporary folder itself: the user PostgreSQL runs as must be able to enter it.
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-bench-"))
    folder.chmod(0o755)
    try:
        with running(folder) as (targets, database_url, facts):
            report(measure(targets, database_url, folder))
            house = f"http://localhost:{PORTS['house']}"
            report_pages(house, facts, teller_port=PORTS["teller"])
        report_rules()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def need(*programs: str) -> None:
    """Installs what is missing from Debian's packages when root; else says how, and ends."""
    missing = [name for name in programs if shutil.which(name) is None]
    packages = [PACKAGES[name] for name in missing]
    if packages and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", *packages], check=True)
    elif packages:
        sys.exit(f"The benchmark needs {', '.join(missing)}: apt-get install {' '.join(packages)}")


@contextlib.contextmanager
def running(folder: Path) -> Iterator[tuple[dict[str, Target], str, dict[str, str]]]:
    from apps.core.house.cluster import Cluster
    from apps.core.vault import house_secrets

    os.sched_setaffinity(0, {1})  # inherited by PostgreSQL
    cluster = Cluster(folder, house_secrets(folder), processes=4)
    with contextlib.ExitStack() as stack:
        database_url = stack.enter_context(cluster.running())
        env = {
            **os.environ,
            "DATABASE_URL": database_url,
            "GATEHOUSE_DATA_DIR": str(folder),
            "BENCH_UPSTREAM": f"http://127.0.0.1:{PORTS['upstream']}",
            "GATEHOUSE_LOG_LEVEL": "WARNING",
        }
        said = subprocess.run(
            [sys.executable, "-m", "bench.furnish", str(PORTS["upstream"]), str(PORTS["teller"])],
            env=env,
            cwd=CHECKOUT,
            check=True,
            capture_output=True,
            text=True,
        )
        facts = json.loads(said.stdout.strip().splitlines()[-1])
        stack.enter_context(ended(upstream.start(folder / "nginx", PORTS["upstream"], CORE_1)))
        bare = [
            *(*CORE_0, sys.executable, "-m", "uvicorn", "bench.bare:application"),
            *("--port", str(PORTS["bare"]), "--loop", "uvloop", "--http", "httptools"),
            *("--no-access-log", "--log-level", "warning"),
        ]
        house = [*CORE_0, sys.executable, "manage.py", "web", "--port", str(PORTS["house"])]
        for words in (bare, house):
            stack.enter_context(ended(subprocess.Popen(words, env=env, cwd=CHECKOUT)))
        until_it_answers(f"http://127.0.0.1:{PORTS['house']}/healthz")
        yield _targets(facts), database_url, facts


def _targets(facts: dict[str, str]) -> dict[str, Target]:
    """By who and what: `budget` is the house again, by a key that one hot budget binds, `scrub` by
    one whose calls every rule reads."""
    body = '{{"model":"{}","messages":[{{"role":"user","content":"{}"}}],"temperature":0.5{}}}'
    bare = f"http://127.0.0.1:{PORTS['bare']}", "/{}/chat/completions"
    house = f"http://127.0.0.1:{PORTS['house']}", "/api/v1/chat/completions"
    places = {
        "bare": (*bare, facts["key"], PROMPT),
        "house": (*house, facts["key"], PROMPT),
        "budget": (*house, facts["bound_key"], PROMPT),
        "scrub": (*house, facts["scrubbed_key"], PRIVATE + PROMPT),
    }
    return {
        f"{name} {kind}": Target(
            name=f"{name} {kind}",
            url=place + path.format(kind),
            key=key,
            body=body.format(f"bench/{kind}", said, ',"stream":true' if kind == "stream" else ""),
        )
        for name, (place, path, key, said) in places.items()
        for kind in ("json", "stream")
    }


Figures = dict[str, list[float]]


def measure(targets: dict[str, Target], database_url: str, folder: Path) -> Figures:
    figures: Figures = {}

    def note(name: str, value: float) -> None:
        figures.setdefault(name, []).append(value)

    for target in targets.values():
        wrk(target, at_once=16, seconds=1, folder=folder)  # warm
    for _ in range(ROUNDS):
        for name, target in targets.items():
            for at_once in (1, 64):
                found: Measured = wrk(target, at_once=at_once, seconds=SECONDS, folder=folder)
                note(f"{name} {at_once} rate", found.per_second)
                note(f"{name} {at_once} p50", found.p50_ms)
                note(f"{name} {at_once} p99", found.p99_ms)
            if name.endswith("stream"):
                note(f"{name} first", first_token_ms(target, count=200, folder=folder))
        note("commit", commit_ms(database_url, count=300))
    return figures


def report(figures: Figures) -> None:
    middle = {name: statistics.median(values) for name, values in figures.items()}
    print(f"{'':24}{'bare':>12}{'house':>12}{'ratio':>9}")
    for kind, unit in (("json", "requests/s"), ("stream", "streams/s")):
        for at_once in (1, 64):
            bare, house = (middle[f"{who} {kind} {at_once} rate"] for who in ("bare", "house"))
            print(f"{kind} {at_once:>2} {unit:<16}{bare:>12.0f}{house:>12.0f}{house / bare:>9.2f}")
            for figure in ("p50", "p99"):
                bare, house = (
                    middle[f"{who} {kind} {at_once} {figure}"] for who in ("bare", "house")
                )
                print(f"{kind} {at_once:>2} {figure + ' ms':<16}{bare:>12.2f}{house:>12.2f}")
    commit = middle["commit"]
    print(f"one durable commit: {commit:.2f} ms")
    first = middle["house stream first"] - middle["bare stream first"]
    whole = middle["house json 1 p50"] - middle["bare json 1 p50"]
    rate = middle["house json 64 rate"] / middle["bare json 64 rate"]
    streams = middle["house stream 64 rate"] / middle["bare stream 64 rate"]
    bound = min(
        middle[f"budget {kind} 64 rate"] / middle[f"house {kind} 64 rate"]
        for kind in ("json", "stream")
    )
    scrubbed = middle["scrub stream 64 rate"] / middle["house stream 64 rate"]
    print(f"first token: bare {middle['bare stream first']:.2f} ms, house +{first:.2f} ms")
    for name, value, goal, is_met in (
        ("requests/s at 64, of bare", rate, "at least 0.5", rate >= 0.5),
        ("streams/s at 64, of bare", streams, "at least 0.6", streams >= 0.6),
        ("on one hot budget, of none", bound, "at least 0.85", bound >= 0.85),
        ("streams scrubbed, of not", scrubbed, "at least 0.7", scrubbed >= 0.7),
        ("first token, in commits", first / commit, "at most 3.5", first <= 3.5 * commit),
        ("whole answer, in commits", whole / commit, "at most 7", whole <= 7 * commit),
    ):
        print(f"{name:<28}{value:>8.2f}  {goal:<14}{'met' if is_met else 'MISSED'}")


if __name__ == "__main__":
    main()
