"""The page of a project's webhook: for its admins, with the secret shown once."""

import re

import pytest
from django.test import Client

from apps.budgets.models import AlertWebhook, WebhookDelivery
from apps.projects.models import Membership
from tests.cast import Cast
from tests.pages.markup import Page

PLACE = "/projects/home/webhook/"
HOOK = "https://alerts.example/hook/"
AT_HOME = "https://10.0.0.9/hook"


@pytest.fixture
def admin(cast: Cast, client: Client) -> Client:
    client.force_login(cast.owner)
    return client


def page(client: Client, path: str = PLACE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    text = str(answer.content.decode())
    assert Page(text).problems == []
    return text


def test_the_settings_lead_to_it(admin: Client) -> None:
    assert PLACE in page(admin, "/projects/home/settings/")
    assert "/docs/webhooks/" in page(admin)
    marked = re.findall(r'href="([^"]+)"[^>]* aria-current="page"', page(admin))
    assert marked == ["/projects/", "/projects/home/settings/"]


def test_the_secret_is_shown_once_and_stored_locked(admin: Client) -> None:
    form_id = re.findall(r'name="form_id" value="([^"]+)"', page(admin))[0]
    made = admin.post(PLACE, {"url": HOOK, "form_id": form_id})
    assert made.status_code == 201
    assert Page(made.content.decode()).problems == []
    assert "no-store" in made["Cache-Control"]
    (secret,) = re.findall(r'value="(whsec_[^"]+)"', made.content.decode())
    again = admin.post(PLACE, {"url": HOOK, "form_id": form_id}, follow=True)
    assert "has a webhook already" in again.content.decode()
    assert secret not in again.content.decode() + page(admin)
    webhook = AlertWebhook.objects.get()
    assert webhook.url == HOOK
    assert secret not in webhook.secret


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "Enter the address that messages are sent to."),
        ("http://alerts.example/", "The address has to start with https://"),
        ("alerts.example", "The address has to start with https://"),
        ("https://me:secret@alerts.example/", "must not carry a user name or password"),
        ("https://alerts.example/a b", "has a space or a sign in it"),
        ("https://alerts.example:5432/", "Port 5432 belongs to another kind of service"),
        ("https://" + "x" * 400 + ".example", "An address has at most 300 letters."),
        ("https://alerts.example/\0", "Null characters are not allowed."),
    ],
)
def test_what_does_not_fit_is_said_and_stays_typed(admin: Client, url: str, sentence: str) -> None:
    answer = admin.post(PLACE, {"url": url})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Page(answer.content.decode()).problems == []
    assert AlertWebhook.objects.count() == 0
    if url and "\0" not in url:
        assert url in answer.content.decode()


def test_a_test_message_says_how_it_went_and_the_last_ones_stand_below(admin: Client) -> None:
    admin.post(PLACE, {"url": AT_HOME})
    told = admin.post(f"{PLACE}test/", follow=True).content.decode()
    why = "its address led into a private network, where the house does not send messages."
    assert f"The test message was not taken: {why}" in told
    assert why in page(admin)
    row = WebhookDelivery.objects.get()
    assert (row.payload["type"], row.attempts, row.next_at) == ("test", 1, None)


def test_removing_it_makes_room_for_another(admin: Client) -> None:
    admin.post(PLACE, {"url": HOOK})
    for _ in range(2):
        assert admin.post(f"{PLACE}removal/").status_code == 302
    assert "Set up the webhook" in page(admin)
    assert admin.post(PLACE, {"url": HOOK}).status_code == 201
    assert admin.post(f"{PLACE}removal/").status_code == 302
    assert admin.post(f"{PLACE}test/").status_code == 404


def test_only_the_projects_admins_and_who_looks_after_the_house(cast: Cast, client: Client) -> None:
    for person, status in ((cast.member, 404), (cast.viewer, 404), (cast.admin, 200)):
        client.force_login(person)
        assert client.get(PLACE).status_code == status
        assert client.post(PLACE, {"url": ""}).status_code == (404 if status == 404 else 422)
        if status == 404:
            assert client.post(f"{PLACE}removal/").status_code == 404
            assert client.post(f"{PLACE}test/").status_code == 404
    Membership.objects.filter(user=cast.member).update(role=Membership.Role.ADMIN)
    client.force_login(cast.member)
    assert client.get(PLACE).status_code == 200
