"""Activity and the filters of the calls list: whose figures, split how, and what fits."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from apps.keys.making import Rules, make_key
from apps.projects.models import Project
from apps.usage.activity import Figures, asked, cards, columns_of, figures, groups
from apps.usage.axis import axis
from apps.usage.call_pages import PAGE
from apps.usage.grouping import GROUPINGS, names_of, parts_of
from apps.usage.models import Generation
from apps.usage.periods import periods
from apps.usage.reach import Reach
from tests.cast import Cast, make_call, make_quarter
from tests.catalog.shelf import offer
from tests.pages.asking import queries
from tests.pages.markup import Page

UTC = ZoneInfo("UTC")
ALL = Reach.everything()
NOW = datetime.fromisoformat("2026-11-22T18:00Z")
WEEK = periods(now=NOW, zone=UTC, first=0)["week"]
OPEN, RELEASED = Generation.State.OPEN, Generation.State.RELEASED


def test_figures_are_of_the_period_and_of_the_one_before(cast: Cast) -> None:
    for at, cost in (
        ("2026-11-22T17:45Z", "1"),
        ("2026-11-16T00:00Z", "2"),
        ("2026-11-15T18:00Z", "4"),  # after the hour the period before ends at
        ("2026-11-15T17:45Z", "8"),
        ("2026-11-08T23:45Z", "16"),
    ):
        make_quarter(cast, cast.member, cost, at=datetime.fromisoformat(at))
    now, before = figures(ALL, WEEK)
    assert now == Figures(spend=Decimal(3), tokens=220, requests=4)
    assert before == Figures(spend=Decimal(8), tokens=110, requests=2)


@pytest.mark.parametrize("by", GROUPINGS)
def test_groups_come_dearest_first_and_add_up(cast: Cast, by: str) -> None:
    """Each quarter differs from the others in everything one may group by."""
    endpoint = offer("a/a", "acme")
    make_quarter(
        cast, cast.member, "1.000000000001", at=NOW, model="a/a", app="One", endpoint_id=endpoint.pk
    )
    other = Project.start(name="Other", owner=cast.owner)
    key, _ = make_key(Rules("Laptop"), project=other, owner=cast.owner, actor=None)
    more = {"project_id": other.pk, "key_id": key.pk, "app": "Two", "endpoint_id": 0}
    make_quarter(cast, cast.owner, "3", at=NOW, model="b/b", **more)
    found = groups(ALL, WEEK, by)
    assert [group.spend for group in found] == [Decimal(3), Decimal("1.000000000001")]
    names = names_of(by, [group.value for group in found])
    assert len({names[group.value] for group in found}) == 2
    top = [found[0].value]
    parts = parts_of(ALL, by, asked(WEEK, each="day"))
    days = columns_of(parts, axis(WEEK, "day", 0), top)
    assert len(days) == 7
    first, others = days[-1].parts
    assert (first.spend, others.spend) == (Decimal(3), Decimal("1.000000000001"))
    assert sum(day.total.requests for day in days) == 4


def test_hours_and_days_are_the_households(cast: Cast) -> None:
    zone = ZoneInfo("Asia/Kolkata")  # half past five ahead
    found = periods(now=NOW, zone=zone, first=0)
    make_quarter(cast, cast.member, "1", at=NOW)
    make_quarter(cast, cast.member, "2", at=NOW + timedelta(minutes=30))  # Monday there
    told = {}
    for name, each in (("today", "hour"), ("week", "day")):
        parts = parts_of(ALL, "model", asked(found[name], each=each))
        columns = columns_of(parts, axis(found[name], each, 0), [])
        told[name] = [(one.tick.words, one.total.spend) for one in columns if one.total.spend]
    assert told == {"today": [("23:00", Decimal(1))], "week": [("22 Nov", Decimal(1))]}


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        ("5", "3", "$2.00 more than the 7 days before"),
        ("3", "5", "$2.00 less than the 7 days before"),
        ("3", "3", "the same as the 7 days before"),
        ("3", "0", "nothing in the 7 days before"),
        ("0", "0", ""),
    ],
)
def test_a_change_is_a_sum_in_words(now: str, before: str, words: str) -> None:
    made = [Figures(Decimal(sum_), 0, 0) for sum_ in (now, before)]
    assert cards(made[0], made[1], than="the 7 days before")[0].against == words


def test_people_see_their_own_activity_and_the_house_sees_all(cast: Cast, client: Client) -> None:
    at = timezone.now() - timedelta(minutes=1)
    make_quarter(cast, cast.member, "1.25", at=at)
    make_quarter(cast, cast.owner, "2.50", at=at)
    other = Project.start(name="Other", owner=cast.owner)
    make_quarter(cast, cast.owner, "4", at=at, project_id=other.pk)
    for person, address, spent in (
        (cast.owner, "/activity/", "7.75"),
        (cast.owner, "/activity/?project=home&by=person", "3.75"),
        (cast.member, "/activity/?show=tokens", "1.25"),
        (cast.member, "/activity/?period=nonsense&project=home&by=person", "1.25"),
        (cast.stranger, "/activity/?by=app", "0"),
    ):
        client.force_login(person)
        answer = client.get(address)
        assert answer.context["now"].spend == Decimal(spent), address
        page = answer.content.decode()
        assert Page(page).problems == []
        splits = {name for name, _, _ in answer.context["tabs"]}
        assert ("person" in splits) == person.looks_after_house
    for path in ("/activity/", "/calls/", "/calls/export/"):
        assert client.get(f"{path}?project=other").status_code == 404
        assert client.get(f"{path}?project=%00").status_code == 404


@pytest.mark.parametrize("period", ["today", "week", "month", "last_month", "30d"])
@pytest.mark.parametrize("show", ["spend", "tokens", "requests"])
def test_every_view_of_activity_is_sound(
    cast: Cast, client: Client, period: str, show: str
) -> None:
    for number in range(7):
        at = timezone.now() - timedelta(days=4 * number)
        make_quarter(cast, cast.member, "0.0001", at=at, model=f"a/{number}")
    client.force_login(cast.owner)
    answer = client.get(f"/activity/?period={period}&show={show}")
    page = answer.content.decode()
    assert Page(page).problems == []
    assert ("chart-data" in page) == bool(answer.context["now"].requests)


def test_an_archived_projects_figures_can_still_be_read(cast: Cast, client: Client) -> None:
    make_quarter(cast, cast.member, "1.25")
    Project.objects.update(archived_at=timezone.now())
    client.force_login(cast.member)
    for path in ("/activity/?project=home&by=project", "/calls/?project=home"):
        assert client.get(path).status_code == 200


def test_activity_costs_the_same_for_one_call_and_for_many(cast: Cast, client: Client) -> None:
    client.force_login(cast.owner)
    make_quarter(cast, cast.member, "1", model="a/0", endpoint_id=0)
    for_one = queries(client, "/activity/")
    for number in range(1, 60):
        make_quarter(cast, cast.member, "1", model=f"a/{number}", endpoint_id=number)
    assert queries(client, "/activity/") == for_one
    page = client.get("/activity/").content.decode()
    assert "50 others" in page  # of 60 groups ten have a line, until all are asked for
    assert "55 others" in page  # and 5 a colour of their own
    assert page.count('class="share"') == 10
    everything = client.get("/activity/?rows=all").content.decode()
    assert everything.count('class="share"') == 60 and "50 others" not in everything


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", {1, 2, 3, 4, 5, 6, 7}),
        ("model=GEMMA", {2}),
        ("model=%00", {1, 2, 3, 4, 5, 6, 7}),
        ("outcome=done", {1, 2, 7}),
        ("outcome=failed", {3}),
        ("outcome=stopped", {4}),
        ("outcome=unsent", {5}),
        ("outcome=running", {6}),
        ("outcome=x&key=x", {1, 2, 3, 4, 5, 6, 7}),
        ("key=KEY", {1}),
        ("key=OTHERS", {1, 2, 3, 4, 5, 6, 7}),
        ("project=home&outcome=done", {1, 2, 7}),
        ("model=nothing", set()),
        ("model=openai/gpt-5", set()),  # a whole slug is that model alone
        ("model=google/gemma-3", {2}),
        ("app=Open WebUI", {7}),
        ("provider=azure", {7}),
        ("person=PERSON", {1, 2, 3, 4, 5, 6, 7}),  # only the house may ask for one
        ("period=today", {1, 2, 3, 4, 5, 6, 7}),
        ("period=last_month", set()),
        ("from=2020-01-01&to=2020-02-01", set()),
        ("from=2020-01-01", {1, 2, 3, 4, 5, 6, 7}),
        ("from=2020-01-01&to=2020-02-01&period=today", {1, 2, 3, 4, 5, 6, 7}),
        ("from=2020-02-01&to=2020-01-01", {1, 2, 3, 4, 5, 6, 7}),  # with a sentence that says so
        ("from=x", {1, 2, 3, 4, 5, 6, 7}),
        ("key=0", {2, 3, 4, 5, 6, 7}),  # in the browser
        ("app=~none", {1, 2, 3, 4, 5, 6}),
        ("provider=~none", set()),
        ("model=~none", set()),
    ],
)
def test_calls_are_narrowed_by_model_key_and_outcome(
    cast: Cast, client: Client, query: str, numbers: set[int]
) -> None:
    key, _ = make_key(Rules("Laptop"), project=cast.project, owner=cast.member, actor=None)
    others, _ = make_key(Rules("Theirs"), project=cast.project, owner=cast.owner, actor=None)
    for number, facts in enumerate(
        (
            {"key_id": key.pk},
            {"model": "google/gemma-3"},
            {"status": 502, "error_type": "provider_error"},
            {"was_cancelled": True, "status": 499},
            {"state": RELEASED, "status": 402},
            {"state": OPEN, "status": None},
            {"app": "Open WebUI", "provider": "azure"},
        ),
        start=1,
    ):
        make_call(cast, cast.member, number=number, **facts)
    client.force_login(cast.member)
    query = query.replace("KEY", str(key.pk)).replace("OTHERS", str(others.pk))
    query = query.replace("PERSON", str(cast.owner.pk))
    answer = client.get(f"/calls/?{query}")
    assert {int(call.pk[-6:]) for call in answer.context["calls"]} == numbers
    page = answer.content.decode()
    assert Page(page).problems == []
    assert "Theirs" not in page


def test_pages_of_narrowed_calls_stay_narrowed(cast: Cast, client: Client) -> None:
    now = timezone.now()
    for number in range(PAGE + 1):
        make_call(cast, cast.member, number=number, created_at=now)
    make_call(cast, cast.member, number=999, model="x/y", requested_model="x/y")
    client.force_login(cast.member)
    first = client.get("/calls/?model=mini&project=home")
    assert "project=home" in first.context["older_address"]
    rest = client.get("/calls/" + first.context["older_address"])
    assert [call.pk[-6:] for call in rest.context["calls"]] == ["000000"]


@pytest.mark.parametrize("address", ["/calls/", "/activity/"])
def test_only_who_may_call_is_asked_to(cast: Cast, client: Client, address: str) -> None:
    for who, is_asked in ((cast.member, True), (cast.viewer, False), (cast.stranger, False)):
        client.force_login(who)
        shown = client.get(address).content.decode()
        assert ("New chat" in shown) == is_asked
        assert ("no project that may make calls" in shown) != is_asked


def test_a_provider_goes_by_its_name(cast: Cast, client: Client) -> None:
    provider = offer("openai/gpt-5-mini", "mill-stream").provider
    call = make_call(cast, cast.member, provider=provider.slug)
    gone = make_call(cast, cast.member, number=2, provider="closed-last-year")
    client.force_login(cast.member)
    listed = client.get("/calls/").content.decode()
    assert provider.name in listed
    assert "closed-last-year" in listed
    assert provider.name in client.get(f"/calls/{call.pk}/").content.decode()
    assert client.get(f"/calls/{gone.pk}/").status_code == 200
