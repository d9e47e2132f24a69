"""A house of four web processes, and a crowd of clients that all call in the same moment while
somebody watches the budget's window."""

import asyncio
import contextlib
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import aiohttp
import psycopg

from tests.gateway.budgeting import Budget
from tests.gateway.running import PATH, WebHouse, a_web_house
from tests.house.running import free_port

WEB_PROCESSES = 4


@dataclass(frozen=True)
class FourWebs:
    """`house` is the first of them, with what they share."""

    house: WebHouse
    ports: tuple[int, ...]

    def crowd(self, count: int, **fields: Any) -> Counter[int]:
        """So many calls at once, shared out among the processes: how often which status came."""
        return asyncio.run(asyncio.wait_for(self._crowd(count, fields), 300))

    async def _crowd(self, count: int, fields: dict[str, Any]) -> Counter[int]:
        body = {"messages": [{"role": "user", "content": "Hello?"}], **fields}
        patient = {
            "connector": aiohttp.TCPConnector(limit=0),
            "timeout": aiohttp.ClientTimeout(total=None),
        }
        async with aiohttp.ClientSession(headers=self.house.headers, **patient) as client:

            async def call(number: int) -> int:
                port = self.ports[number % len(self.ports)]
                async with client.post(f"http://127.0.0.1:{port}{PATH}", json=body) as response:
                    await response.read()
                    return response.status

            return Counter(await asyncio.gather(*[call(number) for number in range(count)]))


@contextlib.contextmanager
def four_webs() -> Iterator[FourWebs]:
    with a_web_house() as house, contextlib.ExitStack() as running:
        others = [_beside(house) for _ in range(WEB_PROCESSES - 1)]
        with ThreadPoolExecutor(len(others)) as pool:
            starts = [pool.submit(other.start) for other in others]
        for other in others:
            running.callback(other.stop)
        for start in starts:
            start.result()
        yield FourWebs(house, (house.port, *(other.port for other in others)))


def _beside(house: WebHouse) -> WebHouse:
    port = free_port()
    environment = house.environment | {"GATEHOUSE_PORT": str(port)}
    return WebHouse(port, house.database_url, house.first, house.second, house.facts, environment)


@dataclass
class Watched:
    """The most that was ever seen spent and held together, and how often somebody looked."""

    most: Decimal = Decimal(0)
    looks: int = 0


@contextlib.contextmanager
def watched(budget: Budget) -> Iterator[Watched]:
    seen, is_over = Watched(), threading.Event()

    def look() -> None:
        sql = "SELECT max(spent_usd + held_usd) FROM budgets_budgetwindow WHERE budget_id = %s"
        with psycopg.connect(budget.house.database_url, autocommit=True) as connection:
            while not is_over.wait(0.002):
                found = connection.execute(sql, (budget.id,)).fetchone()
                seen.most = max(seen.most, (found and found[0]) or Decimal(0))
                seen.looks += 1

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        is_over.set()
        watcher.join()
