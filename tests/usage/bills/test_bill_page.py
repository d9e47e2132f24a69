"""A bill beside our receipts: whose calls, how far apart, why, and that nothing of it is kept."""

import csv
import io
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import Household
from apps.catalog.models import Endpoint
from apps.usage.bills.places import Names
from apps.usage.models import GenerationDetail
from tests.cast import Cast, make_call, make_quarter
from tests.catalog.shelf import connect, offer
from tests.pages.markup import Page

PATH = "/activity/bill/"
DAY = (timezone.now() - timedelta(days=3)).replace(hour=12, minute=0, second=0, microsecond=0)
NAMES = {"col_date": "0", "col_model": "1", "col_cost": "2", "col_requests": "3"}


@pytest.fixture
def mini(cast: Cast) -> Endpoint:
    """An endpoint of OpenRouter's, where the house has an account."""
    endpoint = offer("openai/gpt-5-mini", "openrouter")
    Endpoint.objects.filter(pk=endpoint.pk).update(upstream_id="openai/gpt-5-mini")
    connect("openrouter", cast)
    return endpoint


def day(number: int = 0) -> str:
    return f"{DAY + timedelta(days=number):%Y-%m-%d}"


def spent(cast: Cast, endpoint: Endpoint, cost: str, at: datetime = DAY, **facts: Any) -> None:
    make_quarter(cast, cast.member, cost, at=at, endpoint_id=endpoint.pk, **facts)


def send(client: Client, text: str, **fields: str) -> Any:
    known = {"place": "at-openrouter", "zone": "UTC", "unit": "usd", **NAMES, **fields}
    file = SimpleUploadedFile("usage.csv", text.encode(), "text/csv")
    return client.post(PATH, {**known, "file": file})


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_a_bill_that_says_what_the_receipts_say_agrees(
    cast: Cast, mini: Endpoint, client: Client
) -> None:
    elsewhere = offer("openai/gpt-5-mini", "openai")
    spent(cast, mini, "1.25")
    spent(cast, mini, "0.000000000001", DAY + timedelta(hours=1))
    spent(cast, elsewhere, "9")  # no matter of OpenRouter's
    client.force_login(cast.owner)
    answer = send(
        client,
        f"day,model,usd,calls\n{day()},openai/gpt-5-mini-2025-08-07,1.250000000001,4\n",
    )
    assert answer.status_code == 200
    assert Page(answer.content.decode()).problems == []
    assert "The sums agree." in words(answer)
    assert "$1.250000000001" in words(answer)
    assert "Why they may differ" not in words(answer)


def test_openrouters_export_needs_no_columns(cast: Cast, mini: Endpoint, client: Client) -> None:
    spent(cast, mini, "1", requests=1)
    client.force_login(cast.owner)
    answer = client.post(
        PATH,
        {
            "place": "at-openrouter",
            "zone": "UTC",
            "unit": "usd",
            "file": SimpleUploadedFile(
                "a.csv",
                b"generation_id,created_at,cost_total,model_permaslug\n"
                b"g1,%s 12:01:00.5,1,openai/gpt-5-mini\n" % day().encode(),
            ),
        },
    )
    assert "The sums agree." in words(answer)


def test_columns_are_asked_for_once_and_the_file_stays_on_the_page(
    cast: Cast, mini: Endpoint, client: Client
) -> None:
    client.force_login(cast.owner)
    plain = {"place": "at-openrouter", "zone": "UTC", "unit": "cent"}
    text = f"Tag;Modell;Betrag\n{day()};gpt-5-mini;125,5\n"
    first = client.post(PATH, {**plain, "file": SimpleUploadedFile("a.csv", text.encode("cp1252"))})
    assert first.status_code == 200
    assert Page(first.content.decode()).problems == []
    assert "Which columns are these?" in words(first)
    carried = first.context["carried"]
    spent(cast, mini, "1.255")
    second = client.post(PATH, {**plain, **NAMES, "col_requests": "", "carried": carried})
    assert "The sums agree." in words(second)
    taken = client.post(PATH, {**plain, **NAMES, "col_model": "0", "carried": carried})
    assert taken.status_code == 422
    assert "This column is taken for the day or time already." in words(taken)
    assert taken.context["carried"] == carried


def test_another_currency_wants_its_rate(cast: Cast, mini: Endpoint, client: Client) -> None:
    spent(cast, mini, "2.16")
    client.force_login(cast.owner)
    text = f"day,model,eur,calls\n{day()},openai/gpt-5-mini,2,2\n"
    assert send(client, text, unit="other").status_code == 422
    assert send(client, text, unit="other", rate="NaN").status_code == 422
    assert "The sums agree." in words(send(client, text, unit="other", rate="1.08"))


def test_each_reason_is_named_where_something_speaks_for_it(
    cast: Cast, mini: Endpoint, client: Client
) -> None:
    midnight = (DAY + timedelta(days=1)).replace(hour=0)
    spent(cast, mini, "1", midnight - timedelta(minutes=15), requests=1)
    make_call(
        cast, cast.member, endpoint_id=mini.pk, created_at=midnight - timedelta(minutes=1),
        closed_at=midnight + timedelta(minutes=1), cost_usd=Decimal(1), is_estimated=True,
    )  # fmt: skip
    client.force_login(cast.owner)
    late = words(send(client, f"d,m,c,n\n{day()},x,0,0\n{day(1)},openai/gpt-5-mini,1,1\n"))
    assert "1 call of $1.00 began on one day and ended on the next." in late
    assert "1 call was charged $1.00 by our own count" in late
    dear = words(
        send(client, f"d,m,c,n\n{day()},openai/gpt-5-mini,1.4,1\n{day()},them/other,2,3\n")
    )
    assert "$2.00 of the bill is for them/other, which this house did not call" in dear
    assert "The price in the catalogue may be out of date" in dear
    assert "$2.40 more on the bill." in dear
    more = words(send(client, f"d,m,c,n\n{day()},openai/gpt-5-mini,3,5\n"))
    assert "The bill counts 4 more calls" in more
    less = words(send(client, f"d,m,c,n\n{day()},them/other,1,1\n"))
    assert "Our receipts have $1.00 for gpt-5-mini" in less


def test_days_that_fit_another_zone_better_say_so(
    cast: Cast, mini: Endpoint, client: Client
) -> None:
    Household.objects.update(zone="Asia/Kathmandu")
    for number, cost in enumerate(("1", "2", "4")):
        at = (DAY + timedelta(days=number - 2)).replace(hour=20)  # the next day in Kathmandu
        spent(cast, mini, cost, at)
    client.force_login(cast.owner)
    lines = "".join(f"{day(n - 1)},openai/gpt-5-mini,{2**n},2\n" for n in range(3))
    answer = words(send(client, f"d,m,c,n\n{lines}"))
    assert "The days fit better where they begin at midnight Asia/Kathmandu." in answer
    other = words(send(client, f"d,m,c,n\n{lines}", zone="Asia/Kathmandu"))
    assert "Why they may differ" not in other


def test_the_comparison_is_a_file_as_well_which_runs_nothing(
    cast: Cast, mini: Endpoint, client: Client
) -> None:
    spent(cast, mini, "1")
    client.force_login(cast.owner)
    text = f'd,m,c,n\n{day()}," ＝1+1",1.5,2\n'
    answer = send(client, text, download="csv")
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [row["by"] for row in rows] == ["all", "day", "model", "model", "both", "both"]
    assert rows[0]["difference_usd"].rstrip("0") == "0.5"
    assert {row["name"] for row in rows[2:4]} == {"gpt-5-mini", "'＝1+1"}
    assert {row["model"] for row in rows[4:]} == {"gpt-5-mini", "'＝1+1"}


@pytest.mark.parametrize(
    ("fields", "text", "sentence"),
    [
        ({}, "", "This file is empty."),
        ({}, "a,b,c\n", "no line below them"),
        ({"place": "at-nobody"}, "d,m,c,n\n2026-11-03,x,1,1\n", "Choose whose bill it is."),
        ({"zone": "Mars"}, "d,m,c,n\n2026-11-03,x,1,1\n", "Choose one of the answers."),
        ({"col_date": "99"}, "d,m,c,n\n2026-11-03,x,1,1\n", "Choose one of the columns."),
        ({}, "d,m,c,n\n03/04/2026,x,1,1\n", "can mean two days; choose below which"),
        ({}, "d,m,c,n\n2026-11-03,x,NaN,1\n", "“NaN” is no sum of money."),
        ({}, "d,m,c,n\n2026-11-03,<b>x</b>,=1,1\n", "Line 2 holds a formula"),
        ({}, "d,m,c,n\n2026-11-03,x,1,-1\n", "is no count of calls or tokens"),
    ],
)
def test_what_cannot_be_read_is_told_and_nothing_typed_is_lost(
    cast: Cast, mini: Endpoint, client: Client, fields: dict[str, str], text: str, sentence: str
) -> None:
    client.force_login(cast.owner)
    answer = send(client, text, **fields)
    assert answer.status_code == 422
    assert sentence in words(answer)
    page = answer.content.decode()
    assert Page(page).problems == []
    assert ('value="usd" selected' in page) and (text.count("\n") < 2 or "carried" in page)


def test_without_a_file_the_page_asks_for_one(cast: Cast, mini: Endpoint, client: Client) -> None:
    client.force_login(cast.owner)
    answer = client.post(PATH, {"place": "at-openrouter", "zone": "UTC", "unit": "usd"})
    assert answer.status_code == 422
    assert "Choose the CSV file" in words(answer)
    assert "Choose the CSV file" in words(client.post(PATH, {"carried": "nonsense"}))


def test_nothing_of_a_file_is_written_anywhere(cast: Cast, mini: Endpoint, client: Client) -> None:
    client.force_login(cast.owner)
    with CaptureQueriesContext(connection) as asked:
        send(client, f"d,m,c,n\n{day()},secret-name,1,1\n")
    written = [one["sql"] for one in asked if one["sql"].startswith(("INSERT", "UPDATE", "WITH"))]
    assert written == []


def test_only_who_looks_after_the_house_holds_bills(
    cast: Cast, mini: Endpoint, client: Client
) -> None:
    for person in (cast.member, cast.viewer, cast.stranger):
        client.force_login(person)
        assert client.get(PATH).status_code == 404
        assert send(client, "d,m,c,n\n2026-11-03,x,1,1\n").status_code == 404


def test_a_model_of_a_day_that_is_furthest_apart_stands_first(
    cast: Cast, mini: Endpoint, client: Client
) -> None:
    spent(cast, mini, "1")
    spent(cast, mini, "5", DAY + timedelta(days=1))
    client.force_login(cast.owner)
    lines = f"{day()},openai/gpt-5-mini,2,2\n{day(1)},openai/gpt-5-mini,1,2\n{day()},x,0.5,1\n"
    answer = send(client, f"d,m,c,n\n{lines}")
    told = answer.context["answer"].told
    assert [(one.sub, one.drift) for one in told.apart] == [
        ("gpt-5-mini", Decimal(-4)),
        ("gpt-5-mini", Decimal(1)),
        ("x", Decimal("0.5")),
    ]
    assert Page(answer.content.decode()).problems == []


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("openai/gpt-5-mini", "openai/gpt-5-mini"),
        ("OpenAI/GPT-5-mini", "openai/gpt-5-mini"),
        ("gpt-5-mini", "openai/gpt-5-mini"),
        ("openai/gpt-5-mini-2025-08-07", "openai/gpt-5-mini"),
        ("openai/gpt-5-mini-20250807", "openai/gpt-5-mini"),
        ("anthropic/claude-4.5-sonnet-20250929", "anthropic/claude-sonnet-4.5"),
        ("qwen/qwen3:free", "qwen/qwen3:free"),
        ("qwen/qwen3", ""),
        ("openai/gpt-5", ""),
        ("", ""),
        ("<b>", ""),
    ],
)
def test_a_providers_name_of_a_model_means_ours_or_nothing(db: None, name: str, slug: str) -> None:
    endpoints = [
        offer("openai/gpt-5-mini", "openrouter"),
        offer("anthropic/claude-sonnet-4.5", "openrouter"),
        offer("qwen/qwen3", "openrouter", variant="free"),
    ]
    assert Names("openrouter", endpoints).ours(name) == slug


def test_calls_whose_numbers_are_none_of_ours_were_made_elsewhere(
    cast: Cast, mini: Endpoint, client: Client
) -> None:
    call = make_call(cast, cast.member, endpoint_id=mini.pk, created_at=DAY, cost_usd=Decimal(1))
    details = {"upstream_id": "gen-ours", "attempts": [], "candidates": []}
    GenerationDetail.objects.filter(pk=call.pk).update(details=details)
    spent(cast, mini, "1", requests=1)
    client.force_login(cast.owner)
    head = "generation_id,created_at,cost_total,model_permaslug\n"
    ours = f"gen-ours,{day()} 12:00:00,1,openai/gpt-5-mini\n"
    other = f"gen-other,{day()} 13:00:00,0.25,openai/gpt-5-mini\n"
    told = words(send(client, head + ours + other))
    assert "1 call of the bill, $0.25, has a number that this house never got" in told
    assert "Why they may differ" not in words(send(client, head + ours))
    unknown = words(send(client, head + other))
    assert "never got" not in unknown  # no number of ours is there: they may be others' numbers
