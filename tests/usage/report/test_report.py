"""The report of a month: whose figures, which sheets, sums that agree, and the same as a file."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client

from apps.accounts.models import Household, User
from apps.projects.models import Membership, Project
from apps.usage.report.month import BadMonth, month_asked
from apps.usage.report.sheets import report_of
from tests.cast import Cast, make_quarter
from tests.catalog.shelf import offer
from tests.pages.markup import Page

PATH = "/activity/report/"
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
KATHMANDU = ZoneInfo("Asia/Kathmandu")
AT = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)


def rows_of(person: User, month: str = "2026-10") -> list[dict[str, str]]:
    @async_to_sync
    async def text() -> str:
        client = AsyncClient()
        await client.aforce_login(person)
        answer: Any = await client.get(f"{PATH}export/?month={month}")
        assert answer["Content-Type"].startswith("text/csv")
        assert f'filename="usage-{month}.csv"' in answer["Content-Disposition"]
        return b"".join([part async for part in answer.streaming_content]).decode()

    return list(csv.DictReader(io.StringIO(text())))


@pytest.fixture
def spent(cast: Cast) -> Project:
    """$7.000000000001 in October: 4 of the member in another project, 2 and a bit of the member at
    home, 1 of the owner there."""
    other = Project.start(name="Other", owner=cast.owner)
    endpoint = offer("openai/gpt-5-mini", "openai")
    make_quarter(cast, cast.member, "2.000000000001", at=AT, endpoint_id=endpoint.pk)
    make_quarter(cast, cast.owner, "1", at=AT.replace(day=31), app="=cmd()")
    make_quarter(cast, cast.member, "4", at=AT.replace(day=1, hour=0), project_id=other.pk)
    make_quarter(cast, cast.member, "64", at=AT.replace(month=9, day=30, hour=23, minute=45))
    make_quarter(cast, cast.member, "32", at=AT.replace(month=11, day=1, hour=0))
    return other


@pytest.mark.parametrize(
    ("text", "zone", "month", "begins", "days"),
    [
        ("", "UTC", "2026-10", "2026-10-01T00:00+00:00", 31),
        ("2026-11", "UTC", "2026-11", "2026-11-01T00:00+00:00", 30),
        ("2024-02", "Asia/Kathmandu", "2024-02", "2024-01-31T18:15+00:00", 29),
        ("2026-03", "America/Chicago", "2026-03", "2026-03-01T06:00+00:00", 31),
    ],
)
def test_a_month_begins_at_the_households_midnight(
    text: str, zone: str, month: str, begins: str, days: int
) -> None:
    found = month_asked(text, now=NOW, zone=ZoneInfo(zone))
    assert (found.name, found.start.isoformat(timespec="minutes"), found.days) == (
        month,
        begins,
        days,
    )
    assert found.next.before == found


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2026-12", "December 2026 is yet to come."),
        ("2026-13", "“2026-13” is no month. Write months like 2026-10."),
        ("0000-01", "is no month"),
        ("9999-12", "is yet to come"),
        ("1999-12", "is too long ago"),
        ("2026-1", "is no month"),
        ("٢٠٢٦-٠١", "is no month"),
        ("\0" * 30, "is no month"),
    ],
)
def test_a_month_that_is_none_is_told(text: str, sentence: str) -> None:
    with pytest.raises(BadMonth, match=sentence):
        month_asked(text, now=NOW, zone=ZoneInfo("UTC"))


def test_sums_are_those_of_the_month_and_of_who_asks(cast: Cast, spent: Project) -> None:
    month = month_asked("2026-10", now=NOW, zone=ZoneInfo("UTC"))
    whole = report_of(cast.owner, month)
    assert whole.total.spend == Decimal("7.000000000001")
    assert sum(one.spend for _, one in whole.days) == whole.total.spend
    for split in whole.splits:
        rows = [*split.rows, *([split.rest] if split.rest else [])]
        assert sum(row.figures.spend for row in rows) == whole.total.spend
    sheets = [(one.kind, one.name, one.total.spend) for one in whole.sheets]
    assert sheets == [
        ("Project", "Other", Decimal(4)),
        ("Project", "Home", Decimal("3.000000000001")),
        ("Person", "member", Decimal("6.000000000001")),
        ("Person", "owner", Decimal(1)),
    ]
    assert "than in September 2026, which had $64.00 in 2 calls." in whole.against
    assert whole.busiest == "Most on 1 October: $4.00."
    mine = report_of(cast.member, month)
    assert mine.total.spend == Decimal("6.000000000001")
    assert [one.kind for one in mine.sheets] == ["Project", "Project"]
    assert "By person" not in [split.title for split in mine.splits]
    assert report_of(cast.stranger, month).total.requests == 0


def test_an_admin_of_a_project_sees_all_of_it_and_no_sheet_of_a_person(
    cast: Cast, spent: Project
) -> None:
    Membership.objects.filter(project=cast.project, user=cast.viewer).update(
        role=Membership.Role.ADMIN
    )
    month = month_asked("2026-10", now=NOW, zone=ZoneInfo("UTC"))
    told = report_of(cast.viewer, month)
    assert told.total.spend == Decimal("3.000000000001")
    assert "By person" in [split.title for split in told.splits]
    assert told.sheets == []


def test_days_are_those_of_the_household(cast: Cast, spent: Project) -> None:
    month = month_asked("2026-10", now=NOW, zone=KATHMANDU)
    told = report_of(cast.owner, month)
    assert told.total.spend == Decimal("71.000000000001")  # 23:45 UTC is the next day there
    assert told.days[0][1].spend == Decimal(68)


@pytest.mark.parametrize("person", ["owner", "member", "stranger"])
def test_the_page_is_sound_for_everybody(
    cast: Cast, spent: Project, client: Client, person: str
) -> None:
    client.force_login(getattr(cast, person))
    for query, status in (("?month=2026-10", 200), ("", 200), ("?month=2026-99", 400)):
        answer = client.get(PATH + query)
        assert answer.status_code == status
        assert Page(answer.content.decode()).problems == []


def test_a_month_without_calls_says_so(cast: Cast, client: Client) -> None:
    client.force_login(cast.owner)
    assert b"No calls in January 2026" in client.get(f"{PATH}?month=2026-01").content


def test_the_file_holds_the_same_sums_and_runs_nothing(cast: Cast, spent: Project) -> None:
    rows = rows_of(cast.owner)
    assert sum(Decimal(row["cost_usd"]) for row in rows) == Decimal("7.000000000001")
    assert [row["day"] for row in rows] == ["2026-10-01", "2026-10-05", "2026-10-31"]
    assert (rows[1]["project"], rows[1]["person"], rows[1]["provider"]) == (
        "Home",
        "member",
        "openai",
    )
    assert rows[2]["app"] == "'=cmd()"
    assert {row["person"] for row in rows_of(cast.member)} == {"member"}
    assert rows_of(cast.stranger) == []
    Household.objects.update(zone="Asia/Kathmandu")
    assert sum(Decimal(row["cost_usd"]) for row in rows_of(cast.owner)) == Decimal(
        "71.000000000001"
    )


def test_a_file_of_no_month_is_not_there(cast: Cast, client: Client) -> None:
    client.force_login(cast.owner)
    assert client.get(f"{PATH}export/?month=2026-99").status_code == 404
