"""The demonstration model takes the way of every other: twenty streams at once, and no more."""

from concurrent.futures import ThreadPoolExecutor

from tests.gateway.running import Streamed, WebHouse
from tests.waiting import until

DEMO = "gatehouse/demo:free"
AT_ONCE = 20


def test_twenty_streams_and_no_more(house: WebHouse) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = [pool.submit(house.ask, DEMO, stream=True) for _ in range(AT_ONCE)]
        until(lambda: len(house.open_calls()) == AT_ONCE, 10, "not all twenty run")
        until(lambda: _is_full(house), 10, "the twenty-first was answered")
        streams = [Streamed.read(one.result()) for one in running]
    for stream in streams:
        assert stream.is_done
        assert "demonstration" in stream.text
        assert len(stream.usages) == 1
        assert stream.usages[0]["cost"] == 0
        assert stream.usages[0]["completion_tokens"] > 10
    assert house.ask(DEMO, max_tokens=3).status_code == 200


def _is_full(house: WebHouse) -> bool:
    response = house.ask(DEMO, stream=True, max_tokens=1)
    if response.status_code == 200:
        return False
    assert response.status_code == 429
    assert response.headers["retry-after"] == "5"
    assert response.json()["error"]["metadata"]["error_type"] == "rate_limit_exceeded"
    return True
