"""Calls as a file: the same ones as the list shows, every digit, and nothing that runs."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient
from django.utils import timezone

from apps.accounts.models import User
from apps.usage import download
from apps.usage.models import Generation
from tests.cast import Cast, make_call


def rows_of(person: User, query: str = "") -> list[dict[str, str]]:
    @async_to_sync
    async def text() -> str:
        client = AsyncClient()
        await client.aforce_login(person)
        answer = await client.get(f"/calls/export/{query}")
        assert answer["Content-Type"].startswith("text/csv")
        assert "attachment" in answer["Content-Disposition"]
        return b"".join([part async for part in answer.streaming_content]).decode()

    return list(csv.DictReader(io.StringIO(text())))


def test_the_file_holds_what_the_list_shows(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "SLICE", 2)
    now = timezone.now()
    for number in range(5):
        cost = Decimal(f"0.00000000000{number}")
        make_call(cast, cast.member, number=number, cost_usd=cost, app=f"App {number % 2}")
    make_call(cast, cast.owner, number=7, created_at=now - timedelta(days=70))
    mine = rows_of(cast.member)
    assert [row["cost_usd"] for row in mine] == [f"0.00000000000{n}" for n in (4, 3, 2, 1, 0)]
    assert {row["project"] for row in mine} == {"Home"}
    assert len(rows_of(cast.owner)) == 6
    assert len(rows_of(cast.owner, "?app=App+1&period=30d")) == 2
    assert rows_of(cast.stranger) == []
    total = sum(Decimal(row["cost_usd"]) for row in rows_of(cast.owner))
    assert total == sum(call.cost_usd for call in Generation.objects.all())


@pytest.mark.parametrize(
    "name",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        " =1",
        "\u00a0=1",
        "\u200b=1",
        "＝1",
        '=HYPERLINK("http://a.example")',
    ],
)
def test_no_cell_is_a_formula(cast: Cast, name: str) -> None:
    make_call(cast, cast.member, app=name, requested_model=name)
    [row] = rows_of(cast.member)
    assert row["app"] == row["requested_model"] == f"'{name}"


@pytest.mark.parametrize("name", ["x;=1+1", "x; @SUM(A1)", "x\n+1"])
def test_no_part_of_a_cell_is_a_formula_where_semicolons_part_them(name: str) -> None:
    """As spreadsheets of half of Europe read a file of commas."""
    at = max(name.find(";"), name.find("\n")) + 1
    assert download.plain(name) == f"{name[:at]}'{name[at:]}"


@pytest.mark.parametrize("value", ["gen-1", "a=b", "", "0.5", "a; b", "1 + 1"])
def test_harmless_words_stay_as_they_are(value: str) -> None:
    assert download.plain(value) == value
