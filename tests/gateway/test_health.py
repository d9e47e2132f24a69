"""From calls that fail, or take long, to what pages say and which endpoint comes first: through the
task that counts them, in a house that remembers nothing else."""

import html
import re
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from tests.chat.sitting import a_browser_at, sign_in
from tests.gateway.behaviours import LIMITED, Status, Stream
from tests.gateway.running import WebHouse, a_web_house, decoded
from tests.house.running import CHECKOUT
from tests.waiting import until

FAILING, SLOW, DEAD = "test/pair-2", "test/pair-3", "test/pair-4"
COUNT = """
import django
django.setup()
from apps.usage.health import counting
while counting.count_slice(1000, margin=0.0):
    pass
"""
LONG = tuple(f"word{n} " for n in range(30))


@pytest.fixture(scope="module")
def house() -> Iterator[WebHouse]:
    """A day of a house in a minute: then counted, and its web process started anew."""
    with a_web_house() as running:
        live_through(running)
        ended = "SELECT 1 FROM usage_generation WHERE closed_at IS NULL"
        until(lambda: not running.rows(ended), 10, "a call is open")
        subprocess.run(
            [sys.executable, "-c", COUNT], cwd=CHECKOUT, env=running.environment, check=True
        )
        running.stop()
        running.start()
        until(lambda: served_by(running, FAILING) == "Second", 10, "nothing measured is known")
        yield running


def live_through(house: WebHouse) -> None:
    """Three calls of each model: `first` fails for one, dawdles for the next, and for the last both
    fail. Beside them what counts against nobody."""
    for _ in range(3):
        house.first.then(Status(500))
        house.stream(FAILING)
    for _ in range(3):
        house.first.then(Stream(words=LONG, wait=0.4, pace=0.01))
        house.stream(SLOW)
        house.second.then(Stream(words=LONG, pace=0.004))
        house.stream(SLOW, provider={"only": ["custom/second"]})
    for _ in range(3):
        house.first.then(Status(503))
        house.second.then(Status(503))
        assert house.ask(DEAD).status_code == 502
    house.first.then(Status(400), LIMITED)
    assert house.ask("test/one").status_code == 400
    assert house.ask("test/one").status_code == 429


@pytest.fixture
def web(house: WebHouse) -> Iterator[httpx.Client]:
    house.first.forget()
    house.second.forget()
    with a_browser_at(house) as browser:
        sign_in(browser)
        yield browser


def served_by(house: WebHouse, model: str, **fields: object) -> str:
    return str(decoded(house.ask(model, **fields).text)["provider"])


def texts(page: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))


def test_who_failed_for_the_house_comes_last_in_a_process_that_saw_nothing(
    house: WebHouse, web: httpx.Client
) -> None:
    assert served_by(house, FAILING) == "Second"
    assert served_by(house, FAILING, provider={"order": ["custom/first"]}) == "Second"
    assert house.first.served == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "First"),
        ({"provider": {"sort": "latency"}}, "Second"),
        ({"provider": {"sort": "throughput"}}, "Second"),
        ({"model": f"{SLOW}:nitro"}, "Second"),
        ({"provider": {"preferred_max_latency": 0.3}}, "Second"),
        ({"provider": {"preferred_max_latency": {"p90": 9}}}, "First"),
        ({"provider": {"preferred_min_throughput": 150}}, "Second"),
        ({"provider": {"preferred_min_throughput": 150, "order": ["custom/first"]}}, "First"),
    ],
)
def test_speed_as_the_house_measured_it_decides_where_a_call_asks_for_it(
    house: WebHouse, web: httpx.Client, fields: dict[str, object], expected: str
) -> None:
    assert served_by(house, str(fields.pop("model", SLOW)), **fields) == expected


def test_the_connections_page_tells_how_calls_went(house: WebHouse, web: httpx.Client) -> None:
    page = texts(web.get("/connections/").text)
    # First: three and three that failed, three that were slow. Second: three that failed.
    assert "In trouble: 6 of 9 calls failed in the last half hour" in page
    assert "In trouble: 3 of 9 calls failed in the last half hour" in page
    assert "Of these 6 met an error of the provider’s own." in page
    assert "an answer begins after 0.4 s" in page


def test_the_list_of_chat_models_marks_what_nobody_answers(
    house: WebHouse, web: httpx.Client
) -> None:
    words = "In trouble: calls fail right now"
    assert words in texts(web.get("/chat/models/?q=pair-4").text)
    assert words not in texts(web.get("/chat/models/?q=pair-2").text)


def test_the_api_tells_it_to_keys_alone(house: WebHouse, web: httpx.Client) -> None:
    path = f"/api/v1/models/{SLOW}/endpoints"
    told = house.client.get(path, headers=house.headers).json()["data"]["endpoints"]
    first = next(one for one in told if one["tag"] == "custom/first")
    assert first["uptime_last_5m"] == first["uptime_last_30m"] == first["uptime_last_1d"] == 100
    assert 380 <= first["latency_last_30m"]["p50"] <= 1500
    assert first["throughput_last_30m"]["p90"] <= first["throughput_last_30m"]["p50"] < 150
    assert "uptime_last_5m" not in house.client.get(path).text, "own models are nobody else's"


def test_the_catalogue_lists_the_fastest_here_first_and_tells_of_trouble(
    house: WebHouse, web: httpx.Client
) -> None:
    listed = web.get("/models/?q=pair&sort=throughput-high-to-low").text
    assert listed.index(SLOW) < listed.index("test/pair-1")
    page = texts(web.get(f"/models/{DEAD}/").text)
    assert "In trouble: 3 of 3 calls failed in the last half hour" in page
