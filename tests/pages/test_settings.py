"""Settings: what a person may change for themselves, and who may change the house."""

import smtplib
import socket
import ssl
from collections.abc import Iterator

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from apps.accounts import mailing
from apps.accounts.models import AuditEntry, Household, User
from tests.cast import PASSWORD, Cast
from tests.pages.markup import Page

OWN = {"name": "Lea", "theme": "dark", "zone": "Asia/Tokyo"}
HOUSE = {
    "name": "Mill Lane",
    "purpose": "family",
    "zone": "Europe/Berlin",
    "week_starts_on": "6",
    "receipt_months": "24",
}


@pytest.fixture(autouse=True)
def no_earlier_tries(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def test_ones_own_settings_are_kept_and_seen_from_the_first_byte(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.member)
    page = client.post("/settings/", OWN, follow=True).content.decode()
    person = User.objects.get(pk=cast.member.pk)
    assert (person.name, person.theme, person.zone) == ("Lea", "dark", "Asia/Tokyo")
    assert '<html lang="en" data-theme="dark">' in page
    assert "Lea" in page and "Saved." in page
    client.post("/accounts/logout/")
    assert 'data-theme="dark"' in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize(
    "wrong", [{"theme": "pink"}, {"zone": "Mars/Base"}, {"name": "x" * 101}, {"zone": "\0"}]
)
def test_what_does_not_fit_changes_nothing(
    cast: Cast, client: Client, wrong: dict[str, str]
) -> None:
    client.force_login(cast.member)
    answer = client.post("/settings/", {**OWN, **wrong})
    assert answer.status_code == 422
    page = Page(answer.content.decode())
    assert page.problems == []
    assert User.objects.get(pk=cast.member.pk).zone == ""


def test_nobody_gives_themselves_a_role(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    client.post("/settings/", {**OWN, "role": "owner", "email": "x@y.example", "is_active": ""})
    person = User.objects.get(pk=cast.member.pk)
    assert (person.role, person.email, person.is_active) == ("member", "member@house.example", True)


def test_a_new_password_ends_other_sessions_and_keeps_this_one(cast: Cast, client: Client) -> None:
    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.force_login(cast.member)
    wish = {"old": PASSWORD, "new": "a kettle on the stove"}
    assert client.post("/settings/password/", wish)["Location"] == "/settings/"
    assert User.objects.get(pk=cast.member.pk).check_password("a kettle on the stove")
    assert client.get("/settings/").status_code == 200
    assert elsewhere.get("/settings/").status_code == 302
    entry = AuditEntry.objects.get(verb="password.changed")
    assert "kettle" not in f"{entry.subject} {entry.details}"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("wrong", "a kettle on the stove", "That is not your password"),
        (PASSWORD, "short", "at least 10 characters"),
        (PASSWORD, "", "Choose a password"),
        ("", "a kettle on the stove", "you sign in with now"),
    ],
)
def test_a_password_that_will_not_do_is_refused_in_words(
    cast: Cast, client: Client, old: str, new: str, words: str
) -> None:
    client.force_login(cast.member)
    answer = client.post("/settings/password/", {"old": old, "new": new})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert "a kettle" not in page and PASSWORD not in page
    assert Page(page).problems == []
    assert User.objects.get(pk=cast.member.pk).check_password(PASSWORD)


def test_the_old_password_cannot_be_guessed_for_long(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    wish = {"old": "wrong", "new": "a kettle on the stove"}
    answers = [client.post("/settings/password/", wish) for _ in range(7)]
    assert (answers[0].status_code, answers[-1].status_code) == (422, 429)
    assert "Wait one minute" in answers[-1].content.decode()


def test_the_household_is_changed_and_written_down(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)
    client.post("/settings/household/", {**HOUSE, "agreed": "Europe/Berlin 6"})
    house = Household.current()
    found = (house.name, house.zone, house.week_starts_on, house.receipt_months)
    assert found == ("Mill Lane", "Europe/Berlin", 6, 24)
    entry = AuditEntry.objects.get(verb="household.changed")
    assert entry.actor == cast.admin
    assert entry.details["zone"] == "Europe/Berlin"
    client.post("/settings/household/", HOUSE)
    assert AuditEntry.objects.filter(verb="household.changed").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"zone": ""},
        {"week_starts_on": "7"},
        {"receipt_months": "0"},
        {"receipt_months": "many"},
        {"receipt_months": "121"},
    ],
)
def test_a_household_that_cannot_be_stays_as_it_was(
    cast: Cast, client: Client, wrong: dict[str, str]
) -> None:
    client.force_login(cast.owner)
    answer = client.post("/settings/household/", {**HOUSE, **wrong})
    assert answer.status_code == 422
    assert Page(answer.content.decode()).problems == []
    assert Household.current().name == "Our house"


def test_members_and_strangers_do_not_change_the_house(cast: Cast, client: Client) -> None:
    for person in (cast.member, cast.stranger):
        client.force_login(person)
        for path in ("/settings/household/", "/settings/household/mail/"):
            assert client.post(path, HOUSE).status_code == 404
    assert Household.current().name == "Our house"


def test_without_a_mail_server_the_page_names_the_missing_setting(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.owner)
    page = client.get("/settings/household/").content.decode()
    assert "EMAIL_URL</code> is not set" in page
    assert ".env" in page
    said = client.post("/settings/household/mail/", follow=True).content.decode()
    assert "EMAIL_URL is not set, so the house sends no mail." in said


def test_a_test_mail_goes_to_who_asks(cast: Cast, client: Client, settings: Settings) -> None:
    client.force_login(cast.owner)
    settings.EMAIL_URL, settings.EMAIL_HOST = "smtp://mail.example", "mail.example"
    page = client.get("/settings/household/").content.decode()
    assert "Send a mail to owner@house.example" in page
    page = client.post("/settings/household/mail/", follow=True).content.decode()
    assert "Sent to owner@house.example" in page
    assert [one.to for one in mail.outbox] == [["owner@house.example"]]


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (smtplib.SMTPAuthenticationError(535, b"hunter2"), "does not accept the user name and"),
        (smtplib.SMTPRecipientsRefused({}), "takes no mail for owner@house.example"),
        (smtplib.SMTPSenderRefused(550, b"hunter2", "x"), "check EMAIL_FROM"),
        (smtplib.SMTPServerDisconnected("hunter2"), "did not take the mail"),
        (ssl.SSLCertVerificationError("hunter2"), "could not prove who it is"),
        (TimeoutError(), "mail.example:587 did not answer in time"),
        (socket.gaierror(-2, "hunter2"), "no address is known for mail.example"),
        (ConnectionRefusedError(), "nothing answers at mail.example:587"),
    ],
)
def test_why_a_mail_could_not_be_sent_is_said_without_the_servers_words(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, problem: Exception, words: str
) -> None:
    def refuse(*args: object) -> int:
        raise problem

    settings.EMAIL_URL = "smtp://mail.example"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "mail.example", 587
    monkeypatch.setattr(mailing, "send_mail", refuse)
    said = mailing.problem_with_test("owner@house.example")
    assert said.startswith("Nothing was sent: ")
    assert words in said
    assert "hunter2" not in said
