"""What a page of another origin needs: preflights, open headers, and the right answers to methods
and addresses that do not exist."""

import httpx
import pytest

from tests.gateway.running import PATH, WebHouse


@pytest.mark.parametrize("path", [PATH, "/v1/chat/completions"])
def test_a_preflight_is_answered_without_a_key(house: WebHouse, path: str) -> None:
    response = house.client.options(
        path,
        headers={
            "Origin": "https://app.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,x-title",
        },
    )
    assert response.status_code == 204
    headers = response.headers
    assert headers["access-control-allow-origin"] == "*"
    assert "POST" in headers["access-control-allow-methods"]
    assert "authorization" in headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in headers


def test_errors_can_be_read_by_pages_too(house: WebHouse) -> None:
    response = house.client.post(PATH, content=b"{}")
    assert response.status_code == 401
    assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD"])
def test_other_methods_do_not_exist(house: WebHouse, method: str) -> None:
    response = house.client.request(method, PATH, headers=house.headers)
    assert response.status_code == 405
    if method != "HEAD":
        assert response.json()["error"]["code"] == 405


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v1/",
        "/api/v1/nothing",
        "/api/v2/chat/completions",
        "/api/v1/chat/completions/",
        "/api/v1/chat",
        "/v1/",
        "/v1/nothing",
        "/v1/engines/x/completions",
        "/api/v1/%00",
        "/api/v1/..%2f..%2fetc",
        "/api/v1/models/none/at-all/endpoints",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_what_does_not_exist_says_so_in_json(house: WebHouse, path: str, method: str) -> None:
    response = house.client.request(method, path, headers=house.headers)
    assert response.status_code in (404, 405), response.text
    assert response.headers["content-type"].startswith("application/json")
    assert response.json()["error"]["code"] == response.status_code
    assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("fields", [{}, {"stream": True}, {"model": "no/such"}])
def test_no_answer_of_a_model_can_be_taken_for_a_page(
    house: WebHouse, fields: dict[str, object]
) -> None:
    """A provider writes these bytes: a browser must not guess a script or a page in them."""
    body = {"model": "test/one", "messages": [{"role": "user", "content": "x"}], **fields}
    response = house.client.post(PATH, json=body, headers=house.headers)
    assert response.headers["x-content-type-options"] == "nosniff"


def test_what_the_house_added_is_told_to_keys_alone(house: WebHouse) -> None:
    """Any page of any origin may read what is told without a key."""

    def read(path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        return house.client.get(f"/api/v1/models{path}", headers=headers)

    assert "test/one" not in {one["id"] for one in read("").json()["data"]}
    assert "test/one" in {one["id"] for one in read("", house.headers).json()["data"]}
    assert read("/test/one").status_code == read("/test/one/endpoints").status_code == 404
    assert read("/test/one", house.headers).json()["id"] == "test/one"
    endpoints = read("/test/one/endpoints", house.headers).json()["data"]["endpoints"]
    assert 0 in {one["status"] for one in endpoints}
    assert read("/test/one", {"Authorization": "Bearer nothing"}).status_code == 401
