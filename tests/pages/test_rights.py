"""Every page, for everybody: anonymous people sign in first, strangers learn nothing but 404."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from apps.budgets.changing import grant
from apps.catalog.models import Provider
from apps.connections import own_models
from apps.connections.models import Connection
from apps.keys.limiting import limit_key
from apps.keys.making import Rules, make_key
from tests.cast import Cast, make_call
from tests.catalog.shelf import offer
from tests.pages.guarded import assert_guarded
from tests.pages.markup import Page

# owner, admin, member, stranger; the key and the call of these pages are the member's.
EVERYBODY, HOUSE, THEIRS = (200, 200, 200, 200), (200, 200, 404, 404), (200, 200, 200, 404)
PAGES = {
    "/": EVERYBODY,
    "/keys/": EVERYBODY,
    "/keys/?show=off": EVERYBODY,
    "/keys/new/": EVERYBODY,
    "/keys/{key}/": THEIRS,
    "/keys/{key}/change/": THEIRS,
    "/keys/{key}/freeze/": THEIRS,
    "/budgets/": EVERYBODY,
    "/budgets/?removed=1": EVERYBODY,
    "/budgets/new/": HOUSE,
    "/budgets/new/?covers=household": HOUSE,
    "/budgets/new/?covers=person": HOUSE,
    "/budgets/new/?covers=project&project=home": HOUSE,
    "/budgets/new/?covers=members&project=home": HOUSE,
    "/budgets/new/?covers=keys&project=home": HOUSE,
    "/budgets/{budget}/": THEIRS,
    "/budgets/{budget}/change/": HOUSE,
    "/budgets/{budget}/removal/": HOUSE,
    "/projects/home/budgets/": THEIRS,
    "/projects/home/guardrails/": THEIRS,
    "/projects/home/members/{member}/guardrails/": THEIRS,
    "/keys/{key}/guardrails/": THEIRS,
    "/settings/household/guardrails/": HOUSE,
    "/calls/": EVERYBODY,
    "/calls/{call}/": THEIRS,
    "/connections/": HOUSE,
    "/connections/new/": HOUSE,
    "/connections/new/?q=open": HOUSE,
    "/connections/new/custom/": HOUSE,
    "/connections/{connection}/": HOUSE,
    "/connections/models/": HOUSE,
    "/connections/models/new/": HOUSE,
    "/connections/{connection}/models/new/": HOUSE,
    "/connections/models/{own}/": HOUSE,
    "/connections/models/{own}/removal/": HOUSE,
    "/connections/models/facts/{model}/": HOUSE,
    "/activity/": EVERYBODY,
    "/apps/": EVERYBODY,
    "/apps/?order=people": EVERYBODY,
    "/apps/unknown/": EVERYBODY,
    "/activity/bill/": HOUSE,
    "/activity/report/": EVERYBODY,
    "/activity/report/?month=2026-10": EVERYBODY,
    "/activity/savings/": EVERYBODY,
    "/activity/savings/?show=all": EVERYBODY,
    "/activity/?period=30d&project=home": THEIRS,
    "/projects/": EVERYBODY,
    "/projects/?show=archived": EVERYBODY,
    "/projects/new/": HOUSE,
    "/projects/home/": THEIRS,
    "/projects/home/keys/": THEIRS,
    "/projects/home/members/": THEIRS,
    "/projects/home/settings/": HOUSE,
    "/projects/home/webhook/": HOUSE,
    "/projects/home/freeze/": HOUSE,
    "/projects/home/members/{member}/freeze/": HOUSE,
    "/settings/": EVERYBODY,
    "/settings/household/": HOUSE,
    "/settings/catalogue/": HOUSE,
}
WRITES = {
    "/budgets/{budget}/extra/{extra}/undo/": HOUSE,
    "/keys/{key}/old/end/": THEIRS,
    "/keys/{key}/off/": THEIRS,
    "/keys/{key}/on/": THEIRS,
    "/connections/{connection}/anyway/": HOUSE,
    "/connections/{connection}/off/": HOUSE,
    "/connections/{connection}/on/": HOUSE,
    "/connections/{connection}/zero-retention/": HOUSE,
    "/connections/{connection}/zero-retention/withdrawal/": HOUSE,
    "/connections/{connection}/free-calls/": HOUSE,
    "/connections/{connection}/removal/": HOUSE,
    "/projects/home/thaw/": HOUSE,
    "/projects/home/members/{member}/thaw/": HOUSE,
    "/projects/home/archival/": HOUSE,
    "/projects/home/restoration/": HOUSE,
    "/projects/home/webhook/removal/": HOUSE,
    "/keys/{key}/deletion/": THEIRS,
    "/activity/savings/dismissal/": EVERYBODY,
    "/activity/savings/return/": EVERYBODY,
    "/settings/catalogue/models.dev/": HOUSE,
}
# Two call somebody (test_connections.py, test_webhook_pages.py), one gives a secret to the key's
# owner alone (test_rolling.py), four are files (usage/test_download.py, test_activity_page.py,
# usage/report, test_calls.py), two name a field (test_corrected_facts.py), the others change who
# asks
# (test_settings.py), what an admin froze, its owner does not thaw (test_freezing.py), and one wants
# a sum (usage/test_budget_pages.py).
ELSEWHERE = {
    "/budgets/{budget}/extra/",
    "/keys/{key}/roll/",
    "/keys/{key}/thaw/",
    "/connections/{connection}/test/",
    "/projects/home/webhook/test/",
    "/calls/export/",
    "/activity/report/export/",
    "/calls/{call}/json/",
    "/activity/export/",
    "/connections/models/{own}/catalogue/",
    "/connections/models/facts/{model}/catalogue/",
    "/settings/password/",
    "/settings/household/mail/",
}
OPEN = {"/"}  # strangers get a page of their own there
ROOMS = ("budgets", "keys", "calls", "connections", "settings", "activity", "projects")


class RollBack(Exception):
    pass


@dataclass(frozen=True)
class Places:
    key: int
    call: str
    connection: int
    budget: int
    extra: int
    member: int
    own: int
    model: int

    def __call__(self, path: str) -> str:
        return path.format(**vars(self))


@pytest.fixture
def places(cast: Cast) -> Places:
    key, _ = make_key(Rules("Laptop"), project=cast.project, owner=cast.member, actor=None)
    custom, _ = Provider.objects.get_or_create(slug="custom", defaults={"name": "Custom"})
    study = Connection.objects.create(
        provider=custom, name="Study PC", base_url="http://10.0.0.9:1234/v1", is_at_home=True
    )
    facts = own_models.Facts("llama3.3:70b", "Llama 3.3 70B")
    own = own_models.add(study, facts, by=cast.owner)
    call = make_call(cast, cast.member, key_id=key.pk)
    budget = limit_key(key, Decimal(5), "daily", actor=None)
    extra = grant(budget, Decimal(1), actor=cast.owner)
    return Places(
        key=key.pk,
        call=call.pk,
        connection=study.pk,
        budget=budget.pk,
        extra=extra.pk,
        member=cast.project.memberships.get(user=cast.member).pk,
        own=own.pk,
        model=offer("acme/one", "acme").model_id,
    )


@pytest.mark.parametrize("path", sorted({*PAGES, *WRITES, *ELSEWHERE} - OPEN))
def test_anonymous_people_are_asked_to_sign_in(places: Places, client: Client, path: str) -> None:
    for answer in (client.get(places(path)), client.post(places(path))):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize(("path", "statuses"), PAGES.items())
def test_who_sees_a_page_and_that_it_is_sound(
    cast: Cast, places: Places, client: Client, path: str, statuses: tuple[int, ...]
) -> None:
    people = (cast.owner, cast.admin, cast.member, cast.stranger)
    for person, status in zip(people, statuses, strict=True):
        client.force_login(person)
        answer = client.get(places(path))
        assert answer.status_code == status, person
        assert Page(answer.content.decode()).problems == []
        assert_guarded(answer.headers)
        assert client.head(places(path)).status_code == status


@pytest.mark.parametrize(("path", "statuses"), WRITES.items())
def test_a_write_takes_a_post_from_who_may(
    cast: Cast, places: Places, client: Client, path: str, statuses: tuple[int, ...]
) -> None:
    people = (cast.owner, cast.admin, cast.member, cast.stranger)
    for person, status in reversed(list(zip(people, statuses, strict=True))):
        client.force_login(person)
        assert client.get(places(path)).status_code in {404, 405}
        with contextlib.suppress(RollBack), transaction.atomic():  # the next finds all as it was
            answered = client.post(places(path)).status_code  # 422: a form with nothing in it
            assert answered in ({404} if status == 404 else {302, 422}), person
            raise RollBack


@pytest.mark.parametrize("path", WRITES)
def test_a_write_wants_the_forms_own_proof(cast: Cast, places: Places, path: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.owner)
    answer = strict.post(places(path))
    assert answer.status_code == 403
    assert b"This page was too old" in answer.content


@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/accounts/logout/", "/accounts/signup/", "/accounts/inactive/"]
)
def test_the_pages_of_sign_in_are_sound(cast: Cast, client: Client, path: str) -> None:
    if path == "/accounts/logout/":
        client.force_login(cast.member)
    answer = client.get(path)
    assert Page(answer.content.decode()).problems == []
    assert_guarded(answer.headers)


def test_every_address_of_these_rooms_has_its_rights_tested() -> None:
    tested = [path.partition("?")[0] for path in (*PAGES, *WRITES, *ELSEWHERE)]
    shapes = {tuple("*" if "{" in part else part for part in path.split("/")) for path in tested}
    shapes |= {("", "connections", "new", "*", ""), ("", "settings", "catalogue", "*", "")}
    shapes |= {tuple("*" if part == "home" else part for part in shape) for shape in shapes}
    addresses = {f"/{route}" for route in routes(get_resolver()) if route.startswith(ROOMS)}
    untested = {
        address
        for address in addresses
        if tuple("*" if "<" in part else part for part in address.split("/")) not in shapes
    }
    assert untested == set()


def routes(resolver: URLResolver) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield str(pattern.pattern)
        else:
            yield from routes(pattern)
