"""Whatever stands in the address of a page, file or route about usage: a page, or a sentence in the
API's shape; never a failure. What is asked is drawn by chance, the same each time."""

import random
from collections.abc import Iterator
from urllib.parse import urlencode

import orjson
import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client

from apps.keys.models import ApiKey
from tests.cast import Cast, make_call, make_quarter

PAGES = {
    "/activity/": ("period", "by", "show", "each", "sum", "from", "to", "model", "key", "person"),
    "/activity/export/": ("period", "by", "each", "from", "to", "app", "provider", "project"),
    "/activity/report/": ("month", "project", "person"),
    "/activity/bill/": ("place",),
    "/activity/savings/": ("project", "period"),
    "/calls/": ("before", "after", "period", "from", "to", "outcome", "key", "person", "project"),
    "/calls/gen-1/": ("project",),
    "/apps/": ("order", "category", "period", "from", "to", "project"),
    "/apps/unknown/": ("period", "by", "each", "show"),
    "/rankings/": ("period", "order", "show"),
    "/rankings/download/": ("period", "order"),
}
STREAMS = {
    "/calls/export/": ("before", "period", "from", "to", "outcome", "model", "app", "provider"),
    "/activity/report/export/": ("month", "project", "person"),
}
ROUTES = {
    "activity": ("date", "api_key_hash", "user_id", "workspace_id", "group_by"),
    "datasets/rankings-daily": ("start_date", "end_date", "period"),
    "datasets/app-rankings": ("start_date", "end_date", "sort", "category", "limit", "offset"),
    "generation": ("id",),
    "credits": ("date",),
    "key": ("date",),
}
SENSE = ("30d", "day", "month", "model", "spend", "2026-11-01", "2026-11", "popular", "1", "openai")
NONSENSE = (
    *("", " ", "\0", "-1", "0", "1.5", "1e9", str(2**63), str(2**200), "nan", "½", "\u202e٣"),
    *("0000-00-00", "0001-01-01", "9999-12-31", "9999-12", "2026-02-30", "2026-11-01T00:00:00Z"),
    *("'; DROP TABLE x; --", "<script>", "%", "_", "../..", "x" * 3000, "gen-", "[]", "{}"),
)
QUESTIONS = 10  # of each address


def asked(params: tuple[str, ...], seed: str) -> Iterator[str]:
    """Each of them alone with nonsense, and several at once with a little sense."""
    draw = random.Random(seed)
    for name in params:
        yield urlencode({name: draw.choice(NONSENSE)})
    for _ in range(QUESTIONS - len(params)):
        names = draw.sample(params, k=draw.randint(1, len(params)))
        yield urlencode({name: draw.choice((*SENSE, *NONSENSE)) for name in names})


@pytest.fixture
def reader(cast: Cast, client: Client) -> Client:
    make_call(cast, cast.member, app="curl")
    make_quarter(cast, cast.member, "0.25", app="curl")
    client.force_login(cast.owner)
    return client


@pytest.mark.parametrize("path", PAGES)
def test_a_page_takes_whatever_its_address_says(reader: Client, path: str) -> None:
    for query in asked(PAGES[path], path):
        answer = reader.get(f"{path}?{query}")
        assert answer.status_code in (200, 302, 400, 404), query
        assert answer.content or answer.status_code == 302, query


@pytest.mark.parametrize("path", STREAMS)
def test_a_file_takes_whatever_its_address_says(
    cast: Cast, async_client: AsyncClient, path: str
) -> None:
    make_call(cast, cast.member, app="curl")

    async def read() -> None:
        await async_client.aforce_login(cast.owner)
        for query in asked(STREAMS[path], path):
            answer = await async_client.get(f"{path}?{query}")
            assert answer.status_code in (200, 302, 400, 404), query
            if answer.streaming:
                assert [part async for part in answer], query

    async_to_sync(read)()


@pytest.mark.parametrize("path", ROUTES)
def test_a_route_answers_or_says_what_is_wrong(cast: Cast, client: Client, path: str) -> None:
    _, secret = ApiKey.mint(project=cast.project, owner=cast.member, name="Tablet")
    bearer = {"Authorization": f"Bearer {secret}"}
    for query in asked(ROUTES[path], path):
        answer = client.get(f"/api/v1/{path}?{query}", headers=bearer)
        told = orjson.loads(answer.content)
        if answer.status_code == 200:
            assert "data" in told, query
        else:
            assert answer.status_code in (400, 404), query
            assert told["error"]["message"].endswith((".", "…")), query
