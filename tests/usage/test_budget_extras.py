"""More for now, the limit of a key, and what another zone means, on the pages of budgets."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client

from apps.budgets import changing
from apps.budgets.models import Budget, BudgetEvent
from apps.keys.models import ApiKey
from apps.projects.models import Project
from tests.cast import Cast
from tests.pages.markup import Page
from tests.usage.allowances import make, read

# --- more for now ---


def test_more_for_today_is_given_once_undone_once_and_told(cast: Cast, client: Client) -> None:
    budget = make(cast, limit="1")
    client.force_login(cast.owner)
    sent = {"amount": "0.50", "reason": "Book  report", "form_id": str(uuid4())}
    for _ in range(2):
        page = client.post(f"/budgets/{budget.pk}/extra/", sent, follow=True).content.decode()
    assert budget.windows.get().extra_usd == Decimal("0.5")
    assert "$0.50 more was given, today only." in page
    assert "gave $0.50 more, for that window only: “Book report”" in page
    event = BudgetEvent.objects.get(kind="granted")
    undo = f"/budgets/{budget.pk}/extra/{event.pk}/undo/"
    assert f'action="{undo}"' in page
    assert b"Taken back" in client.post(undo, follow=True).content
    assert b"taken back already" in client.post(undo, follow=True).content
    assert budget.windows.get().extra_usd == 0
    page = read(client, f"/budgets/{budget.pk}/")
    assert "taken back since" in page and "owner took $0.50 back" in page


def test_after_its_seconds_an_extra_stays(cast: Cast, client: Client) -> None:
    budget = make(cast)
    event = changing.grant(budget, Decimal("0.5"), actor=cast.owner)
    BudgetEvent.objects.filter(pk=event.pk).update(at=event.at - timedelta(seconds=30))
    client.force_login(cast.owner)
    undo = f"/budgets/{budget.pk}/extra/{event.pk}/undo/"
    assert undo not in read(client, f"/budgets/{budget.pk}/")
    assert b"The seconds to undo it are over" in client.post(undo, follow=True).content
    assert budget.windows.get().extra_usd == Decimal("0.5")
    other = make(cast, "household")
    assert client.post(f"/budgets/{other.pk}/extra/{event.pk}/undo/").status_code == 404


@pytest.mark.parametrize("amount", ["", "0", "-1", "lots", "1,5", "2000000"])
def test_an_extra_that_is_no_sum_is_refused(cast: Cast, client: Client, amount: str) -> None:
    budget = make(cast)
    client.force_login(cast.owner)
    sent = {"amount": amount, "reason": "Book report"}
    answer = client.post(f"/budgets/{budget.pk}/extra/", sent)
    assert answer.status_code == 422
    assert Page(answer.content.decode()).problems == []
    assert b'value="Book report"' in answer.content
    assert budget.windows.get().extra_usd == 0


# --- keys ---


def new_key(cast: Cast, **more: str) -> dict[str, str]:
    known = {"name": "Tablet", "project": str(cast.project.pk), "lifetime": "90"}
    return {**known, "limit_usd": "", "interval": "monthly", "form_id": str(uuid4()), **more}


def test_a_new_key_gets_its_limit_in_the_same_form(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    sent = new_key(cast, limit_usd="1.50", interval="daily")
    assert client.post("/keys/new/", sent).status_code == 201
    assert client.post("/keys/new/", sent).status_code == 409
    key = ApiKey.objects.get()
    budget = Budget.objects.get()
    assert (budget.name, budget.limit_usd, budget.interval) == ("Tablet", Decimal("1.5"), "daily")
    assert list(key.budgets.all()) == [budget]
    assert "$1.50 of $1.50 left today" in read(client, f"/keys/{key.pk}/")
    assert "Tablet" in read(client, "/budgets/")
    assert client.get(f"/budgets/{budget.pk}/change/").status_code == 404


def test_a_key_without_a_limit_says_so(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    client.post("/keys/new/", new_key(cast))
    assert not Budget.objects.exists()
    key = ApiKey.objects.get()
    assert "No budget of its own: no limit" in read(client, f"/keys/{key.pk}/")


def test_a_key_whose_limit_will_not_do_is_not_made(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    answer = client.post("/keys/new/", new_key(cast, limit_usd="lots"))
    assert (answer.status_code, ApiKey.objects.exists()) == (422, False)
    assert b'value="lots"' in answer.content
    for number in range(changing.MOST_AT_ONCE):
        make(cast, "household", name=f"{number}")
    answer = client.post("/keys/new/", new_key(cast, limit_usd="1"))
    assert (answer.status_code, ApiKey.objects.exists()) == (422, False)
    assert b"16 is the most" in answer.content


# --- zones ---


def test_another_zone_is_shown_with_both_dates_before_it_is_saved(
    cast: Cast, client: Client
) -> None:
    budget = make(cast)
    client.force_login(cast.owner)
    house = {
        "name": "Our house",
        "purpose": "family",
        "zone": "Asia/Kathmandu",
        "week_starts_on": "0",
        "receipt_months": "13",
    }
    page = client.post("/settings/household/", house).content.decode()
    assert "Not saved yet" in page and Page(page).problems == []
    ends_at = budget.windows.get().ends_at
    assert ends_at is not None and ends_at.isoformat() in page
    assert "18:15:00 UTC" in page  # midnight in Kathmandu
    own = {"name": "Home", "zone": "America/Chicago"}
    page = client.post("/projects/home/settings/", own).content.decode()
    assert "Not saved yet" in page and ends_at.isoformat() in page
    assert Project.objects.get().zone == ""
    client.post("/projects/home/settings/", {**own, "agreed": "America/Chicago"})
    assert Project.objects.get().zone == "America/Chicago"
    assert "Chicago time" in read(client, "/projects/home/budgets/")
    wrong = client.post("/projects/home/settings/", {**own, "zone": "Mars/Base"})
    assert wrong.status_code == 422
