"""Setting up a fresh house in steps: each can be done, skipped, left, come back to, sent twice."""

import re

import pytest
from django.test import Client

from apps.accounts.models import AuditEntry, Household
from apps.catalog.models import Provider
from apps.connections.models import Connection
from apps.keys.models import ApiKey
from apps.projects.models import Project
from tests.cast import Cast, make_call
from tests.core.listener import Listener
from tests.pages.markup import Page

SECRET = "sk-very-secret-0123456789"
STEPS = ("household", "provider", "key")
PAGES = (
    "/welcome/household/",
    "/welcome/provider/",
    "/welcome/provider/?show=all",
    "/welcome/provider/custom/",
    "/welcome/key/",
    "/welcome/done/",
)
UNFINISHED = "Setting up is not finished."


@pytest.fixture
def owner(cast: Cast, client: Client) -> Client:
    """Of a house that was claimed a moment ago."""
    Provider.objects.get_or_create(slug="custom", defaults={"name": "Custom"})
    at_step("household")
    client.force_login(cast.owner)
    return client


def at_step(step: str) -> None:
    Household.objects.update_or_create(id=1, defaults={"setup_step": step})


def step() -> str:
    return Household.current().setup_step


def connect(owner: Client, port: int, **other: str) -> object:
    wish = {"name": "Study PC", "base_url": f"http://127.0.0.1:{port}/v1", "at_home": "on"}
    wish |= {"credential": SECRET, **other}
    return owner.post("/welcome/provider/custom/", wish, follow=True)


def key_form(owner: Client) -> dict[str, str]:
    page = owner.get("/welcome/key/").content.decode()
    found = dict(re.findall(r'name="(form_id|project)" value="([^"]+)"', page))
    return {**found, "name": "Laptop", "lifetime": "90"}


# --- the way through ---


@pytest.mark.parametrize(
    ("purpose", "project", "word"),
    [
        ("family", "Family", "household"),
        ("office", "Office", "office"),
        ("self", "Personal", "house"),
    ],
)
def test_who_it_is_for_names_the_first_project_and_the_house(
    owner: Client, purpose: str, project: str, word: str
) -> None:
    Project.objects.exclude(pk=Project.objects.first().pk).delete()
    Project.objects.update(name="Home")
    wish = {"name": "Mill Lane", "purpose": purpose, "zone": "Europe/Berlin"}
    page = owner.post("/welcome/household/", wish, follow=True).content.decode()
    assert Project.objects.get().name == project
    assert f"This {word}" in owner.get("/keys/").content.decode()
    assert Page(page).problems == []


def test_a_project_somebody_named_keeps_its_name(owner: Client) -> None:
    Project.objects.exclude(pk=Project.objects.first().pk).delete()
    Project.objects.update(name="Beekeeping")
    owner.post("/welcome/household/", {"name": "M", "purpose": "office", "zone": "UTC"})
    assert Project.objects.get().name == "Beekeeping"


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("waiting", ["household", "key", ""])
def test_every_page_stands_whatever_waits(owner: Client, path: str, waiting: str) -> None:
    at_step(waiting)
    answer = owner.get(path)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert Page(page).problems == []
    assert page.count('aria-current="step"') == 1
    assert step() == waiting


@pytest.mark.parametrize("path", [*PAGES, "/welcome/"])
def test_only_who_looks_after_the_house_sets_it_up(cast: Cast, client: Client, path: str) -> None:
    assert client.get(path)["Location"].startswith("/accounts/login/")
    for person, status in ((cast.member, 404), (cast.stranger, 404), (cast.admin, {200, 302})):
        client.force_login(person)
        assert client.get(path).status_code in ({status} if status == 404 else status)
    client.force_login(cast.member)
    for write in ("/welcome/pass/key/", "/welcome/dismissal/", "/welcome/key/"):
        assert client.post(write).status_code == 404


def test_each_step_can_be_skipped_and_home_offers_the_one_that_waits(owner: Client) -> None:
    for number, name in enumerate(STEPS):
        assert UNFINISHED in owner.get("/").content.decode()
        assert owner.get("/welcome/")["Location"] == f"/welcome/{name}/"
        following = (*STEPS, "done")[number + 1]
        assert owner.post(f"/welcome/pass/{name}/")["Location"] == f"/welcome/{following}/"
    assert step() == ""
    assert UNFINISHED not in owner.get("/").content.decode()
    assert owner.get("/welcome/")["Location"] == "/welcome/done/"


DEMO_NOTE = "You are on the demo model."


@pytest.mark.parametrize(
    ("at", "is_said"), [("household", 0), ("provider", 0), ("key", 1), ("", 1)]
)
def test_home_says_once_that_a_provider_is_missing(owner: Client, at: str, is_said: int) -> None:
    at_step(at)
    assert owner.get("/").content.decode().count(DEMO_NOTE) == is_said


def test_going_back_or_a_second_tab_never_moves_the_house_back(owner: Client) -> None:
    at_step("key")
    owner.post("/welcome/pass/household/")
    owner.post("/welcome/household/", {"name": "Mill Lane", "purpose": "family", "zone": "UTC"})
    assert (step(), Household.current().name) == ("key", "Mill Lane")
    owner.post("/welcome/pass/key/")
    owner.post("/welcome/pass/provider/")
    assert step() == ""


def test_what_is_no_step_cannot_be_skipped(owner: Client) -> None:
    for name in ("account", "done", "nonsense"):
        assert owner.post(f"/welcome/pass/{name}/").status_code == 404
    assert owner.get("/welcome/pass/key/").status_code == 405


def test_it_can_be_put_away(owner: Client) -> None:
    page = owner.post("/welcome/dismissal/", follow=True).content.decode()
    assert "Put away." in page
    assert UNFINISHED not in page
    assert step() == ""


def test_members_are_not_told_of_it(owner: Client, cast: Cast) -> None:
    owner.force_login(cast.member)
    assert UNFINISHED not in owner.get("/").content.decode()


# --- the household ---


def test_the_household_is_named_and_written_down(owner: Client) -> None:
    answer = owner.post(
        "/welcome/household/", {"name": "Mill Lane", "purpose": "family", "zone": "Europe/Berlin"}
    )
    assert answer["Location"] == "/welcome/provider/"
    house = Household.current()
    assert (house.name, house.zone, house.setup_step) == ("Mill Lane", "Europe/Berlin", "provider")
    assert AuditEntry.objects.get(verb="household.changed").details["zone"] == "Europe/Berlin"


@pytest.mark.parametrize("wrong", [{"name": ""}, {"name": "x" * 101}, {"zone": "Mars/Base"}])
def test_a_household_that_cannot_be_keeps_what_was_typed(
    owner: Client, wrong: dict[str, str]
) -> None:
    answer = owner.post(
        "/welcome/household/", {"name": "Mill Lane", "purpose": "family", "zone": "UTC", **wrong}
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert Page(page).problems == []
    assert "Mill Lane" in page or "name" in wrong
    assert (step(), Household.current().name) == ("household", "Our house")


def test_only_a_house_that_does_not_know_its_zone_asks_the_browser(owner: Client) -> None:
    assert "data-guess" in owner.get("/welcome/household/").content.decode()
    Household.objects.update(zone="Asia/Tokyo")
    assert "data-guess" not in owner.get("/welcome/household/").content.decode()


# --- the provider ---


def test_connecting_says_what_was_found_and_goes_on(owner: Client, upstream: Listener) -> None:
    at_step("provider")
    page = connect(owner, upstream.port).content.decode()
    assert "Study PC answers and lists 2 models." in page
    assert "Make the first key" in page
    assert step() == "key"
    assert SECRET not in page
    again = owner.get("/welcome/provider/").content.decode()
    assert "Study PC answers and lists 2 models." in again
    assert "Continue" in again


def test_a_failed_test_stays_says_why_and_takes_another_try(
    owner: Client, upstream: Listener
) -> None:
    at_step("provider")
    page = connect(owner, upstream.port + 1).content.decode()
    assert "Nothing answers at 127.0.0.1:" in page
    assert "What you entered is kept" in page
    assert step() == "provider"
    assert SECRET not in page
    page = connect(owner, upstream.port).content.decode()
    assert "Study PC answers and lists 2 models." in page
    assert Connection.objects.filter(provider__slug="custom").count() == 1


def test_sent_twice_it_is_one_connection(owner: Client, upstream: Listener) -> None:
    for _ in range(2):
        connect(owner, upstream.port)
    assert Connection.objects.filter(provider__slug="custom").count() == 1
    assert step() == "key"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"base_url": "ftp://x"}, ""), ({"at_home": ""}, "runs at home"), ({"name": ""}, "a name")],
)
def test_what_cannot_be_saved_is_said_at_its_field(
    owner: Client, upstream: Listener, wrong: dict[str, str], words: str
) -> None:
    answer = connect(owner, upstream.port, **wrong)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert Page(page).problems == []
    assert words in page
    assert SECRET not in page
    assert not Connection.objects.filter(provider__slug="custom").exists()


def test_a_known_provider_asks_for_its_key_alone(owner: Client) -> None:
    Provider.objects.create(slug="acme", name="Acme", base_url="https://api.acme.example/v1")
    page = owner.get("/welcome/provider/acme/").content.decode()
    assert '<details class="folded"><summary>' in page
    answer = owner.post("/welcome/provider/acme/", {"name": "Acme", "base_url": "", "key": ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Enter a key from your account there." in page
    assert '<details class="folded" open><summary>' in page
    assert owner.get("/welcome/provider/nobody/").status_code == 404
    assert owner.get("/welcome/provider/gatehouse/").status_code == 404


# --- the key ---


def test_the_key_is_shown_once_with_where_to_put_it(owner: Client, cast: Cast) -> None:
    at_step("key")
    answer = owner.post("/welcome/key/", key_form(owner))
    page = answer.content.decode()
    assert answer.status_code == 201
    assert Page(page).problems == []
    assert "no-store" in answer["Cache-Control"]
    secret = re.findall(r"gate_live_\w{38}", page)[0]
    assert f"Bearer {secret}" in page
    key = ApiKey.objects.get()
    assert (key.name, key.owner, key.project) == ("Laptop", cast.owner, cast.project)
    assert step() == ""
    assert secret not in owner.get("/welcome/key/").content.decode()


def test_the_form_sent_twice_leaves_the_one_key_that_is_shown(owner: Client) -> None:
    form = key_form(owner)
    shown = [owner.post("/welcome/key/", form).content.decode() for _ in range(2)]
    first, second = (re.findall(r"gate_live_\w{38}", page)[0] for page in shown)
    assert first != second
    assert "was sent twice" in shown[1]
    [key] = ApiKey.objects.kept()
    assert key.last_four == second[-4:]
    assert not key.old_works


def test_the_same_form_does_not_touch_a_key_in_use(owner: Client, cast: Cast) -> None:
    form = key_form(owner)
    owner.post("/welcome/key/", form)
    key = ApiKey.objects.get()
    make_call(cast, cast.owner, key_id=key.pk)
    page = owner.post("/welcome/key/", form, follow=True).content.decode()
    assert "cannot be shown again" in page
    assert [one.pk for one in ApiKey.objects.kept()] == [key.pk]


def test_two_forms_make_two_keys(owner: Client) -> None:
    for _ in range(2):
        owner.post("/welcome/key/", key_form(owner))
    assert ApiKey.objects.kept().count() == 2


def test_a_key_without_a_name_is_asked_for_one(owner: Client) -> None:
    answer = owner.post("/welcome/key/", {**key_form(owner), "name": ""})
    assert answer.status_code == 422
    assert "Give the key a name" in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_who_may_make_no_calls_is_told_instead(owner: Client, cast: Cast) -> None:
    owner.force_login(cast.admin)
    page = owner.get("/welcome/key/").content.decode()
    assert "You belong to no project" in page
    assert "Make the key" not in page


# --- the first chat ---


def test_a_provider_that_failed_its_test_is_not_asked_first(
    owner: Client, upstream: Listener
) -> None:
    connect(owner, upstream.port)
    assert chosen(owner).startswith("study-pc/")
    Connection.objects.filter(provider__slug="custom").update(test_code="unauthorized")
    assert chosen(owner) == "gatehouse/demo:free"


def chosen(owner: Client) -> str:
    page = owner.get("/welcome/done/").content.decode()
    return re.findall(r'<option value="([^"]+)" selected>', page)[0]
