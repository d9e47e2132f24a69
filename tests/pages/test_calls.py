"""Calls and receipts: who sees which, page by page, with every figure."""

import html
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.projects.models import Membership
from apps.usage.call_pages import PAGE
from apps.usage.models import Generation, GenerationDetail
from tests.cast import Cast, make_call, make_person
from tests.pages.asking import queries
from tests.pages.markup import Page
from tests.usage.allowances import make

WHOLE: dict[str, Any] = {
    "admitted_ms": 12,
    "guardrails_ms": 5,
    "rules": [{"rule": "Names", "action": "restore", "count": 3}],
    "attempts": [
        {"provider": "azure", "endpoint": "a@azure", "model": "a", "status": 529}
        | {"error": "overloaded", "began_ms": 0, "latency_ms": 204, "cost": "0"},
        {"provider": "oci", "endpoint": "a@oci", "model": "a", "status": 200}
        | {"error": "", "began_ms": 205, "latency_ms": 300, "cost": "0.000341000002"},
    ],
    "candidates": [
        {"endpoint": "a@azure", "provider": "azure", "rank": 1, "price": ["1", "2"]},
        {"endpoint": "a@oci", "provider": "oci", "rank": 2, "price": ["3", "4"]}
        | {"failed_lately": True},
        {"endpoint": "a@home", "provider": "home", "dropped_by": "price_limit"},
    ],
    "prices": {"prompt": "0.25", "completion": "2", "input_cache_read": "0.025"},
    "priced": {"by": "openrouter", "on": "2026-11-20"},
    "order": {"sort": "price"},
    "searches": 0,
}


def make_calls(cast: Cast, count: int) -> list[str]:
    now = timezone.now()
    ids = [
        make_call(cast, cast.member, number=n, created_at=now - timedelta(seconds=n)).pk
        for n in range(count)
    ]
    return sorted(ids, reverse=True)


def shown(client: Client, address: str = "/calls/") -> list[str]:
    return [call.pk for call in client.get(address).context["calls"]]


def test_pages_neither_skip_nor_repeat(cast: Cast, client: Client) -> None:
    ids = make_calls(cast, 2 * PAGE + 1)
    client.force_login(cast.member)
    seen, address = [], "/calls/"
    while address:
        answer = client.get(address)
        seen += [call.pk for call in answer.context["calls"]]
        older = answer.context["page"].older
        make_call(cast, cast.member, number=1000 + len(seen))  # new ones do not shift the pages
        address = f"/calls/?before={older}" if older else ""
    assert seen == ids


def test_pages_lead_back_the_way_they_came(cast: Cast, client: Client) -> None:
    ids = make_calls(cast, 2 * PAGE + 7)
    client.force_login(cast.member)
    first = client.get("/calls/?model=mini")
    assert not first.context["page"].newer
    second = client.get("/calls/" + first.context["older_address"])
    last = client.get("/calls/" + second.context["older_address"])
    assert [call.pk for call in last.context["calls"]] == ids[2 * PAGE :]
    assert not last.context["page"].older
    back = client.get("/calls/" + last.context["newer_address"])
    assert [call.pk for call in back.context["calls"]] == ids[PAGE : 2 * PAGE]
    assert "model=mini" in back.context["newer_address"]
    begin = client.get("/calls/" + back.context["newer_address"])
    assert [call.pk for call in begin.context["calls"]] == ids[:PAGE]
    assert not begin.context["page"].newer
    for answer in (first, second, last, back, begin):
        assert Page(answer.content.decode()).problems == []


def test_what_can_be_chosen_is_of_whoever_one_may_see(cast: Cast, client: Client) -> None:
    lead = make_person("lead")
    Membership.objects.create(project=cast.project, user=lead, role=Membership.Role.ADMIN)
    make_call(cast, cast.member, app="Editor", provider="azure")
    make_call(cast, cast.owner, number=2, app="Theirs", project_id=0)
    for person, people, apps in (
        (cast.member, set(), {"Editor"}),
        (cast.viewer, set(), set()),
        (lead, {cast.owner, cast.member, cast.viewer, lead}, {"Editor"}),
        (cast.owner, set(User.objects.all()), {"Editor", "Theirs"}),
    ):
        client.force_login(person)
        offered = client.get("/calls/?project=").context["offered"]
        assert set(offered.people) == {str(one.pk) for one in people}, person
        assert set(offered.apps) - {"~none"} == apps, person


def test_dates_that_cannot_be_are_said(cast: Cast, client: Client) -> None:
    make_call(cast, cast.member)
    client.force_login(cast.member)
    page = client.get("/calls/?from=2026-02-01&to=2026-01-01").content.decode()
    assert "The last day comes before the first." in page
    assert Page(page).problems == []
    answer = client.get("/calls/export/?from=2026-02-01&to=2026-01-01")
    assert answer.status_code == 400


def test_people_see_their_own_and_the_house_sees_all(cast: Cast, client: Client) -> None:
    theirs = make_call(cast, cast.member, number=1).pk
    owners = make_call(cast, cast.owner, number=2).pk
    for person, ids in (
        (cast.member, {theirs}),
        (cast.owner, {theirs, owners}),
        (cast.admin, {theirs, owners}),
        (cast.stranger, set()),
    ):
        client.force_login(person)
        assert set(shown(client)) == ids


@pytest.mark.parametrize("before", ["nonsense", "gen-%00", "%00", "gen-" + "9" * 60, "'"])
def test_a_page_that_cannot_be_is_the_first(cast: Cast, client: Client, before: str) -> None:
    make_call(cast, cast.member)
    client.force_login(cast.member)
    assert len(shown(client, f"/calls/?before={before}")) == 1


@pytest.mark.parametrize("call_id", ["gen-1", "%00", "gen-%00", "1", "gen-" + "9" * 60])
def test_a_receipt_that_cannot_be_is_404(cast: Cast, client: Client, call_id: str) -> None:
    client.force_login(cast.owner)
    assert client.get(f"/calls/{call_id}/").status_code == 404


def test_a_receipt_shows_every_digit_and_why(cast: Cast, client: Client) -> None:
    call = make_call(cast, cast.member)
    client.force_login(cast.member)
    page = client.get(f"/calls/{call.pk}/").content.decode()
    for words in (
        "$0.000341000002",
        "$0.041",
        "1,234",
        "567",
        "529 overloaded",
        "204 ms",
        "does not run at home",
        "$0.25",
        "per million tokens",
    ):
        assert words in page, words


@pytest.mark.parametrize(
    "fields",
    [
        {"state": Generation.State.OPEN, "status": None, "closed_at": None, "model": ""},
        {"state": Generation.State.RELEASED, "status": 402, "provider": "", "model": ""},
        {"status": 502, "error_type": "provider_error"},
        {"was_cancelled": True, "status": 499},
        {"finish_reason": "length"},
        {"project_id": 999_999, "user_id": 999_999, "key_id": 999_999},
    ],
)
def test_every_way_a_call_ends_has_a_sound_page(
    cast: Cast, client: Client, fields: dict[str, object]
) -> None:
    call = make_call(cast, cast.member, **fields)
    client.force_login(cast.owner)
    for address in ("/calls/", f"/calls/{call.pk}/", "/"):
        assert Page(client.get(address).content.decode()).problems == []


@pytest.mark.parametrize(
    "details",
    [
        {},
        [],
        {"attempts": None, "candidates": "x", "prices": 3},
        {"attempts": [None, {}], "candidates": [{}], "prices": {"prompt": "x", "request": None}},
        {"attempts": [{"provider": "<b>", "cost": "NaN"}], "prices": {"prompt": "Infinity"}},
    ],
)
def test_a_receipt_bears_details_of_any_shape(cast: Cast, client: Client, details: object) -> None:
    call = make_call(cast, cast.member)
    GenerationDetail.objects.filter(pk=call.pk).update(details=details)
    client.force_login(cast.member)
    answer = client.get(f"/calls/{call.pk}/")
    assert answer.status_code == 200
    assert "<b></" not in answer.content.decode()


def test_a_receipt_outlives_its_details(cast: Cast, client: Client) -> None:
    call = make_call(cast, cast.member)
    GenerationDetail.objects.all().delete()
    client.force_login(cast.member)
    assert "not kept any more" in client.get(f"/calls/{call.pk}/").content.decode()


def test_a_receipt_names_the_budgets_its_reader_may_look_at(cast: Cast, client: Client) -> None:
    theirs = make(cast, "person", name="Mia", user=cast.member).windows.get()
    others = make(cast, "person", name="The owner", user=cast.owner).windows.get()
    call = make_call(cast, cast.member, window_ids=[theirs.pk, others.pk])
    left = [[theirs.pk, "0.999658999998"], [others.pk, "8.75"], ["x", None], 3]
    GenerationDetail.objects.filter(pk=call.pk).update(details={"budgets": left})
    for person, names, rest in (
        (cast.member, {"Mia"}, "1 more budget of others was charged too."),
        (cast.owner, {"Mia", "The owner"}, ""),
    ):
        client.force_login(person)
        page = client.get(f"/calls/{call.pk}/").content.decode()
        told = client.get(f"/calls/{call.pk}/json/").json()["data"]["budgets"]
        assert {one["name"] for one in told} == names
        assert ("$8.75" in page) == ("The owner" in names)
        assert "$0.999658999998" in page
        assert rest in page
        assert Page(page).problems == []


def test_a_receipts_page_and_its_file_tell_the_same(cast: Cast, client: Client) -> None:
    call = make_call(cast, cast.member, app="Open WebUI", cached_tokens=1000)
    GenerationDetail.objects.filter(pk=call.pk).update(details=WHOLE)
    client.force_login(cast.member)
    page = html.unescape(client.get(f"/calls/{call.pk}/").content.decode())
    answer = client.get(f"/calls/{call.pk}/json/")
    assert answer["Cache-Control"] == "no-store"
    told = answer.json()["data"]
    assert told["total_cost_exact"] == "0.000341000002"
    assert (told["queued_ms"], told["moderation_latency"]) == (7, 5)
    assert (told["prices_as_of"], told["prices_from"]) == ("2026-11-20", "openrouter")
    assert told["cache_discount"] == 0.000225
    assert told["why"] in page
    for event in told["timeline"]:
        assert event["event"] in page
    for words in (
        "Prices of 20 November 2026, told by OpenRouter.",
        "The guardrails read it in 5 ms and found 3 values",
        "Names",
        "could not be asked",
        "failed: 529",
        f"http://testserver/calls/{call.pk}/",
    ):
        assert words in page, words
    assert Page(page).problems == []


def test_the_list_asks_the_database_the_same_for_one_and_for_many(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.owner)
    make_call(cast, cast.member, number=100)
    for_one = queries(client, "/calls/")
    make_calls(cast, 40)
    assert queries(client, "/calls/") == for_one
