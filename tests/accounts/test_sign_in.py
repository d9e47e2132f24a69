"""Signing in with a name or an e-mail; failing in the same words for everybody."""

import json
import os
import subprocess
import sys
from datetime import datetime

import pytest
from allauth.core.internal.ratelimit import get_rates
from django.conf import settings
from django.test import Client

from apps.accounts.adapter import MISMATCH
from apps.accounts.entrance import greeting
from apps.accounts.models import User
from tests.cast import PASSWORD, Cast, make_cast
from tests.database import database_url
from tests.pages.markup import Page

SIGN_IN = "/accounts/login/"


def attempt(client: Client, name: str, password: str = PASSWORD) -> object:
    return client.post(SIGN_IN, {"login": name, "password": password})


@pytest.mark.parametrize("name", ["member@house.example", "MEMBER@House.example", "kitchen"])
def test_a_person_signs_in_by_e_mail_or_user_name(cast: Cast, client: Client, name: str) -> None:
    cast.member.username = "kitchen"
    cast.member.save()
    answer = attempt(client, name)
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_a_wrong_password_and_an_unknown_person_get_the_same_words(
    cast: Cast, client: Client
) -> None:
    known = attempt(client, "member@house.example", "wrong").content.decode()
    unknown = attempt(client, "nobody@house.example", "wrong").content.decode()
    assert MISMATCH in known
    assert MISMATCH in unknown


def test_what_does_not_fit_stands_at_the_password_and_keeps_the_name(
    cast: Cast, client: Client
) -> None:
    answer = attempt(client, "member@house.example", "wrong")
    assert answer.context["form"].errors["password"] == [MISMATCH]
    assert 'value="member@house.example"' in answer.content.decode()
    assert Page(answer.content.decode()).problems == []


def test_empty_fields_are_named(cast: Cast, client: Client) -> None:
    page = client.post(SIGN_IN, {}).content.decode()
    assert "Enter your user name or e-mail." in page
    assert "Enter your password." in page


def test_one_lands_where_one_wanted_to_go(cast: Cast, client: Client) -> None:
    page = client.get(client.get("/keys/")["Location"]).content.decode()
    assert '<input type="hidden" name="next" value="/keys/"' in page
    wish = {"login": "member@house.example", "password": PASSWORD, "next": "/keys/"}
    assert client.post(SIGN_IN, wish)["Location"] == "/keys/"


def test_a_person_who_is_switched_off_stays_outside(cast: Cast, client: Client) -> None:
    User.objects.filter(pk=cast.member.pk).update(is_active=False)
    answer = client.post(
        SIGN_IN, {"login": "member@house.example", "password": PASSWORD}, follow=True
    )
    assert "This account is switched off." in answer.content.decode()
    assert client.get("/settings/").status_code == 302


@pytest.mark.parametrize(
    ("hour", "words"),
    [(0, "evening"), (4, "evening"), (5, "morning"), (11, "morning"), (12, "afternoon")]
    + [(17, "afternoon"), (18, "evening"), (23, "evening")],
)
def test_the_door_greets_by_the_hour_in_the_house(hour: int, words: str) -> None:
    assert greeting(datetime(2026, 11, 22, hour, 30)) == f"Good {words}"


@pytest.mark.django_db
def test_a_house_without_an_owner_says_where_its_link_is(client: Client) -> None:
    page = client.get(SIGN_IN).content.decode()
    assert "This house has no owner." in page
    assert "setup_link</pre>" in page
    assert Page(page).problems == []


def test_forgotten_passwords_are_answered_truthfully(cast: Cast, client: Client) -> None:
    assert 'href="/accounts/forgotten/"' in client.get(SIGN_IN).content.decode()
    page = client.get("/accounts/forgotten/").content.decode()
    assert "reset_password EMAIL" in page
    assert Page(page).problems == []


def test_the_session_key_changes_at_sign_in(cast: Cast, client: Client) -> None:
    session = client.session
    session["seen"] = True
    session.save()
    before = session.session_key
    attempt(client, "member@house.example")
    assert client.session.session_key != before
    assert not client.session.exists(before)


def test_passwords_are_kept_as_argon2(cast: Cast) -> None:
    assert cast.member.password.startswith("argon2$argon2id$")


def test_sign_up_is_closed(cast: Cast, client: Client) -> None:
    people = User.objects.count()
    wish = {"email": "new@house.example", "password1": PASSWORD}
    assert b"Accounts are made inside" in client.get("/accounts/signup/").content
    assert b"Accounts are made inside" in client.post("/accounts/signup/", wish).content
    assert User.objects.count() == people


def test_signing_out_takes_a_post(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    assert client.get("/accounts/logout/").status_code == 200
    assert client.get("/settings/").status_code == 200
    page = client.post("/accounts/logout/", follow=True).content.decode()
    assert "This browser is signed out." in page
    assert Page(page).problems == []
    assert client.get("/settings/").status_code == 302


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "/\t/evil.example/",
        "javascript:alert(1)",
        "http://localhost/",  # what answers at another port of this machine is not the house
        "//127.0.0.1/",
        "keys/",
    ],
)
def test_after_signing_in_one_lands_only_inside_the_house(
    cast: Cast, client: Client, elsewhere: str
) -> None:
    wish = {"login": "member@house.example", "password": PASSWORD, "next": elsewhere}
    assert client.post(SIGN_IN, wish)["Location"] == "/"
    assert client.get(SIGN_IN, {"next": elsewhere})["Location"] == "/"


def test_an_address_that_tries_on_and_on_is_told_to_wait(cast: Cast, client: Client) -> None:
    for _ in range(31):
        answer = client.post(SIGN_IN, {})
    assert answer.status_code == 429
    assert b"Wait one minute" in answer.content


@pytest.mark.parametrize("action", ["login", "change_password"])
def test_the_page_that_tells_to_wait_names_the_time(action: str) -> None:
    assert {rate.duration for rate in get_rates(app="allauth.account", action=action)} == {60}


ELSEWHERE = """
import django, json, sys
django.setup()
from django.test import Client
name, password = sys.argv[1:]
client = Client(headers={"host": "localhost"})
answer = client.post("/accounts/login/", {"login": name, "password": password})
print(json.dumps([answer.status_code, "Too many tries" in answer.content.decode()]))
"""


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_failed_tries_count_across_processes() -> None:
    """… and across the names of one person and the addresses of one house."""
    User.objects.filter(pk=make_cast().member.pk).update(username="kitchen")
    client, name = Client(), "member@house.example"
    for _ in range(5):
        attempt(client, name, "wrong")
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, "kitchen", PASSWORD],
        env={**os.environ, "DATABASE_URL": database_url()},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    status, is_refused = json.loads(done.stdout.splitlines()[-1])
    assert (status, is_refused) == (200, True)
