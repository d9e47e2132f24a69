"""One batch in flight, and whoever arrives meanwhile forms the next."""

import asyncio
from typing import Any

from apps.gateway.batcher import Batcher


class Door:
    """Notes each batch, and lets it through when told."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.is_open = asyncio.Event()

    async def run(self, items: list[int]) -> list[Any]:
        self.batches.append(items)
        await self.is_open.wait()
        return [ValueError(item) if item < 0 else item * 10 for item in items]


def test_who_arrives_during_a_batch_forms_the_next_in_order() -> None:
    async def story() -> None:
        door = Door()
        batcher: Batcher[int, int] = Batcher(door.run)
        first = [batcher.put(n) for n in (1, 2)]
        await asyncio.sleep(0)
        later = [batcher.put(n) for n in (3, 4, 5)]
        door.is_open.set()
        assert await asyncio.gather(*first, *later) == [10, 20, 30, 40, 50]
        assert door.batches == [[1, 2], [3, 4, 5]]

    asyncio.run(story())


def test_no_batch_is_larger_than_allowed() -> None:
    async def story() -> None:
        door = Door()
        door.is_open.set()
        batcher: Batcher[int, int] = Batcher(door.run, most=4)
        await asyncio.gather(*[batcher.put(n) for n in range(10)])
        assert door.batches == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]

    asyncio.run(story())


def test_one_exception_is_its_own_items_alone() -> None:
    async def story() -> None:
        door = Door()
        door.is_open.set()
        batcher: Batcher[int, int] = Batcher(door.run)
        results = await asyncio.gather(
            *[batcher.put(n) for n in (1, -2, 3)], return_exceptions=True
        )
        assert [str(result) for result in results] == ["10", "-2", "30"]

    asyncio.run(story())


def test_a_batch_that_fails_fails_for_all_in_it_and_the_next_goes_on() -> None:
    async def run(items: list[int]) -> list[int | Exception]:
        if 13 in items:
            raise RuntimeError("unlucky")
        return list(items)

    async def story() -> None:
        batcher: Batcher[int, int] = Batcher(run)
        results = await asyncio.gather(*[batcher.put(n) for n in (1, 13)], return_exceptions=True)
        assert [str(result) for result in results] == ["unlucky", "unlucky"]
        assert await batcher.put(2) == 2

    asyncio.run(story())


def test_a_batch_with_too_few_answers_leaves_nobody_waiting() -> None:
    async def run(items: list[int]) -> list[int | Exception]:
        return list(items[:1])

    async def story() -> None:
        batcher: Batcher[int, int] = Batcher(run)
        waiting = [batcher.put(n) for n in (1, 2)]
        results = await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 5)
        assert all(isinstance(result, ValueError) for result in results)

    asyncio.run(story())


def test_what_nobody_waits_for_any_more_is_handed_to_whom_it_concerns() -> None:
    async def story() -> None:
        door = Door()
        orphans: list[tuple[int, int]] = []
        batcher: Batcher[int, int] = Batcher(
            door.run, orphaned=lambda item, result: orphans.append((item, result))
        )
        futures = [batcher.put(n) for n in (1, 2, -3)]
        await asyncio.sleep(0)
        futures[0].cancel()
        futures[2].cancel()
        door.is_open.set()
        await batcher.drained()
        assert orphans == [(1, 10)]
        assert futures[1].result() == 20

    asyncio.run(story())


def test_drained_waits_for_what_is_in_flight_and_for_what_waits() -> None:
    async def story() -> None:
        door = Door()
        batcher: Batcher[int, int] = Batcher(door.run, most=1)
        futures = [batcher.put(n) for n in range(3)]
        asyncio.get_running_loop().call_later(0.01, door.is_open.set)
        await batcher.drained()
        assert all(future.done() for future in futures)

    asyncio.run(story())
