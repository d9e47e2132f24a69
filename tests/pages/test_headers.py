"""What every kind of answer tells a browser."""

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.messages import get_messages
from django.test import Client
from pytest_django import Settings

from tests.cast import Cast
from tests.pages.guarded import assert_guarded
from tests.pages.markup import Page

OPEN = ["/", "/models/", "/search/", "/shortcuts/", "/accounts/login/", "/no/such/page/", "/keys/"]
SIGNED_IN = [
    "/",
    "/chat/",
    "/chat/past/",
    "/activity/",
    "/settings/",
    "/search/?q=a",
    "/styleguide/",
]


@pytest.mark.parametrize("path", OPEN)
def test_strangers_get_guarded_pages(cast: Cast, client: Client, path: str) -> None:
    answer = client.get(path)
    assert_guarded(answer.headers)
    if answer["Content-Type"].startswith("text/html"):
        assert {"private", "no-cache"} & set(answer.headers.get("Cache-Control", "").split(", "))


@pytest.mark.parametrize("path", SIGNED_IN)
def test_people_get_guarded_pages_that_nobody_else_keeps(
    cast: Cast, client: Client, path: str
) -> None:
    client.force_login(cast.owner)
    for headers in ({}, {"HTTP_HX_REQUEST": "true"}):
        answer = client.get(path, **headers)
        assert_guarded(answer.headers)
        assert "private" in answer["Cache-Control"]


def test_refusals_and_writes_are_guarded_too(cast: Cast, client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    client.force_login(cast.member)
    for answer in (
        strict.post("/theme/"),
        client.post("/theme/"),
        client.get("/theme/"),
        client.get("/api/v1/no-such"),
        client.get("/", headers={"host": "elsewhere.example"}),
    ):
        assert_guarded(answer.headers)


@pytest.mark.urls("tests.pages.broken_house")
@pytest.mark.parametrize("theme", ["dark", '"><script>'])
def test_a_page_that_broke_is_guarded_and_says_nothing_of_why(
    cast: Cast, client: Client, theme: str
) -> None:
    client.raise_request_exception = False
    client.cookies["gatehouse_theme"] = theme
    answer = client.get("/broken/")
    assert answer.status_code == 500
    assert (b'data-theme="dark"' in answer.content) is (theme == "dark")
    assert Page(answer.content.decode()).problems == []
    assert b"nobody outside" not in answer.content
    assert_guarded(answer.headers)


def test_cookies_are_for_the_browser_alone(cast: Cast, client: Client, settings: Settings) -> None:
    settings.IS_HTTPS = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client.get("/accounts/login/")
    client.post("/theme/")
    client.force_login(cast.member)
    client.post("/settings/", {"name": "Lea", "theme": "dark", "zone": ""})
    assert {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, "gatehouse_theme"} == set(
        client.cookies
    )
    for name, cookie in client.cookies.items():
        if name != settings.SESSION_COOKIE_NAME:  # that one is made by force_login
            assert cookie["httponly"] and cookie["secure"], name
            assert cookie["samesite"] == "Lax", name


def test_what_is_told_once_travels_in_the_session(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    answer = client.post("/settings/", {"name": "Lea", "theme": "dark", "zone": ""})
    assert [str(one) for one in get_messages(answer.wsgi_request)] == ["Saved."]
    assert "messages" not in client.cookies


def test_the_gate_for_html_stands_before_every_other_script() -> None:
    base = (Path(settings.BASE_DIR) / "templates/base.html").read_text()
    assert base.index("js/trusted.js") < base.index("{% block scripts %}")
    assert '"allowEval": false, "allowScriptTags": false' in base
    assert '"historyCacheSize": 0' in base
