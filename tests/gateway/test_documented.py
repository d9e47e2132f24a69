"""What the help says of the API, asked of a running house: its example requests are answered, its
routes exist, and errors have the shape and the types it shows."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from apps.core.snippets import DEMO_MODEL, YOUR_KEY
from apps.gateway.docs import errors, examples, openapi, routes
from tests.gateway.behaviours import LIMITED, Status
from tests.gateway.running import PATH, Streamed, WebHouse
from tests.gateway.upstream import Behaviour

TOLD = {(one.status, one.error_type) for rows in errors.PROBLEMS.values() for one in rows}


BODIES: dict[str, Any] = {
    "chat/completions": {"model": DEMO_MODEL, "messages": examples.SAID},
    "analytics/query": examples.QUESTION,
}
IN_PYTHON: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "object": (dict,),
    "array": (list,),
    "boolean": (bool,),
    "null": (type(None),),
}


def strays(value: Any, schema: dict[str, Any], path: str = "") -> Iterator[str]:
    """Where a value is not what the OpenAPI document says, as far as that document goes."""
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not isinstance(value, tuple(one for kind in kinds for one in IN_PYTHON[kind])):
        yield f"{path} is {type(value).__name__}"
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{path} is {value}"
    elif isinstance(value, dict):
        yield from (
            f"{path}.{name} is missing" for name in schema.get("required", []) if name not in value
        )
        for name, inner in schema.get("properties", {}).items():
            if name in value:
                yield from strays(value[name], inner, f"{path}.{name}")
    elif isinstance(value, list) and "items" in schema:
        for item in value:
            yield from strays(item, schema["items"], f"{path}[]")


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
    made = house.ask(DEMO_MODEL).json()["id"]
    path = f"{prefix}/{route.path.format(model=DEMO_MODEL, id=made)}"
    body = json.dumps(BODIES[route.path]) if route.method == "POST" else ""
    with_key = house.client.request(route.method, path, content=body, headers=house.headers)
    without = house.client.request(route.method, path, content=body)
    assert with_key.status_code == 200, with_key.text
    assert without.status_code == (401 if route.key == "yes" else 200)
    shape = openapi.SCHEMAS[openapi.ANSWERS[route.path]]
    assert list(strays(with_key.json(), shape)) == []
    if without.status_code == 401:
        assert list(strays(without.json(), openapi.SCHEMAS["Error"])) == []


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_question_on_the_page_about_spending_is_answered(house: WebHouse) -> None:
    house.ask()
    lines = examples.question_lines(f"http://localhost:{house.port}/api/v1")
    lines = lines.replace(YOUR_KEY, house.key)
    told = subprocess.run(["sh", "-ec", lines], capture_output=True, check=True, timeout=60).stdout
    first, *_ = json.loads(told)["data"]["data"]
    assert first["model"] == "test/one"
    assert first["total_usage"] > 0


@pytest.mark.parametrize("route", routes.WATCHERS, ids=lambda route: route.path)
def test_the_watchers_addresses_exist(house: WebHouse, route: routes.Route) -> None:
    # No worker runs beside this house, and metrics are for the owner: both answer, in their way.
    expected = {"no": {200, 503}, "token": {404}}[route.key]
    assert house.client.get(route.path).status_code in expected


def asked_of(house: WebHouse, behaviour: Behaviour) -> httpx.Response:
    house.first.then(behaviour)
    return house.ask()


Wrong = Callable[[WebHouse], httpx.Response]
WRONG: dict[str, tuple[int, Wrong]] = {
    "no key": (401, lambda house: house.client.post(PATH, content=b"{}")),
    "no such address": (
        404,
        lambda house: house.client.get("/api/v1/nothing", headers=house.headers),
    ),
    "no such method": (405, lambda house: house.client.delete(PATH, headers=house.headers)),
    "compressed": (415, lambda house: house.post(b"{}", headers={"Content-Encoding": "gzip"})),
    "another host": (
        400,
        lambda house: house.client.get("/api/v1/models", headers={"Host": "elsewhere.example"}),
    ),
    "no such model": (400, lambda house: house.ask("test/nowhere")),
    "a field too many": (400, lambda house: house.ask(api_key="x")),
    "limited": (429, lambda house: asked_of(house, LIMITED)),
    "failed": (502, lambda house: asked_of(house, Status(500))),
}


@pytest.mark.parametrize("what", WRONG)
def test_errors_have_the_documented_shape(house: WebHouse, what: str) -> None:
    status, wrong = WRONG[what]
    answered = wrong(house)
    error = answered.json()["error"]
    assert answered.status_code == error["code"] == status
    assert error["message"].endswith((".", "…”."))
    assert (status, error["metadata"]["error_type"]) in TOLD
    assert list(strays(answered.json(), openapi.SCHEMAS["Error"])) == []
    assert ("retry-after" in answered.headers) is (what == "limited")


def test_the_openapi_document_holds_together(house: WebHouse) -> None:
    document = house.client.get("/api/v1/openapi.json").json()
    assert document["servers"] == [{"url": f"http://localhost:{house.port}/api/v1"}]
    schemas = document["components"]["schemas"]
    for request in (*examples.REQUESTS.values(), *schemas["Request"]["examples"]):
        assert list(strays(request, schemas["Request"])) == []
    assert list(strays(examples.QUESTION, schemas["Question"])) == []
    assert [*strays({"messages": [{}]}, schemas["Request"])] == [
        ".model is missing",
        ".messages[].role is missing",
    ]
    references = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(document)))
    assert references == set(schemas)
    for path, operations in document["paths"].items():
        named = {one["name"] for one in next(iter(operations.values()))["parameters"]}
        assert set(re.findall(r"{(\w+)}", path)) <= named


def test_a_stream_ends_as_the_page_says(house: WebHouse) -> None:
    streamed: Streamed = house.stream(DEMO_MODEL)
    assert streamed.is_done
    *_, answer, usage = streamed.events
    assert answer["choices"][0]["finish_reason"] == "stop"
    assert usage["choices"] == []
    assert usage["usage"]["cost"] == 0
