"""How the tests ask the API as a key does, and read what it says."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

import orjson
from django.http import HttpResponse
from django.test import Client
from openrouter.operations import QueryAnalyticsResponse

from apps.keys.models import ApiKey
from tests.cast import Cast, make_quarter

MONTH = {"start": "2026-03-01T00:00:00Z", "end": "2026-04-01T00:00:00Z"}
COUNT = ["request_count"]


class Key(NamedTuple):
    row: ApiKey
    secret: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}

    @property
    def digest(self) -> str:
        return sha256(self.secret.encode()).hexdigest()


def get(client: Client, path: str, key: Key) -> HttpResponse:
    return client.get(f"/api/v1/{path}", headers=key.headers)


def told(client: Client, path: str, key: Key) -> Any:
    answer = get(client, path, key)
    assert answer.status_code == 200, answer.content
    return answer.json()


def said(answer: HttpResponse, status: int = 400) -> str:
    """The sentence of an error in the API's shape."""
    assert answer.status_code == status, answer.content
    error = orjson.loads(answer.content)["error"]
    assert error["code"] == status
    assert error["message"].endswith(".")
    return str(error["message"])


def spend(cast: Cast, key: Key, cost: str, **fields: Any) -> None:
    make_quarter(cast, fields.pop("user", cast.member), cost, key_id=key.row.pk, **fields)


def days_ago(days: int) -> datetime:
    """A quarter-hour of that day in UTC."""
    return datetime.now(UTC).replace(hour=12, minute=15, second=0, microsecond=0) - timedelta(days)


# --- of POST /analytics/query ---


def ask(client: Client, key: Key, **question: Any) -> HttpResponse:
    body = orjson.dumps({"metrics": COUNT, "time_range": MONTH, **question})
    return post(client, key, body)


def post(client: Client, key: Key, body: bytes, **headers: str) -> HttpResponse:
    return client.post(
        "/api/v1/analytics/query",
        data=body,
        content_type="application/json",
        headers={**key.headers, **headers},
    )


def one_of(field: str, operator: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"filters": [{"field": field, "operator": operator, "value": value, **more}]}


def rows(client: Client, key: Key, *metrics: str, **question: Any) -> list[dict[str, Any]]:
    answer = ask(client, key, metrics=metrics or COUNT, **question)
    assert answer.status_code == 200, answer.content
    QueryAnalyticsResponse.model_validate_json(answer.content)
    data = answer.json()["data"]
    assert data["metadata"]["row_count"] == len(data["data"])
    return list(data["data"])
