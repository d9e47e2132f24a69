"""The connections room, against a provider on loopback."""

import pytest
from django.test import Client

from apps.catalog.models import Provider
from apps.connections.models import Connection
from tests.cast import Cast
from tests.core.listener import Listener, listening, models
from tests.pages.markup import Page

SECRET = "sk-very-secret-0123456789"
MODELS = models("llama3.2:3b", "qwen3")


@pytest.fixture
def owner(cast: Cast, client: Client) -> Client:
    Provider.objects.get_or_create(slug="custom", defaults={"name": "Custom"})
    client.force_login(cast.owner)
    return client


def connect(owner: Client, upstream: Listener, **other: str) -> object:
    wish = {"name": "Study PC", "base_url": upstream.base_url, "credential": SECRET}
    wish = {**wish, "at_home": "on", **other}
    return owner.post("/connections/new/custom/", wish, follow=True)


def test_connecting_tests_it_and_finds_its_models(owner: Client, upstream: Listener) -> None:
    page = connect(owner, upstream).content.decode()
    assert "Study PC answers and lists 2 models." in page
    assert "llama3.2:3b" in page
    assert "key …6789" in page
    assert upstream.headers("authorization") == [f"Bearer {SECRET}"]


def test_the_key_is_never_sent_back(owner: Client, upstream: Listener) -> None:
    connect(owner, upstream)
    connection = Connection.objects.get(name="Study PC")
    refused = owner.post(
        "/connections/new/custom/",
        {"name": "", "base_url": upstream.base_url, "credential": SECRET},
    )
    pages = [owner.get(path) for path in ("/connections/", f"/connections/{connection.pk}/")]
    for answer in (refused, *pages):
        assert SECRET not in answer.content.decode()
    assert SECRET not in connection.credential


def test_an_address_at_home_wants_the_switch(owner: Client, upstream: Listener) -> None:
    answer = connect(owner, upstream, at_home="")
    assert answer.status_code == 422
    sentence = answer.context["form"].errors["base_url"][0]
    assert "runs at home" in sentence
    assert "--" not in sentence
    assert not Connection.objects.filter(name="Study PC").exists()


@pytest.mark.parametrize(
    "base_url", ["", "ftp://a.example", "http://[", "http://169.254.169.254/", "x" * 400]
)
def test_a_wrong_address_is_said_at_its_field(
    owner: Client, upstream: Listener, base_url: str
) -> None:
    answer = connect(owner, upstream, base_url=base_url)
    assert answer.status_code == 422
    assert "base_url" in answer.context["form"].errors
    assert upstream.hits == []


def test_a_name_is_given_once(owner: Client, upstream: Listener) -> None:
    connect(owner, upstream)
    assert "name" in connect(owner, upstream).context["form"].errors


def test_an_empty_key_field_keeps_the_key_and_another_place_clears_it(
    owner: Client, upstream: Listener
) -> None:
    connect(owner, upstream)
    page = f"/connections/{Connection.objects.get(name='Study PC').pk}/"
    owner.post(page, {"base_url": upstream.base_url, "at_home": "on"})
    assert Connection.objects.get(name="Study PC").open_credential() == SECRET
    with listening(lambda path: (200, {}, MODELS)) as another:
        answer = owner.post(page, {"base_url": another.base_url, "at_home": "on"}, follow=True)
        assert another.headers("authorization") == []
    assert "the stored key was cleared" in answer.content.decode()
    assert Connection.objects.get(name="Study PC").credential == ""


def test_test_now_answers_with_a_sentence(owner: Client, upstream: Listener) -> None:
    connect(owner, upstream)
    page = f"/connections/{Connection.objects.get(name='Study PC').pk}/test/"
    assert owner.get(page).status_code == 405
    whole = owner.post(page, follow=True).content.decode()
    piece = owner.post(page, headers={"hx-request": "true"}).content.decode()
    for text in (whole, piece):
        assert "Study PC answers and lists 2 models." in text
    assert "<html" not in piece


def test_a_connection_goes_off_and_on_and_away(owner: Client, upstream: Listener) -> None:
    connect(owner, upstream)
    page = f"/connections/{Connection.objects.get(name='Study PC').pk}"
    undo = owner.post(f"{page}/off/", follow=True).content.decode()
    assert f'action="{page}/on/"' in undo
    assert not Connection.objects.get(name="Study PC").is_enabled
    owner.post(f"{page}/on/")
    assert Connection.objects.get(name="Study PC").is_enabled
    owner.post(f"{page}/removal/")
    assert not Connection.objects.filter(name="Study PC").exists()


def test_providers_are_found_by_name(owner: Client) -> None:
    Provider.objects.create(slug="mistral", name="Mistral AI", base_url="https://m.example/v1")
    Provider.objects.create(slug="groq", name="Groq", base_url=None)
    page = owner.get("/connections/new/?q=mist").content.decode()
    assert "m.example" in page
    assert "Groq" not in page
    piece = owner.get("/connections/new/?q=mist", headers={"hx-request": "true"})
    assert "<html" not in piece.content.decode()
    assert "HX-Request" in piece["Vary"]
    assert owner.get("/connections/new/?q=%00").status_code == 200


def test_the_best_known_providers_come_first(owner: Client) -> None:
    for slug in ("abc", "Zed", "groq", "openai"):
        Provider.objects.create(slug=slug, name=slug.title())
    page = owner.get("/connections/new/").content.decode()
    shown = ["At home", "Openai", "Groq", "All others, by name", "Abc", "Zed"]
    assert sorted(shown, key=page.index) == shown
    assert Page(page).problems == []
    found = owner.get("/connections/new/?q=abc").content.decode()
    assert "Abc" in found and "All others" not in found


def test_the_demonstration_cannot_be_connected_or_removed(owner: Client) -> None:
    provider, _ = Provider.objects.get_or_create(slug="gatehouse", defaults={"name": "Gatehouse"})
    demo, _ = Connection.objects.get_or_create(
        provider=provider, defaults={"name": "Demo model", "base_url": "unix:demo"}
    )
    assert owner.get("/connections/new/gatehouse/").status_code == 404
    owner.post(f"/connections/{demo.pk}/removal/")
    assert Connection.objects.filter(pk=demo.pk).exists()


def test_the_last_good_test_is_told_when_a_later_one_fails(cast: Cast, client: Client) -> None:
    answer = {"status": 200}
    client.force_login(cast.owner)
    with listening(lambda path: (answer["status"], {}, MODELS)) as upstream:
        connect(client, upstream)
        page = f"/connections/{Connection.objects.get(name='Study PC').pk}/test/"
        assert "last well" not in client.get("/connections/").content.decode()
        answer["status"] = 500
        text = client.post(page, follow=True).content.decode()
    assert "has trouble of its own" in text
    assert "last well" in text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"credential": ""}, "Mistral AI has no key any more, so no call goes there."),
        ({"credential": "locked with other secrets"}, "does not open with the house"),
        ({"test_code": "unauthorized"}, "does not accept the key"),
        ({"test_code": "keyless"}, "wants a key"),
    ],
)
def test_a_connection_without_a_key_that_works_shows_the_way_out(
    owner: Client, fields: dict[str, str], sentence: str
) -> None:
    mistral = Provider.objects.create(slug="mistral", name="Mistral AI")
    connection = Connection.objects.create(
        provider=mistral, name="Mistral AI", base_url="https://m.example/v1"
    )
    connection.set_credential(SECRET)
    for name, value in fields.items():
        setattr(connection, name, value)
    connection.save()
    page = owner.get("/connections/").content.decode()
    assert sentence in page
    assert f'href="/connections/{connection.pk}/#id_credential">Enter a key</a>' in page


def test_a_machine_at_home_needs_no_key(owner: Client, upstream: Listener) -> None:
    connect(owner, upstream, credential="")
    page = owner.get("/connections/").content.decode()
    assert "no key any more" not in page
    assert "Enter a key" not in page


def test_the_place_at_home_is_named_before_it_is_saved(owner: Client, upstream: Listener) -> None:
    words = f"It may then reach 127.0.0.1, port {upstream.port}, and nothing else there."
    refused = connect(owner, upstream, at_home="")
    assert words in refused.content.decode()
    connect(owner, upstream)
    page = f"/connections/{Connection.objects.get(name='Study PC').pk}/"
    assert words in owner.get(page).content.decode()
    assert "It may then reach" not in owner.get("/connections/new/custom/").content.decode()
