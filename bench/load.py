"""What the benchmark measures with: wrk for rates and whole answers, curl for the first token, and
a plain durable commit for scale."""

import re
import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Target:
    """One thing under load."""

    name: str
    url: str
    key: str
    body: str


@dataclass(frozen=True)
class Measured:
    per_second: float
    p50_ms: float
    p99_ms: float


def wrk(target: Target, *, at_once: int, seconds: int, folder: Path) -> Measured:
    """Closed loop. Fails loudly when an answer is no 2xx: a fast refusal is no rate."""
    script = folder / "post.lua"
    script.write_text(
        'wrk.method = "POST"\n'
        f"wrk.body = [[{target.body}]]\n"
        'wrk.headers["Content-Type"] = "application/json"\n'
        f'wrk.headers["Authorization"] = "Bearer {target.key}"\n'
    )
    words = [
        *("taskset", "-c", "1", "wrk", "-t1", f"-c{at_once}", f"-d{seconds}s", "--latency"),
        *("-s", str(script), target.url),
    ]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(f"{target.name}: {said}")
    return Measured(
        per_second=float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]),  # type: ignore[index]
        p50_ms=_latency(said, "50%"),
        p99_ms=_latency(said, "99%"),
    )


def first_token_ms(target: Target, *, count: int, folder: Path) -> float:
    """Median of curl's time to the first byte, one after the other on one connection."""
    one = (
        f'url = "{target.url}"\ndata = "{_quoted(target.body)}"\n'
        f'header = "Authorization: Bearer {target.key}"\n'
        'header = "Content-Type: application/json"\noutput = "/dev/null"\n'
        'write-out = "%{http_code} %{time_starttransfer}\\n"\n'
    )
    config = folder / "curl.txt"
    config.write_text("next\n".join([one] * count))
    words = ["taskset", "-c", "1", "curl", "-s", "-N", "-K", str(config)]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split("\n")
    pairs = [line.split() for line in said if line]
    if any(code != "200" for code, _ in pairs):
        raise RuntimeError(f"{target.name}: {pairs[0]}")
    return statistics.median(float(seconds) * 1000 for _, seconds in pairs[5:])


def commit_ms(database_url: str, *, count: int) -> float:
    """Median of one-row durable updates, for scale."""
    times = []
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bench_row (id int PRIMARY KEY, n int)")
        connection.execute("INSERT INTO bench_row VALUES (1, 0) ON CONFLICT DO NOTHING")
        for _ in range(count):
            began = time.perf_counter()
            connection.execute("UPDATE bench_row SET n = n + 1 WHERE id = 1")
            times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def _latency(said: str, name: str) -> float:
    found = re.search(rf"{name}\s+([\d.]+)(us|ms|s)", said)
    if found is None:
        raise RuntimeError(said)
    return float(found[1]) * UNITS[found[2]]


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
