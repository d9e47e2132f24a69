"""OpenRouter's own rankings beside the house's: from a file or with the house's account, cited as
their licence asks, and never believed further than they make sense."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from apps.accounts.models import Household
from apps.catalog.elsewhere import most_used
from apps.catalog.models import ElsewhereDay, ElsewhereState, Provider
from apps.catalog.refresh import rankings
from apps.catalog.refresh.validate import Clock, PayloadError
from apps.connections.models import Connection
from apps.gateway import openrouter_rankings
from tests.cast import Cast
from tests.catalog.shelf import offer
from tests.pages.markup import Page

PAGE = "/rankings/openrouter/"
AS_OF = "2026-05-12T02:00:00.000Z"


def row(day: str, slug: str, tokens: Any) -> dict[str, Any]:
    return {"date": day, "model_permaslug": slug, "total_tokens": tokens}


ROWS = [
    row("2026-05-10", "acme/one-2026-01-02", "1000"),
    row("2026-05-10", "other", "9000"),
    row("2026-05-11", "acme/one-2026-01-02", "1500"),
    row("2026-05-11", "<b>x</b>/two", "12345678901234"),
    row("2026-05-11", "other", "9000"),
]


def listed(rows: Any = ROWS, as_of: str = AS_OF) -> bytes:
    meta = {"as_of": as_of, "version": "v1", "start_date": "2026-05-10", "end_date": "2026-05-11"}
    return json.dumps({"data": rows, "meta": meta}).encode()


def upload(client: Client, content: bytes) -> Any:
    file = SimpleUploadedFile("rankings.json", content)
    return client.post(PAGE, {"wish": "file", "file": file})


def test_a_file_is_shown_and_cited_to_everybody_who_sees_the_rankings(
    cast: Cast, client: Client
) -> None:
    offer("acme/one", "acme")
    Household.objects.update(rankings_are_public=True)
    client.force_login(cast.admin)
    assert upload(client, listed()).status_code == 302
    for person in (cast.admin, cast.viewer, None):
        if person is None:
            client.logout()
        else:
            client.force_login(person)
        page = client.get("/rankings/?period=day").content.decode()
        assert Page(page).problems == []
        assert f"Source: OpenRouter (openrouter.ai/rankings), as of {AS_OF}." in page
        assert "12,345,678,901,234" in page and "&lt;b&gt;x&lt;/b&gt;/two" in page
        assert 'href="/models/acme/one/"' in page  # known by its name without the day
    assert most_used(1, most=9).rows[1] == ("acme/one-2026-01-02", 1500, 1000)  # type: ignore[union-attr]
    assert most_used(7, most=9).rows[1] == ("acme/one-2026-01-02", 2500, None)  # type: ignore[union-attr]


def test_a_newer_list_replaces_all_of_it_an_older_one_nothing_and_it_can_be_put_away(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.owner)
    upload(client, listed())
    older = upload(client, listed(as_of="2026-05-11T02:00:00Z"))
    assert older.status_code == 422 and b"older than the one that stands" in older.content
    upload(client, listed([row("2026-06-01", "acme/two", 5)], as_of="2026-06-02T00:00:00+00:00"))
    assert list(ElsewhereDay.objects.values_list("day", "slug")) == [(date(2026, 6, 1), "acme/two")]
    assert client.post(PAGE, {"wish": "forget"}).status_code == 302
    assert not ElsewhereDay.objects.exists() and not ElsewhereState.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"[]",
        b'{"data": []}',
        b'{"data": [1]}',
        b'{"data": {}, "meta": 3}',
        listed(as_of="yesterday"),
        listed(as_of="2026-13-41T99:00Z"),
        listed([row("2026-05-11", "a/b", tokens) for tokens in ("1e3000", -1, "0.5", None, True)]),
        listed([row("2026-05-11", slug, 1) for slug in ("", "a b", 7, "a" * 251, "\x00")]),
        listed([row(day, "a/b", 1) for day in ("2024-01-01", "2999-01-01", "soon", "")]),
        listed([row("2026-05-11", "a/b", 1)] * 3),
        listed([row("2026-05-04", "a/b", 1), row("2026-05-11", "a/b", 1)]),
        b'{"data": ' + b"[" * 100_000,
    ],
)
def test_what_makes_no_sense_changes_nothing_and_says_so(
    cast: Cast, client: Client, content: bytes
) -> None:
    client.force_login(cast.owner)
    upload(client, listed([row("2026-06-01", "acme/two", 5)]))
    answer = upload(client, content)
    assert answer.status_code == 422
    assert Page(answer.content.decode()).problems == []
    assert answer.context["problem"].endswith(".")
    assert ElsewhereDay.objects.count() == 1


def test_a_few_rows_without_sense_are_left_out() -> None:
    rows = [row("2026-05-11", f"a/m{number}", number) for number in range(9)]
    said = rankings.read(json.loads(listed([*rows, row("x", "a/b", 1)])), clock=Clock(9))
    assert len(said.used) == 9


def test_it_is_asked_with_the_key_of_openrouters_own_account_and_of_no_other(
    cast: Cast, client: Client
) -> None:
    router, _ = Provider.objects.get_or_create(slug="openrouter", defaults={"name": "OpenRouter"})
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, stream=httpx.ByteStream(listed()))

    def open_client() -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(answer))

    mirror = Connection.objects.create(
        provider=router, name="Mirror", base_url="https://mirror.example/api/v1"
    )
    mirror.set_credential("sk-mirror-000000000000")
    mirror.save()
    with pytest.raises(PayloadError, match="has none connected"):
        openrouter_rankings.ask(open_client=open_client)
    own = Connection.objects.create(
        provider=router, name="Own", base_url="https://openrouter.ai/api/v1"
    )
    own.set_credential("sk-own-00000000000000")
    own.save()
    assert openrouter_rankings.ask(open_client=open_client).as_of == AS_OF
    assert [(str(one.url), one.headers["authorization"]) for one in asked] == [
        (rankings.ADDRESS, "Bearer sk-own-00000000000000")
    ]
    client.force_login(cast.owner)
    page = client.get(PAGE).content.decode()
    assert Page(page).problems == [] and "sk-own" not in page and "Ask OpenRouter" in page


def test_the_command_takes_a_file(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "rankings.json"
    file.write_bytes(listed())
    call_command("refresh_rankings", file=file, verbosity=0)
    assert ElsewhereState.objects.get().last_day == date(2026, 5, 11)
    file.write_bytes(b"{}")
    with pytest.raises(SystemExit, match="has no rows"):
        call_command("refresh_rankings", file=file)
    with pytest.raises(SystemExit, match="none connected"):
        call_command("refresh_rankings")


def test_only_who_looks_after_the_house_decides_about_it(cast: Cast, client: Client) -> None:
    assert client.get(PAGE).status_code == 302
    for person in (cast.member, cast.viewer, cast.stranger):
        client.force_login(person)
        assert client.get(PAGE).status_code == 404
        assert upload(client, listed()).status_code == 404
    assert not ElsewhereState.objects.exists()
