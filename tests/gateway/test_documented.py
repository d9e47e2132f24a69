"""What the help says of the API, asked of a running house: its example requests are answered, its
routes exist, and errors have the shape and the types it shows."""

import json
from typing import Any

import pytest

from apps.core.snippets import DEMO
from apps.gateway.docs import errors, examples, routes
from tests.gateway.behaviours import LIMITED, Status
from tests.gateway.running import PATH, Streamed, WebHouse

TOLD = {(one.status, one.error_type) for rows in errors.PROBLEMS.values() for one in rows}


@pytest.mark.parametrize("name", examples.REQUESTS)
def test_the_example_requests_are_answered(house: WebHouse, name: str) -> None:
    answered = house.post(json.dumps(examples.REQUESTS[name]).encode())
    assert answered.status_code == 200, answered.text
    assert answered.json()["usage"]["cost"] == 0


def test_the_example_error_is_the_one_given(house: WebHouse) -> None:
    answered = house.client.post(PATH, content=b"{}")
    assert answered.json() == examples.ERROR
    assert answered.status_code == examples.ERROR["error"]["code"]


@pytest.mark.parametrize("route", routes.ROUTES, ids=lambda route: route.path)
@pytest.mark.parametrize("prefix", ["/api/v1", "/v1"])
def test_every_route_answers_and_wants_a_key_where_it_says(
    house: WebHouse, route: routes.Route, prefix: str
) -> None:
    made = house.ask(DEMO).json()["id"]
    path = f"{prefix}/{route.path.format(model=DEMO, id=made)}"
    body = json.dumps({"model": DEMO, "messages": examples.SAID}) if route.method == "POST" else ""
    with_key = house.client.request(route.method, path, content=body, headers=house.headers)
    without = house.client.request(route.method, path, content=body)
    assert with_key.status_code == 200, with_key.text
    assert without.status_code == (401 if route.key == "yes" else 200)


@pytest.mark.parametrize("route", routes.WATCHERS, ids=lambda route: route.path)
def test_the_watchers_addresses_exist(house: WebHouse, route: routes.Route) -> None:
    # No worker runs beside this house, and metrics are for the owner: both answer, in their way.
    expected = {"no": {200, 503}, "token": {404}}[route.key]
    assert house.client.get(route.path).status_code in expected


def wrong(house: WebHouse, what: str) -> Any:
    """A call that ends in an error of this kind."""
    body = json.dumps({"model": "test/one", "messages": examples.SAID}).encode()
    if what == "no key":
        return house.client.post(PATH, content=body)
    if what == "no such address":
        return house.client.get("/api/v1/nothing", headers=house.headers)
    if what == "no such method":
        return house.client.delete(PATH, headers=house.headers)
    if what == "compressed":
        return house.post(body, headers={"Content-Encoding": "gzip"})
    if what == "another host":
        return house.client.get("/api/v1/models", headers={"Host": "elsewhere.example"})
    if what == "no such model":
        return house.ask("test/nowhere")
    if what == "a field too many":
        return house.ask(api_key="x")
    house.first.then({"limited": LIMITED, "failed": Status(500)}[what])
    return house.ask()


@pytest.mark.parametrize(
    ("what", "status"),
    [
        ("no key", 401),
        ("no such address", 404),
        ("no such method", 405),
        ("compressed", 415),
        ("another host", 400),
        ("no such model", 400),
        ("a field too many", 400),
        ("limited", 429),
        ("failed", 502),
    ],
)
def test_errors_have_the_documented_shape(house: WebHouse, what: str, status: int) -> None:
    answered = wrong(house, what)
    error = answered.json()["error"]
    assert answered.status_code == error["code"] == status
    assert error["message"].endswith((".", "…”."))
    assert (status, error["metadata"]["error_type"]) in TOLD
    assert ("retry-after" in answered.headers) is (what == "limited")


def test_a_stream_ends_as_the_page_says(house: WebHouse) -> None:
    streamed: Streamed = house.stream(DEMO)
    assert streamed.is_done
    *_, answer, usage = streamed.events
    assert answer["choices"][0]["finish_reason"] == "stop"
    assert usage["choices"] == []
    assert usage["usage"]["cost"] == 0
