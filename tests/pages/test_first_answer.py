"""From an empty house to the first answer: a running house, a browser without scripts, and nothing
but what the screen says."""

import json
import re
import shlex
from collections.abc import Iterator

import httpx
import pytest

from tests.gateway.founding import PASSWORD
from tests.house.running import RunningHouse, a_house
from tests.pages.visitor import Visitor

MOST_STEPS = 12
REAL_PROVIDER = 2  # more steps than staying with the demo: choosing it, and pasting its key


@pytest.fixture(scope="module")
def house() -> Iterator[RunningHouse]:
    with a_house(GATEHOUSE_WEB_PROCESSES="1") as made:
        yield made.start()


def test_a_newcomer_gets_from_the_link_to_an_answer_and_a_working_key(house: RunningHouse) -> None:
    with httpx.Client(base_url=house.url, timeout=60, trust_env=False) as web:
        visitor = Visitor(web)
        visitor.open(re.findall(rf"{house.url}/setup/\S+", house.output)[-1])
        visitor.fill("email", "lea@mill-lane.example")
        visitor.fill("name", "Lea")
        visitor.fill("password", PASSWORD)
        visitor.press("Open the house")
        visitor.press("Continue")
        visitor.press("Stay with the demo model")
        visitor.press("Make the key")
        key = re.findall(r"gate_live_\w{38}", visitor.sheet.text)[0]
        with_key = visitor.code("curl")
        visitor.follow("I have saved the key")
        without_key = visitor.code("curl")
        visitor.press("Ask")
        assert "demonstration model" in visitor.sheet.text
        assert re.search(r"/chat/\d+/", visitor.address)
        assert visitor.steps + REAL_PROVIDER <= MOST_STEPS
        for line in (with_key, without_key.replace("YOUR_KEY", key)):
            assert "demonstration model" in as_a_shell_would(line)
        assert "Setting up is not finished" not in web.get("/").text


def as_a_shell_would(line: str) -> str:
    """Sends what curl would send."""
    words = shlex.split(line)
    assert words[0] == "curl"
    headers = [words[at + 1] for at, word in enumerate(words) if word == "-H"]
    answer = httpx.post(
        words[1],
        headers=[tuple(one.split(": ", 1)) for one in headers],
        content=words[words.index("-d") + 1],
        timeout=30,
        trust_env=False,
    )
    assert answer.status_code == 200, answer.text
    return str(json.loads(answer.text)["choices"][0]["message"]["content"])
