"""Forms that come when nobody is signed in any more, or from a page that has grown old: nothing is
done, nothing typed is lost, and another site's form gains nothing."""

import re
from html import unescape

import pytest
from django.test import Client

from apps.accounts.models import User
from tests.cast import PASSWORD, Cast
from tests.pages.markup import Page

FORM = {"HTTP_ACCEPT": "text/html,*/*", "HTTP_SEC_FETCH_SITE": "same-origin"}
STOOD = {"HTTP_REFERER": "http://testserver/settings/?a=1&b=2"}
OWN = {"name": "Lea & <b>", "theme": "dark", "zone": "Asia/Tokyo"}
KEPT = re.compile(r'<textarea name="(\w+)" hidden[^>]*>\n(.*?)</textarea>', re.S)
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@pytest.fixture
def strict() -> Client:
    return Client(enforce_csrf_checks=True)


def kept(page: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in KEPT.findall(page)}


def token(page: str) -> str:
    return str(TOKEN.findall(page)[0])


def test_what_was_typed_is_sent_after_signing_in_anew(cast: Cast, strict: Client) -> None:
    """The whole trip, as a browser with a sign-in in another tab makes it."""
    login = strict.get("/accounts/login/").content.decode()
    sent = {**OWN, "csrfmiddlewaretoken": token(login)}
    answer = strict.post("/settings/", sent, **FORM, **STOOD)
    page = answer.content.decode()
    assert answer.status_code == 401
    assert Page(page).problems == []
    assert kept(page) == OWN
    assert 'href="/accounts/login/?next=%2Fsettings%2F%3Fa%3D1%26b%3D2" target="_blank"' in page
    old = token(page)
    strict.post(
        "/accounts/login/",
        {"login": cast.member.email, "password": PASSWORD, "csrfmiddlewaretoken": token(login)},
    )
    answer = strict.post("/settings/", {**kept(page), "csrfmiddlewaretoken": old}, **FORM)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert Page(page).problems == []
    assert kept(page) == OWN
    answer = strict.post("/settings/", {**kept(page), "csrfmiddlewaretoken": token(page)}, **FORM)
    assert answer.status_code == 302
    assert User.objects.get(pk=cast.member.pk).name == "Lea & <b>"


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_SEC_FETCH_SITE": "same-site"},
        {"HTTP_SEC_FETCH_SITE": "none"},
        {"HTTP_ORIGIN": "null"},
        {},
    ],
)
def test_another_sites_form_is_never_offered_again(
    cast: Cast, strict: Client, headers: dict[str, str]
) -> None:
    strict.force_login(cast.member)
    answer = strict.post("/settings/", OWN, HTTP_ACCEPT="text/html", **headers)
    assert answer.status_code == 403
    assert kept(answer.content.decode()) == {}
    assert "Lea" not in answer.content.decode()


@pytest.mark.parametrize("secret", ["password", "old", "new", "credential"])
def test_secrets_are_not_kept_on_a_page(cast: Cast, strict: Client, secret: str) -> None:
    strict.force_login(cast.member)
    sent = {"name": "Lea", secret: "hunter22"}
    for client in (strict, Client()):
        answer = client.post("/settings/", sent, **FORM)
        page = answer.content.decode()
        assert answer.status_code in {401, 403}
        assert "hunter22" not in page and kept(page) == {}
        assert Page(page).problems == []


@pytest.mark.parametrize(
    ("referrer", "page"),
    [
        ("http://testserver/keys/?show=off", "/keys/?show=off"),
        ("http://testserver//evil.example/x", "/evil.example/x"),
        ("http://testserver.evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_the_way_back_stays_in_the_house(
    cast: Cast, strict: Client, referrer: str, page: str
) -> None:
    answer = strict.post("/settings/password/", {"old": "x"}, HTTP_REFERER=referrer, **FORM)
    assert f'href="{page}">Open the page again' in answer.content.decode()


def test_scripts_and_pieces_are_told_in_their_own_way(cast: Cast, client: Client) -> None:
    answer = client.post("/chat/stream/", {"text": "x"}, HTTP_ACCEPT="*/*")
    assert answer.status_code == 302
    answer = client.get(
        "/connections/new/?q=x",
        HTTP_HX_REQUEST="true",
        HTTP_HX_CURRENT_URL="http://testserver/connections/new/",
    )
    assert (answer.status_code, answer.content) == (401, b"")
    assert answer["HX-Redirect"] == "/accounts/login/?next=%2Fconnections%2Fnew%2F"
    foreign = client.get(
        "/keys/", HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL="https://evil.example/"
    )
    assert foreign["HX-Redirect"] == "/accounts/login/?next=%2F"


@pytest.mark.parametrize("theme", ["light", "dark", ""])
def test_a_page_that_is_missing_or_broke_wears_the_chosen_theme(
    cast: Cast, client: Client, theme: str
) -> None:
    client.cookies["gatehouse_theme"] = theme
    mark = f'<html lang="en" data-theme="{theme}">' if theme else '<html lang="en">'
    assert mark in client.get("/nowhere/").content.decode()


def test_a_stranger_may_sign_in_to_what_is_not_there(cast: Cast, client: Client) -> None:
    page = client.get("/projects/home/x/?y=1").content.decode()
    assert Page(page).problems == []
    assert 'href="/accounts/login/?next=/projects/home/x/%3Fy%3D1"' in page
    client.force_login(cast.member)
    page = client.get("/nowhere/").content.decode()
    assert Page(page).problems == []
    assert 'href="/search/"' in page
