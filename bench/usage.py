"""`make bench args=usage`: how long the pages of usage take with five million calls of a year, 50
keys and 20 people, at one web process. `args="usage 200000"` takes fewer calls; BENCH_HOUSE names a
folder that keeps the house for the next run."""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlencode, urljoin, urlsplit

import httpx
import psycopg

from bench.running import CHECKOUT, CORE_0, ended, until_it_answers

PORT = 9104
GENERATIONS = 5_000_000
PASSWORD = "a lamp above the gate"
OWNER, ADMIN, MEMBER = (
    "owner@house.example",
    "lead.developer@house.example",
    "developer@house.example",
)
MOST_LINKS = 120
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]*)"')
LINK = re.compile(r'href="([^"#]*)"')
OLDER = re.compile(r'href="([^"]*before=gen-[^"]*)"')
COLUMNS = ("app", "model", "provider")
NUMBERS = {"key": "key_id", "person": "user_id"}
OUTCOMES = ("done", "failed", "stopped", "unsent", "running")
PERIODS = ("today", "week", "30d", "month", "12m")
ROWS = 1_000_000


def main(words: Sequence[str]) -> None:
    count = int(words[0]) if words else GENERATIONS
    kept = os.environ.get("BENCH_HOUSE")
    folder = Path(kept or tempfile.mkdtemp(prefix="gatehouse-usage-"))
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    try:
        with running(folder, count) as (web, database, pid):
            measure(web, database, pid)
    finally:
        if not kept:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(folder: Path, count: int) -> Iterator[tuple[str, str, int]]:
    """A full house and its one web process: address, database, process."""
    from apps.core.house.cluster import Cluster
    from apps.core.vault import house_secrets

    cluster = Cluster(folder, house_secrets(folder), processes=4)
    with ExitStack() as stack:
        database = stack.enter_context(cluster.running())
        env = {
            **os.environ,
            "DATABASE_URL": database,
            "GATEHOUSE_DATA_DIR": str(folder),
            "GATEHOUSE_PORT": str(PORT),
            "GATEHOUSE_LOG_LEVEL": "WARNING",
        }

        def manage(*arguments: str, said: str = "") -> None:
            command = [sys.executable, "manage.py", *arguments]
            subprocess.run(command, env=env, cwd=CHECKOUT, check=True, input=said, text=True)

        manage("migrate", "--verbosity", "0")
        if not _has_calls(database):
            manage("load_catalog", "--verbosity", "0")
            began = time.monotonic()
            manage("seed_demo", "--generations", str(count), "--password-file", "-", said=PASSWORD)
            print(f"{count:,} calls written in {time.monotonic() - began:.0f} s")
        command = [*CORE_0, sys.executable, "manage.py", "web", "--port", str(PORT)]
        process = subprocess.Popen(command, env=env, cwd=CHECKOUT)
        stack.enter_context(ended(process))
        address = f"http://localhost:{PORT}"
        until_it_answers(f"{address}/healthz")
        yield address, database, process.pid


def measure(address: str, database: str, pid: int) -> None:
    for email in (OWNER, ADMIN, MEMBER):
        with signed_in(address, email) as web:
            print(f"— {email.partition('@')[0]}")
            _report("activity", _times(web, _links(web, "/activity/")), 200)
            _report("rankings", _times(web, _links(web, "/rankings/")), 200)
            _report("calls, first pages", _times(web, _lists(database)), 100)
            _report("calls, pages behind", _times(web, _behind(web, database)), 100)
            _report("one call", _times(web, _calls(database)), 100)
    with signed_in(address, OWNER) as web:
        _download(web, pid)


@contextmanager
def signed_in(address: str, email: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=120, trust_env=False) as web:
        page = web.get("/accounts/login/").text
        token = TOKEN.search(page)
        form = {
            "login": email,
            "password": PASSWORD,
            "csrfmiddlewaretoken": token[1] if token else "",
        }
        answer = web.post("/accounts/login/", data=form, headers={"Referer": address})
        if answer.status_code != 302:
            raise RuntimeError(f"nobody signs in as {email}: {answer.status_code}")
        yield web


def _has_calls(database: str) -> bool:
    with psycopg.connect(database) as connection:
        found = connection.execute("SELECT EXISTS (SELECT 1 FROM usage_generation)").fetchone()
    return bool(found and found[0])


def _links(web: httpx.Client, start: str) -> list[str]:
    """The page and every other state of it that a link leads to, two links deep."""
    found = {start: True}
    for _ in range(2):
        for address, is_new in list(found.items()):
            if not is_new or len(found) >= MOST_LINKS:
                continue
            found[address] = False
            page = web.get(address)
            for link in LINK.findall(page.text):
                to = urlsplit(urljoin(address, unescape(link)))
                if to.path == urlsplit(start).path and not to.netloc:
                    found.setdefault(f"{to.path}?{to.query}", True)
    return list(found)[:MOST_LINKS]


def _lists(database: str) -> list[str]:
    """Each filter alone, by common values and by rare ones; pairs of them; and what meets none."""
    values = {name: _values(database, name) for name in COLUMNS}
    values |= {name: _values(database, column) for name, column in NUMBERS.items()}
    asked: list[dict[str, str]] = [{}]
    asked += [{name: one} for name, some in values.items() for one in some]
    asked += [{"outcome": one} for one in OUTCOMES]
    asked += [{"period": one} for one in PERIODS]
    for first, second in (
        ("app", "model"),
        ("key", "model"),
        ("person", "app"),
        ("provider", "app"),
    ):
        asked += [
            {first: one, second: other}
            for one in (values[first][0], values[first][-1])
            for other in (values[second][0], values[second][-1])
        ]
    asked += [{"outcome": "failed", name: some[-1]} for name, some in values.items()]
    asked += [{"outcome": "unsent", "app": values["app"][-1]}]
    asked += [{"period": "30d", name: some[-1]} for name, some in values.items()]
    asked += [{"model": "no/such-model"}, {"app": "Nobody's"}, {"model": "sonnet"}]
    return [f"/calls/?{urlencode({'project': '', **one})}" for one in asked]


def _behind(web: httpx.Client, database: str) -> list[str]:
    """The second page of each list, and one from a while ago."""
    found = []
    for address in _lists(database):
        older = OLDER.search(web.get(address).text)
        if older:
            found.append(urljoin(address, unescape(older[1])))
        for days in (100, 330):
            at = int((time.time() - timedelta(days=days).total_seconds()) * 1000)
            found.append(f"{address}&before=gen-{at}-0")
    return found


def _calls(database: str) -> list[str]:
    with psycopg.connect(database) as connection:
        rows = connection.execute(
            "SELECT id FROM usage_generation WHERE user_id = (SELECT id FROM accounts_user "
            "WHERE name = 'Developer') ORDER BY id DESC LIMIT 20"
        ).fetchall()
    return [f"/calls/{number}/" for (number,) in rows]


def _values(database: str, column: str) -> list[str]:
    """Three of them: the most common, one in the middle and the rarest."""
    with psycopg.connect(database) as connection:
        rows = connection.execute(
            f"SELECT {column}::text FROM usage_generation TABLESAMPLE SYSTEM (2) "
            f"WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1"
        ).fetchall()
    found = [value for (value,) in rows]
    return [found[0], found[len(found) // 2], found[-1]]


def _times(web: httpx.Client, addresses: Sequence[str]) -> dict[str, float]:
    """Each as if for the first time; only the first of all is asked once before."""
    web.get(addresses[0])
    return {address: _took(web, address) for address in addresses}


def _took(web: httpx.Client, address: str) -> float:
    began = time.perf_counter()
    answer = web.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")
    return (time.perf_counter() - began) * 1000


def _report(what: str, times: dict[str, float], most: int) -> None:
    took = sorted(times.values())
    p95 = statistics.quantiles(took, n=20)[-1] if len(took) > 1 else took[0]
    slowest = max(times, key=lambda address: times[address])
    print(
        f"{what:<22}{len(took):>4} pages  median {statistics.median(took):>7.1f}  "
        f"p95 {p95:>7.1f} ms  at most {most}  {'met' if p95 <= most else 'MISSED'}"
    )
    print(f"{'':<22}slowest {times[slowest]:.0f} ms: {slowest}")


def _download(web: httpx.Client, pid: int) -> None:
    """A million lines; what the process holds of them."""
    before = most = _memory(pid)
    began, lines = time.monotonic(), 0
    with web.stream("GET", f"/calls/export/?{urlencode({'project': ''})}") as answer:
        for part in answer.iter_bytes():
            lines += part.count(b"\n")
            most = max(most, _memory(pid)) if lines % 50 == 0 else most
            if lines > ROWS:
                break
    took = time.monotonic() - began
    print(f"CSV: {lines:,} lines in {took:.0f} s, {before} MB before and {most} MB at most")


def _memory(pid: int) -> int:
    text = Path(f"/proc/{pid}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+) kB", text)[0]) // 1024
