"""The activity page by its address: other days, other steps, only this or that, added up, as a
file. Whose figures are seen, and what they add up to, stands in test_pages.py and test_sums.py."""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Household
from apps.keys.making import Rules, make_key
from apps.projects.models import Membership, Project
from apps.usage.periods import BadDates, between
from tests.cast import Cast, make_quarter
from tests.catalog.shelf import offer
from tests.pages.markup import Page
from tests.usage.allowances import make

NOW = datetime.fromisoformat("2026-11-22T18:07Z")
SIGNED = "=HYPERLINK(0)"


def ask(client: Client, query: str) -> Any:
    answer = client.get(f"/activity/?{query}")
    assert answer.status_code == 200, query
    assert Page(answer.content.decode()).problems == [], query
    return answer


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        ("", "2026-11-01", "Choose the first day as well."),
        ("soon", "", "“soon” is no date. Write dates like 2026-11-23."),
        ("2026-02-30", "", "“2026-02-30” is no date. Write dates like 2026-11-23."),
        ("2026-11-12", "2026-11-01", "The last day comes before the first."),
        ("2026-11-24", "2026-11-25", "These days are yet to come."),
        ("1999-12-31", "2000-01-01", "Choose a first day from 2000 on."),
        ("2010-01-01", "2026-01-01", "Choose at most 5 years."),
        ("2026-01-01", "9999-12-31", "Choose at most 5 years."),
    ],
)
def test_bad_dates_are_answered_with_what_to_change(first: str, last: str, sentence: str) -> None:
    with pytest.raises(BadDates) as told:
        between(first, last, now=NOW, zone=UTC)  # type: ignore[arg-type]
    assert sentence in str(told.value)


def test_bad_dates_stay_in_the_form_and_give_no_file(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    query = "from=2026-11-12&to=2026-11-01&by=app"
    page = ask(client, query).content.decode()
    assert "The last day comes before the first." in page
    assert 'value="2026-11-12"' in page
    assert 'name="by" value="app"' in page
    answer = client.get(f"/activity/export/?{query}")
    assert answer.status_code == 400
    assert "The last day comes before the first." in answer.content.decode()


@pytest.mark.parametrize(
    "query",
    ["period=x", "by=x", "show=x", "each=x", "key=x", "key=-1", "person=1e5", "key=" + "9" * 40],
)
def test_what_means_nothing_is_said(cast: Cast, client: Client, query: str) -> None:
    make_quarter(cast, cast.owner, "1")
    client.force_login(cast.owner)
    answer = ask(client, query)
    assert len(answer.context["problems"]) == 1
    assert answer.context["now"].spend == 1
    assert client.get(f"/activity/export/?{query}").status_code == 400


def furnish(cast: Cast) -> dict[str, str]:
    """One dollar more for each quarter, and each differs in all one may ask for."""
    endpoints = [offer("a/a", "acme"), offer("b/b", "bolt")]
    key, _ = make_key(Rules("Laptop"), project=cast.project, owner=cast.member, actor=None)
    other = Project.start(name="Other", owner=cast.owner)
    at = timezone.now() - timedelta(days=1)
    one: dict[str, Any] = {"model": "a/a", "app": SIGNED, "endpoint_id": endpoints[0].pk}
    make_quarter(cast, cast.member, "1", at=at, key_id=key.pk, **one)
    two: dict[str, Any] = {"model": "b/b", "app": "Two", "endpoint_id": endpoints[1].pk}
    make_quarter(cast, cast.owner, "2", at=at, project_id=other.pk, **two)
    make_quarter(cast, cast.owner, "4", at=at, model="", app="", endpoint_id=0)
    return {"KEY": str(key.pk), "MEMBER": str(cast.member.pk), "OWNER": str(cast.owner.pk)}


@pytest.mark.parametrize(
    ("query", "spent"),
    [
        ("", 7),
        ("model=a/a", 1),
        ("model=~none", 4),
        (f"app={SIGNED}", 1),
        ("app=~none", 4),
        ("key=KEY", 1),
        ("key=0", 6),
        ("key=987654", 0),
        ("person=MEMBER", 1),
        ("person=OWNER", 6),
        ("project=other", 2),
        ("provider=acme", 1),
        ("provider=~none", 4),
        ("provider=nobody", 0),
        ("person=OWNER&provider=bolt", 2),
        ("person=OWNER&provider=acme", 0),
    ],
)
def test_figures_are_narrowed_by_each_thing(
    cast: Cast, client: Client, query: str, spent: int
) -> None:
    for name, value in furnish(cast).items():
        query = query.replace(name, value)
    client.force_login(cast.owner)
    for by in ("model", "person"):
        answer = ask(client, f"{query}&by={by}")
        assert answer.context["now"].spend == spent
        assert answer.context["problems"] == []
        assert len(answer.context["chips"]) == bool(query) + query.count("&")


@pytest.mark.parametrize("by", ["model", "app", "key", "person", "project", "provider"])
def test_a_row_leads_to_itself_alone_and_its_chip_back(cast: Cast, client: Client, by: str) -> None:
    furnish(cast)
    client.force_login(cast.owner)
    answer = ask(client, f"by={by}&period=90d&show=tokens&project=")
    for row in answer.context["rows"]:
        inside = ask(client, row.into.removeprefix("?"))
        assert inside.context["now"].spend == row.group.spend
        assert inside.context["wish"].by != by
        assert (inside.context["period"].name, inside.context["wish"].show) == ("90d", "tokens")
        [chip] = inside.context["chips"]
        assert row.name.words in chip.words
        assert ask(client, chip.address.removeprefix("?")).context["now"].spend == 7
        if row.calls:
            assert client.get(f"/calls/{row.calls}").status_code == 200


def test_an_address_made_up_tells_nobody_a_name(cast: Cast, client: Client) -> None:
    key, _ = make_key(Rules("Secret plans"), project=cast.project, owner=cast.owner, actor=None)
    make_quarter(cast, cast.owner, "1", key_id=key.pk)
    client.force_login(cast.member)
    for query in (f"key={key.pk}", f"person={cast.owner.pk}"):
        answer = ask(client, query)
        assert answer.context["now"].spend == 0
        assert "Secret plans" not in answer.content.decode()
        assert cast.owner.shown_name not in answer.content.decode()


def test_an_admin_of_a_project_sees_who_spent_in_it(cast: Cast, client: Client) -> None:
    Membership.objects.filter(user=cast.member).update(role=Membership.Role.ADMIN)
    make_quarter(cast, cast.owner, "2")
    client.force_login(cast.member)
    answer = ask(client, "by=person&project=home")
    assert [row.name.words for row in answer.context["rows"]] == [cast.owner.shown_name]


@pytest.mark.parametrize(
    ("query", "each", "columns"),
    [
        ("from=2026-03-28&to=2026-03-28", "hour", 24),
        ("from=2026-03-29&to=2026-03-29", "hour", 23),  # clocks go forward
        ("from=2026-10-25&to=2026-10-25", "hour", 25),  # and back
        ("from=2026-03-01&to=2026-03-08&each=hour", "hour", 8 * 24),
        ("from=2026-03-01&to=2026-03-31&each=hour", "day", 31),  # too many hours
        ("from=2026-03-01&to=2026-03-31", "day", 31),
        ("from=2026-03-01&to=2026-03-31&each=week", "week", 6),  # from a Sunday to a Tuesday
        ("from=2025-01-01&to=2025-12-31", "month", 12),
        ("from=2025-01-01&to=2025-07-09&each=day", "day", 190),
        ("from=2021-02-01&to=2026-01-31&each=month", "month", 60),
    ],
)
def test_columns_are_hours_days_weeks_or_months(
    cast: Cast, client: Client, query: str, each: str, columns: int
) -> None:
    Household.objects.update(zone="Europe/Berlin", week_starts_on=0)
    for day in ("2021-03-01", "2025-06-07", "2026-03-01", "2026-03-28", "2026-03-29", "2026-10-25"):
        make_quarter(cast, cast.owner, "1", at=datetime.fromisoformat(f"{day}T11:15Z"))
    client.force_login(cast.owner)
    answer = ask(client, query)
    picture = answer.context["picture"]
    chosen = [words for words, _, is_chosen in answer.context["steps"] if is_chosen]
    assert chosen == [each.capitalize()]
    assert len(picture.plot["names"]) == len(set(picture.plot["names"])) == columns
    total = sum(sum(series["values"]) for series in picture.plot["series"])
    assert total == float(answer.context["now"].spend) > 0


def test_columns_are_added_up(cast: Cast, client: Client) -> None:
    for day, cost in ((1, "1"), (2, "2"), (4, "4")):
        make_quarter(cast, cast.owner, cost, at=datetime(2026, 3, day, 12, tzinfo=UTC))
    client.force_login(cast.owner)
    query = "from=2026-03-01&to=2026-03-05"
    for more, told in (
        ("", ["$1.00", "$2.00", "$0.00", "$4.00", "$0.00"]),
        ("&sum=yes", ["$1.00", "$3.00", "$3.00", "$7.00", "$7.00"]),
    ):
        picture = ask(client, query + more).context["picture"]
        assert [line.sum for line in picture.lines] == told
        assert picture.smalls[0].sum == "$7.00"


def test_days_yet_to_come_are_not_added_up(cast: Cast, client: Client) -> None:
    make_quarter(cast, cast.owner, "1")
    client.force_login(cast.owner)
    today = timezone.now().date()
    query = f"from={today}&to={today + timedelta(days=3)}&sum=yes"
    picture = ask(client, query).context["picture"]
    assert [line.sum for line in picture.lines] == ["$1.00"]
    assert picture.plot["series"][0]["values"][-1] == 0


@pytest.mark.parametrize(
    ("covers", "interval", "query", "is_there"),
    [
        ("household", "daily", "", True),
        ("household", "daily", "each=week", False),
        ("household", "weekly", "each=week", True),
        ("household", "monthly", "period=12m", True),
        ("household", "daily", "show=tokens", False),
        ("household", "daily", "model=openai/gpt-5-mini", False),
        ("household", "daily", "project=home", False),
        ("household", "monthly", "period=month&sum=yes", True),
        ("household", "monthly", "period=30d&sum=yes", False),
        ("household", "daily", "period=today&sum=yes", True),
        ("project", "daily", "project=home", True),
        ("project", "daily", "", False),
        ("person", "daily", "person=MEMBER", True),
        ("person", "daily", "person=OWNER", False),
    ],
)
def test_a_budget_is_drawn_where_it_counts_what_is_shown(
    cast: Cast, client: Client, covers: str, interval: str, query: str, is_there: bool
) -> None:
    more = {"user": cast.member} if covers == "person" else {}
    make(cast, covers, "5", interval=interval, **more)
    make_quarter(cast, cast.member, "3")
    make_quarter(cast, cast.owner, "1")
    client.force_login(cast.owner)
    for name, person in (("MEMBER", cast.member), ("OWNER", cast.owner)):
        query = query.replace(name, str(person.pk))
    picture = ask(client, query).context["picture"]
    assert ("allows $5.00" in picture.limit) == is_there
    assert (picture.plot["limit"] is not None) == is_there
    assert (picture.drawings["wide"].limit is not None) == is_there


def test_a_limit_far_above_is_said_and_flattens_nothing(cast: Cast, client: Client) -> None:
    make(cast, "household", "500", interval="daily")
    make_quarter(cast, cast.owner, "1")
    client.force_login(cast.owner)
    picture = ask(client, "").context["picture"]
    assert "allows $500.00 a day" in picture.limit
    assert picture.plot["limit"] is None


def test_the_file_holds_what_the_page_shows_to_the_last_digit(cast: Cast, client: Client) -> None:
    furnish(cast)
    make_quarter(cast, cast.owner, "0.000000000001", model="a/a")
    client.force_login(cast.owner)
    for query in ("", "by=provider&each=week", "by=app&period=12m", "model=a/a&by=key"):
        page = ask(client, query).context
        answer = client.get(f"/activity/export/?{query}")
        assert "attachment" in answer["Content-Disposition"]
        rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
        assert sum(Decimal(row["cost_usd"]) for row in rows) == page["now"].spend
        assert sum(int(row["calls"]) for row in rows) == page["now"].requests
        assert added(rows, page["wish"].by) == {
            row.group.value: row.group.spend for row in page["rows"]
        }


def added(rows: Iterable[dict[str, str]], by: str) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for row in rows:
        value = row[by].removeprefix("'")
        found[value] = found.get(value, Decimal(0)) + Decimal(row["cost_usd"])
    return found


def test_names_that_others_chose_are_text_in_file_and_chart(cast: Cast, client: Client) -> None:
    make_quarter(cast, cast.owner, "1", app="=1+<b>1")
    client.force_login(cast.owner)
    answer = ask(client, "by=app")
    assert [one["name"] for one in answer.context["picture"].plot["series"]] == ["=1+b>1"]
    written = client.get("/activity/export/?by=app").content.decode()
    assert '"\'=1+<b>1"' in written


def test_the_chart_is_brought_along_only_where_there_is_one(cast: Cast, client: Client) -> None:
    client.force_login(cast.owner)
    assert "plotly.min.js" not in ask(client, "").content.decode()
    make_quarter(cast, cast.owner, "1")
    assert "plotly.min.js" in ask(client, "").content.decode()
    for path in ("/", "/calls/", "/projects/", "/models/"):
        assert "plotly" not in client.get(path).content.decode()
