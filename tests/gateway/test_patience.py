"""Providers that hang and streams that fall silent. They are waited for all at once, since each of
these takes as long as a limit says."""

import re
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.gateway import behaviours as provider
from tests.gateway.behaviours import Ok, Stream
from tests.gateway.running import Streamed, WebHouse
from tests.gateway.upstream import Served
from tests.waiting import until

CASES: dict[str, tuple[dict[str, Any], Any]] = {
    "silent_then_well": ({"stream": True}, Stream(silent_after=0, silence=10.6)),
    "silent_then_cut": ({"stream": True}, Stream(silent_after=0, silence=10.6, cut_after=1)),
    "silent_then_broken": (
        {"stream": True},
        Stream(silent_after=0, silence=10.6, error_after=0),
    ),
    "silent_midway": ({"stream": True}, Stream(silent_after=2, silence=10.6)),
    "hangs_at_once": ({}, provider.HANG),
    "hangs_at_once_streaming": ({"stream": True}, provider.HANG),
    "hangs_behind_its_headers": ({"stream": True}, Stream(hang_after=0)),
    "hangs_midway": ({"stream": True}, Stream(hang_after=2)),
    "hangs_in_the_body": (
        {},
        provider.Raw(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{",
            is_hanging=True,
        ),
    ),
    "slow_but_well": ({}, Ok(wait=1.5)),
    "hangs_then_second_helps": ({"model": "test/pair-1"}, provider.HANG),
}


Answers = dict[str, httpx.Response]


@dataclass(frozen=True)
class Story:
    """What each client was answered, and how the provider saw its call."""

    answers: Answers
    served: dict[str, Served]


@pytest.fixture(scope="module")
def story(standing_house: WebHouse) -> Story:
    house = standing_house
    for upstream in (house.first, house.second):
        upstream.forget()
    with ThreadPoolExecutor(len(CASES)) as pool:
        running: dict[str, Future[httpx.Response]] = {}
        for name, (fields, behaviour) in CASES.items():
            house.first.by_mark[name] = behaviour
            running[name] = pool.submit(house.ask, call_mark=name, **fields)
        answers = {name: one.result() for name, one in running.items()}
    served = {}
    for name in CASES:
        (served[name],) = house.first.of(name)
    return Story(answers, served)


@pytest.fixture
def ended(story: Story) -> Answers:
    return story.answers


def test_ten_seconds_of_silence_are_a_comment(ended: Answers) -> None:
    stream = Streamed.read(ended["silent_then_well"])
    assert stream.comments == [": GATEHOUSE PROCESSING"]
    assert ended["silent_then_well"].text.startswith(":")
    assert stream.text == "Hello from upstream."
    assert stream.is_done
    assert len(stream.usages) == 1


def test_silence_midway_is_a_comment_too(ended: Answers) -> None:
    stream = Streamed.read(ended["silent_midway"])
    assert len(stream.comments) == 1
    assert stream.text == "Hello from upstream."


@pytest.mark.parametrize("name", ["silent_then_broken", "silent_then_cut"])
def test_behind_a_comment_a_failure_is_an_event(house: WebHouse, ended: Answers, name: str) -> None:
    stream = Streamed.read(ended[name])
    assert ended[name].status_code == 200
    assert stream.comments
    assert stream.error is not None
    assert stream.finish_reasons == ["error"]
    assert stream.is_done
    receipt = house.receipt(ended[name].headers["x-generation-id"])
    assert receipt["error_type"] == "provider_unavailable"


@pytest.mark.parametrize("name", ["hangs_at_once", "hangs_at_once_streaming", "hangs_in_the_body"])
def test_a_provider_that_hangs_is_a_timeout(house: WebHouse, ended: Answers, name: str) -> None:
    response = ended[name]
    assert response.status_code == 504, response.text
    error = response.json()["error"]
    assert error["metadata"]["error_type"] == "timeout"
    assert re.search(r"did not (answer|finish) within \d+ s\.", error["message"])
    receipt = house.receipt(response.headers["x-generation-id"])
    assert receipt["is_estimated"]
    assert 0 < receipt["cost_usd"] <= receipt["hold_usd"]
    assert receipt["details"]["attempts"][-1]["error"] == "timeout"


@pytest.mark.parametrize("name", ["hangs_behind_its_headers", "hangs_midway"])
def test_a_stream_that_hangs_ends_with_an_event(house: WebHouse, ended: Answers, name: str) -> None:
    stream = Streamed.read(ended[name])
    assert stream.error is not None
    assert stream.error["code"] == 504
    assert stream.is_done
    receipt = house.receipt(ended[name].headers["x-generation-id"])
    assert receipt["is_estimated"]
    assert 0 < receipt["cost_usd"] <= receipt["hold_usd"]


def test_whoever_hangs_is_let_go(story: Story) -> None:
    hanging = [served for name, served in story.served.items() if name.startswith("hangs")]
    assert len(hanging) == 6
    until(lambda: all(one.closed_at is not None for one in hanging), 10, "a line stays open")


def test_slowness_is_no_failure(ended: Answers) -> None:
    assert ended["slow_but_well"].status_code == 200


def test_after_a_timeout_somebody_else_may_be_asked(house: WebHouse, ended: Answers) -> None:
    response = ended["hangs_then_second_helps"]
    assert response.status_code == 200
    receipt = house.receipt(response.headers["x-generation-id"])
    assert [one["error"] for one in receipt["details"]["attempts"]] == ["timeout", ""]
    assert receipt["is_estimated"]
    assert receipt["cost_usd"] <= receipt["hold_usd"]
