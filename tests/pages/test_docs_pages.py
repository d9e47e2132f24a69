"""The pages of the help: open to everybody, sound, and held to the code they speak of."""

import ast
import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from apps.core.snippets import KNOWN
from apps.gateway import urls as gateway_urls
from apps.gateway.asgi import PATHS
from apps.gateway.docs import errors, fields, routes, stored
from apps.gateway.docs.views import CHAPTERS
from apps.routing.wire.fields import OURS, PRICED, Kind
from tests.cast import Cast
from tests.pages.guarded import assert_guarded
from tests.pages.markup import Page
from tests.test_house_rules import ROOT, name_of, tracked

PAGES = [
    *(reverse(f"docs:{chapter.name}") for chapter in CHAPTERS),
    *(reverse("docs:quickstart", args=[name]) for name in KNOWN),
]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_sound_with_and_without_an_account(
    cast: Cast, client: Client, path: str
) -> None:
    for person in (None, cast.member, cast.owner):
        if person:
            client.force_login(person)
        answer = client.get(path)
        assert answer.status_code == 200
        assert Page(answer.content.decode()).problems == []
        assert_guarded(answer.headers)
        assert ("Sign out" in answer.content.decode()) is (person is not None)


def test_the_help_is_one_step_away_from_every_page(cast: Cast, client: Client) -> None:
    link = f'href="{reverse("docs:index")}"'
    assert link in client.get("/").content.decode()
    assert link in client.get("/models/").content.decode()
    client.force_login(cast.member)
    assert link in client.get("/keys/").content.decode()


@pytest.mark.django_db
def test_all_links_between_them_lead_somewhere(client: Client) -> None:
    wanted = {
        link
        for path in PAGES
        for link in re.findall(r'href="(/docs/[^"#]*)', client.get(path).content.decode())
    }
    assert set(PAGES) - {reverse("docs:quickstart")} <= wanted | {reverse("docs:quickstart")}
    assert [link for link in wanted if client.get(link).status_code != 200] == []


@pytest.mark.django_db
def test_a_guide_that_does_not_exist_is_not_found(client: Client) -> None:
    assert client.get("/docs/quickstart/nothing/").status_code == 404


@pytest.mark.django_db
def test_the_address_shown_is_the_houses_own(client: Client, settings: Settings) -> None:
    settings.GATEHOUSE_URL = "https://gate.example"
    for name in ("index", "keys", "streaming", "fields"):
        page = client.get(reverse(f"docs:{name}")).content.decode()
        assert "https://gate.example/api/v1" in page, name
        assert "localhost:8000" not in page


def test_who_has_no_key_is_told_the_way_that_is_theirs(cast: Cast, client: Client) -> None:
    path = reverse("docs:index")
    assert "Somebody who lives in this house makes one for you" in client.get(path).content.decode()
    client.force_login(cast.member)
    assert f'href="{reverse("keys:create")}"' in client.get(path).content.decode()


# --- errors ---


def refusals() -> Iterator[tuple[str, list[ast.expr]]]:
    """Every place that makes a Refusal, with what it is made of."""
    for path in tracked(".py"):
        if name_of(path).startswith("apps/"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refusal":
                    yield name_of(path), node.args


def test_every_refusal_in_the_code_stands_in_the_table_and_none_besides() -> None:
    told = {(one.status, one.error_type) for rows in errors.PROBLEMS.values() for one in rows}
    raised, computed = set(), []
    for place, (status, kind, *_) in refusals():
        if isinstance(status, ast.Constant) and isinstance(kind, ast.Constant):
            raised.add((status.value, kind.value))
        else:
            computed.append(place)
    assert len(raised) > 10
    assert computed == ["apps/routing/relay.py"], "say here which errors this one can give"
    passed_on = {(400, "invalid_request"), (400, "context_length_exceeded")}
    assert raised | passed_on == told


def test_the_statuses_a_provider_may_give_are_named_in_the_table() -> None:
    source = (ROOT / "apps/routing/relay.py").read_text()
    assert f"status in {errors.PASSED_ON} else 400" in source
    words = " ".join(one.means for one in errors.PROBLEMS[errors.PROVIDER])
    assert all(str(status) in words for status in errors.PASSED_ON[1:])


def test_every_word_beside_an_error_is_explained() -> None:
    names = {one.word for one in errors.REASONS}
    source = "".join(
        path.read_text()
        for path in tracked(".py")
        if name_of(path).startswith(("apps/routing/", "apps/gateway/"))
        and "/docs/" not in name_of(path)
    )
    written = set(re.findall(r'"code": "(\w+)"|"reason": "(\w+)"|code = "(\w+)" if', source))
    found = {word for words in written for word in words if word}
    limits = {"requests_per_minute", "max_in_flight", "free_calls_per_day", "free_calls_per_minute"}
    assert found | {"constraint_filtered", *limits} == names
    assert all(f'"{name}"' in source for name in names)


# --- fields ---


def test_every_field_we_know_is_on_the_page(client: Client, db: None) -> None:
    page = client.get(reverse("docs:fields")).content.decode()
    assert set(fields.OURS) == OURS
    assert set(fields.PRICED) == set(PRICED.values())
    assert set(fields.WHY) == set(Kind)
    for kind in Kind:
        for name in fields.of_kind(kind):
            assert f"<code>{name}</code>" in page, name


# --- routes ---


def test_every_route_is_on_the_page() -> None:
    told = {one.path.partition("?")[0].replace("{model}", "<path:slug>") for one in routes.ROUTES}
    read = {route for route, _, _ in gateway_urls.ROUTES}
    asked = {path.removeprefix("/api/v1/") for path in PATHS if path.startswith("/api/v1/")}
    assert told == read | asked
    watchers = {
        f"/{one.pattern}"
        for one in gateway_urls.urlpatterns
        if "/" not in str(one.pattern) and "(" not in str(one.pattern)
    }
    assert {one.path for one in routes.WATCHERS} == watchers


# --- what is stored ---

ROOMS_TOLD_WHOLE = {"usage", "chat", "keys"}


@pytest.mark.parametrize("table", stored.TABLES, ids=lambda table: table.name)
def test_every_column_is_told_of(table: stored.Table) -> None:
    """A new column fails here until apps/gateway/docs/stored.py says what it holds."""
    options = apps.get_model(table.name)._meta
    columns = {field.name for field in (*options.local_fields, *options.local_many_to_many)}
    inherited = {field.name for field in options.concrete_fields}
    told = [name for row in table.rows for name in row.names]
    assert len(told) == len(set(told)), "told twice"
    assert set(told) == columns | inherited, "say it in apps/gateway/docs/stored.py"


def test_every_table_about_calls_chats_and_keys_is_told_of() -> None:
    models = {m._meta.label for m in apps.get_models() if m._meta.app_label in ROOMS_TOLD_WHOLE}
    untold = models - {table.name for table in stored.TABLES}
    assert untold == set(), "say in apps/gateway/docs/stored.py what these hold"


def test_the_cookies_are_the_ones_a_browser_gets(cast: Cast, settings: Settings) -> None:
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "gatehouse", "gatehouse_csrf"
    browser = Client()
    browser.get("/accounts/login/")
    browser.force_login(cast.owner)
    browser.post("/theme/", {"next": "/"})
    told = {name for row in stored.COOKIES for name in row.names}
    assert told == set(browser.cookies)
