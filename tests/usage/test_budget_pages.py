"""Budgets as people see and change them: who may, what is refused in words, what is shown before it
is saved, and giving more for now."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from apps.budgets import changing
from apps.budgets.models import Budget
from apps.keys.making import Rules, make_key
from apps.projects.models import Membership, Project
from tests.cast import Cast
from tests.pages.markup import Page
from tests.usage.allowances import make, read, spend

WISH = {"limit_usd": "20", "interval": "monthly", "name": "", "alert_at": "50, 80, 100"}


# --- who sees and changes what ---


def everything(cast: Cast) -> dict[str, Budget]:
    member = Membership.objects.get(user=cast.member)
    key, _ = make_key(Rules("Laptop"), project=cast.project, owner=cast.member, actor=None)
    other = Project.start(name="Attic", owner=cast.owner)
    found = {
        "household": make(cast, "household"),
        "theirs": make(cast, "person", user=cast.member),
        "another's": make(cast, "person", user=cast.owner),
        "project": make(cast, "project"),
        "members": make(cast, "members", members=(member,)),
        "key": make(cast, "keys"),
        "elsewhere": make(cast, "project", project=other),
    }
    found["key"].keys.set([key])
    return found


IN_PROJECT = {"project", "members", "key"}
BINDING = {"household", "theirs", "project", "members", "key"}
EVERY = BINDING | {"another's", "elsewhere"}


@pytest.mark.parametrize(
    ("who", "sees", "changes"),
    [
        ("owner", EVERY, EVERY),
        ("admin", EVERY, EVERY),
        ("member", BINDING, set()),
        ("viewer", set(), set()),
        ("stranger", set(), set()),
        ("project's admin", {"household", *IN_PROJECT}, IN_PROJECT),
    ],
)
def test_who_sees_and_changes_which_budget(
    cast: Cast, client: Client, who: str, sees: set[str], changes: set[str]
) -> None:
    budgets = everything(cast)
    if who == "project's admin":
        Membership.objects.filter(user=cast.viewer).update(role=Membership.Role.ADMIN)
    client.force_login(cast.viewer if who == "project's admin" else getattr(cast, who))
    seen, changed = set(), set()
    for name, budget in budgets.items():
        if client.get(f"/budgets/{budget.pk}/").status_code == 200:
            seen.add(name)
        if client.get(f"/budgets/{budget.pk}/change/").status_code == 200:
            changed.add(name)
        gives = client.post(f"/budgets/{budget.pk}/extra/", {"amount": "1"}).status_code == 302
        assert gives == (name in changed)
        assert (client.get(f"/budgets/{budget.pk}/removal/").status_code == 200) == gives
    assert (seen, changed) == (sees, changes)


def test_a_removed_budget_is_nobodys_to_read_but_who_looks_after_it(
    cast: Cast, client: Client
) -> None:
    budget = make(cast)
    changing.end(budget, actor=cast.owner)
    client.force_login(cast.member)
    assert client.get(f"/budgets/{budget.pk}/").status_code == 404
    client.force_login(cast.owner)
    assert "removed" in read(client, f"/budgets/{budget.pk}/")
    assert client.get(f"/budgets/{budget.pk}/change/").status_code == 404
    assert client.post(f"/budgets/{budget.pk}/extra/", {"amount": "1"}).status_code == 404


def test_a_member_reads_an_allowance_and_nothing_to_press(cast: Cast, client: Client) -> None:
    spend(make(cast, limit="1"), "0.38")
    client.force_login(cast.member)
    page = read(client, "/budgets/")
    assert "<h1>Your allowance</h1>" in page
    assert "$0.62 of $1.00 left today." in page and "starts again at midnight, UTC, in " in page
    assert "New budget" not in page
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]


def test_the_house_sees_bars_and_what_binds_nobody(cast: Cast, client: Client) -> None:
    spend(make(cast, "household", "40", interval="monthly"), "24.18", "0.41")
    client.force_login(cast.owner)
    page = read(client, "/budgets/")
    assert 'aria-valuetext="$24.18 spent, $0.41 held, $15.41 left of $40.00"' in page
    assert "No budget of their own, so no limit: admin, member and 3 more." in page
    assert "No budget of its own: no limit." in page
    assert "First to stop you in Home" in page


def test_without_any_budget_every_page_says_there_is_no_limit(cast: Cast, client: Client) -> None:
    client.force_login(cast.owner)
    assert "No budget: no limit." in read(client, "/budgets/")
    assert "No budget binds you in Home: no limit." in read(client, "/projects/home/budgets/")
    client.force_login(cast.member)
    assert "no budget covers you" in read(client, "/budgets/")
    assert "left-today" not in read(client, "/")


def test_the_tightest_budget_stands_on_home(cast: Cast, client: Client) -> None:
    spend(make(cast, "household", "5"), "1")
    spend(make(cast, "person", "1", user=cast.member), "0.38")
    client.force_login(cast.member)
    assert "$0.62 of $1.00 left today; comes back at midnight" in read(client, "/")


# --- making ---


@pytest.mark.parametrize(
    ("covers", "more", "name"),
    [
        ("household", {}, "Our house"),
        ("person", {"user": "member"}, "member"),
        ("project", {}, "Home"),
        ("members", {"members": "all"}, "owner, member and 1 more"),
        ("keys", {"keys": "all"}, "Laptop"),
    ],
)
def test_a_budget_is_made_and_named_by_itself(
    cast: Cast, client: Client, covers: str, more: dict[str, str], name: str
) -> None:
    key, _ = make_key(Rules("Laptop"), project=cast.project, owner=cast.member, actor=None)
    known: dict[str, Any] = {
        "user": cast.member.pk,
        "members": list(cast.project.memberships.values_list("pk", flat=True)),
        "keys": [key.pk],
    }
    client.force_login(cast.owner)
    address = f"/budgets/new/?covers={covers}&project=home"
    read(client, address)
    sent = {**WISH, "form_id": str(uuid4()), **{field: known[field] for field in more}}
    first = client.post(address, sent)
    budget = Budget.objects.get()
    assert first["Location"] == f"/budgets/{budget.pk}/"
    assert (budget.name, budget.limit_usd, budget.interval) == (name, Decimal(20), "monthly")
    assert list(budget.keys.all()) == ([key] if covers == "keys" else [])
    assert budget.members.count() == (3 if covers == "members" else 0)
    assert budget.user == (cast.member if covers == "person" else None)
    assert client.post(address, sent)["Location"] == f"/budgets/{budget.pk}/"
    assert Budget.objects.count() == 1
    client.post(address, {**sent, "form_id": str(uuid4())})
    assert Budget.objects.exclude(pk=budget.pk).get().name == f"{name}, a month"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"limit_usd": ""}, "such as 5 or 1.50"),
        ({"limit_usd": "lots"}, "such as 5 or 1.50"),
        ({"limit_usd": "."}, "such as 5 or 1.50"),
        ({"limit_usd": "NaN"}, "such as 5 or 1.50"),
        ({"limit_usd": "1e3"}, "such as 5 or 1.50"),
        ({"limit_usd": "٥"}, "such as 5 or 1.50"),
        ({"limit_usd": "5\0"}, "such as 5 or 1.50"),
        ({"limit_usd": "-1"}, "cannot be below zero"),
        ({"limit_usd": "1,50"}, "with a point and without commas"),
        ({"limit_usd": "1000000.01"}, "$1,000,000 is the most"),
        ({"limit_usd": "9" * 400}, "$1,000,000 is the most"),
        ({"limit_usd": "0.12345"}, "at most 4 places"),
        ({"limit_usd": "0.1234567890123"}, "at most 4 places"),
        ({"interval": "hourly"}, "Choose when it comes back"),
        ({"interval": ""}, "Choose when it comes back"),
        ({"alert_at": "50, 101"}, "will not do"),
        ({"alert_at": "0"}, "will not do"),
        ({"alert_at": "half"}, "will not do"),
        ({"alert_at": "1 2 3 4 5 6 7 8 9 10 11"}, "at most 10"),
        ({"name": "x" * 101}, "at most 100"),
    ],
)
def test_what_will_not_do_is_said_and_nothing_typed_is_lost(
    cast: Cast, client: Client, wrong: dict[str, str], words: str
) -> None:
    client.force_login(cast.owner)
    sent = {**WISH, "name": "Pocket money", **wrong}
    answer = client.post("/budgets/new/?covers=household", sent)
    page = answer.content.decode()
    assert (answer.status_code, Budget.objects.exists()) == (422, False)
    assert words in page
    assert Page(page).problems == []
    for field in ("limit_usd", "name", "alert_at"):
        typed = sent[field].replace("\0", "")
        assert not typed or f'value="{typed}' in page


@pytest.mark.parametrize(
    ("typed", "limit"), [("0", "0"), ("$5", "5"), (" 1.5000 ", "1.5"), ("1000000", "1000000")]
)
def test_sums_as_people_write_them(cast: Cast, client: Client, typed: str, limit: str) -> None:
    client.force_login(cast.owner)
    page = client.post("/budgets/new/?covers=household", {**WISH, "limit_usd": typed}, follow=True)
    assert Budget.objects.get().limit_usd == Decimal(limit)
    assert (b"stops every paid call" in page.content) is (limit == "0")


@pytest.mark.parametrize("number", ["0", "x", "9" * 30])
def test_nobody_of_another_project_is_covered(cast: Cast, client: Client, number: str) -> None:
    other = Project.start(name="Attic", owner=cast.owner)
    key, _ = make_key(Rules("Attic"), project=other, owner=cast.owner, actor=None)
    strange = {"members": other.memberships.get().pk, "keys": key.pk}
    client.force_login(cast.owner)
    make_key(Rules("Laptop"), project=cast.project, owner=cast.owner, actor=None)
    for field, foreign in strange.items():
        address = f"/budgets/new/?covers={field}&project=home"
        for value in (foreign, number, ""):
            answer = client.post(address, {**WISH, field: value})
            assert answer.status_code == 422
            assert b"Choose" in answer.content
    assert client.get("/budgets/new/?covers=project&project=nowhere").status_code == 404
    assert not Budget.objects.exists()


def test_one_too_many_for_a_call_is_refused_in_words(cast: Cast, client: Client) -> None:
    for number in range(changing.MOST_AT_ONCE):
        make(cast, "household", name=f"{number}")
    client.force_login(cast.owner)
    key, _ = make_key(Rules("Laptop"), project=cast.project, owner=cast.member, actor=None)
    answer = client.post("/budgets/new/?covers=keys&project=home", {**WISH, "keys": key.pk})
    assert answer.status_code == 422
    assert "would meet 17 budgets; 16 is the most" in answer.content.decode()
    assert not key.budgets.exists()


# --- changing ---


def test_a_new_interval_shows_both_dates_before_it_is_saved(cast: Cast, client: Client) -> None:
    budget = make(cast)
    client.force_login(cast.owner)
    address = f"/budgets/{budget.pk}/change/"
    sent = {**WISH, "name": "Home", "limit_usd": "5", "interval": "weekly"}
    page = client.post(address, sent).content.decode()
    assert Page(page).problems == []
    ends_at, next_ends_at = changing.next_dates(budget, "weekly", budget.windows.get().starts_at)
    assert ends_at is not None and next_ends_at is not None
    assert page.count(ends_at.isoformat()) and page.count(next_ends_at.isoformat())
    assert "Not saved yet" in page
    budget.refresh_from_db()
    assert budget.interval == "daily"
    client.post(address, {**sent, "agreed": "monthly 5"})
    assert Budget.objects.get().interval == "daily"
    client.post(address, {**sent, "agreed": "weekly 5"})
    assert Budget.objects.get().interval == "weekly"


def test_a_limit_below_what_is_spent_says_that_it_stops_calls(cast: Cast, client: Client) -> None:
    budget = make(cast)
    spend(budget, "3.20")
    client.force_login(cast.owner)
    address = f"/budgets/{budget.pk}/change/"
    sent = {**WISH, "interval": "daily", "limit_usd": "3"}
    page = " ".join(client.post(address, sent).content.decode().split())
    assert "$3.20 is spent already, so paid calls stop at once" in page
    assert budget.windows.get().limit_usd == 5
    client.post(address, {**sent, "agreed": "daily 3"})
    assert budget.windows.get().limit_usd == 3
    assert "Nothing is left" in read(client, f"/budgets/{budget.pk}/")


def test_a_plain_change_is_saved_at_once_and_stands_in_the_history(
    cast: Cast, client: Client
) -> None:
    budget = make(cast)
    client.force_login(cast.owner)
    sent = {**WISH, "interval": "daily", "limit_usd": "7.50"}
    page = client.post(f"/budgets/{budget.pk}/change/", sent, follow=True).content.decode()
    assert "changed the limit from $5.00 to $7.50" in page
    assert Budget.objects.get().name == "project"


def test_a_budget_of_keys_changes_its_keys(cast: Cast, client: Client) -> None:
    keys = [
        make_key(Rules(name), project=cast.project, owner=cast.member, actor=None)[0]
        for name in ("Laptop", "Tablet")
    ]
    budget = make(cast, "keys")
    budget.keys.set(keys[:1])
    client.force_login(cast.owner)
    sent = {**WISH, "interval": "daily", "limit_usd": "5", "keys": keys[1].pk}
    client.post(f"/budgets/{budget.pk}/change/", sent)
    assert list(budget.keys.all()) == keys[1:]


def test_removing_asks_first_and_says_what_is_held(cast: Cast, client: Client) -> None:
    budget = make(cast)
    spend(budget, "1", "0.25")
    client.force_login(cast.owner)
    page = read(client, f"/budgets/{budget.pk}/removal/")
    assert "$0.25 is held now, for answers under way." in page
    assert Budget.objects.active().exists()
    for _ in range(2):
        client.post(f"/budgets/{budget.pk}/removal/")
    assert not Budget.objects.active().exists()
    assert budget.events.filter(kind="ended").count() == 1
    assert budget.windows.get().held_usd == Decimal("0.25")
    assert "project" in read(client, "/budgets/?removed=1")
