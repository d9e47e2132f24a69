"""What may be set of a key: its models, its limits and its end, when it is made and later."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import AuditEntry
from apps.catalog.models import Author, Endpoint, LanguageModel, Provider
from apps.connections.models import Connection
from apps.keys.making import Rules, make_key
from apps.keys.models import ApiKey
from apps.projects.models import Membership, Project
from tests.cast import Cast

SLUGS = ["mill/large", "mill/small", "well/deep"]


@pytest.fixture
def models(cast: Cast) -> Iterator[list[str]]:
    """Two authors; only the mill's models are connected."""
    for author_slug in ("mill", "well"):
        author = Author.objects.create(slug=author_slug, name=author_slug.title())
        provider = Provider.objects.create(slug=f"{author_slug}-house", name=author_slug.title())
        for slug in SLUGS:
            if slug.startswith(author_slug):
                model = LanguageModel.objects.create(slug=slug, author=author, name=slug)
                Endpoint.objects.create(
                    key=f"{slug}@{provider.slug}", model=model, provider=provider, upstream_id=slug
                )
    Connection.objects.create(
        provider=Provider.objects.get(slug="mill-house"), name="Mill", base_url="https://m.example"
    )
    return SLUGS


def wish(cast: Cast, **other: Any) -> dict[str, Any]:
    return {"name": "Open WebUI", "project": str(cast.project.pk), "lifetime": "90", **other}


def test_a_key_is_made_with_its_rules(cast: Cast, client: Client, models: list[str]) -> None:
    client.force_login(cast.member)
    rules = {"allowed_models": SLUGS[:2], "requests_per_minute": "20", "max_in_flight": "2"}
    page = client.post("/keys/new/", wish(cast, **rules)).content.decode()
    key = ApiKey.objects.get()
    assert key.allowed_models == SLUGS[:2]
    assert (key.requests_per_minute, key.max_in_flight) == (20, 2)
    assert '"model": "mill/large"' in page.replace("&quot;", '"')
    page = client.get(f"/keys/{key.pk}/").content.decode()
    for words in ("mill/large", "20 calls a minute", "2 at once"):
        assert words in page


def test_the_picker_shows_every_model_and_what_is_connected_first(
    cast: Cast, client: Client, models: list[str]
) -> None:
    client.force_login(cast.member)
    page = client.get("/keys/new/").content.decode()
    assert page.index("mill/large") < page.index("mill/small") < page.index("well/deep")
    for slug in models:
        assert f'name="allowed_models" value="{slug}"' in page
    assert "1, not connected" in page


@pytest.mark.parametrize(
    ("rules", "field", "sentence"),
    [
        ({"allowed_models": ["mill/large", "no/such"]}, "allowed_models", "no/such is not a model"),
        ({"requests_per_minute": "0"}, "requests_per_minute", "from 1 to 6,000"),
        ({"requests_per_minute": "1e9"}, "requests_per_minute", "from 1 to 6,000"),
        ({"requests_per_minute": "9" * 40}, "requests_per_minute", "from 1 to 6,000"),
        ({"max_in_flight": "-1"}, "max_in_flight", "from 1 to 1,000"),
        ({"max_in_flight": "two"}, "max_in_flight", "from 1 to 1,000"),
        ({"lifetime": "7"}, "lifetime", "valid choice"),
        ({"name": " "}, "name", "Give the key a name"),
        ({"name": "a\x00b"}, "name", "Null characters"),
        ({"form_id": "x"}, "form_id", "UUID"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    cast: Cast, client: Client, models: list[str], rules: dict[str, Any], field: str, sentence: str
) -> None:
    client.force_login(cast.member)
    typed = {"app_name": "Typed with care", "allowed_models": ["mill/small"]}
    answer = client.post("/keys/new/", wish(cast, **{**typed, **rules}))
    assert answer.status_code == 422
    assert sentence in answer.context["form"].errors[field][0]
    page = answer.content.decode()
    assert "Typed with care" in page
    ticked = rules.get("allowed_models", typed["allowed_models"])[0]
    assert f'value="{ticked}" checked' in page
    assert not ApiKey.objects.exists()


def test_a_change_keeps_the_key_and_holds_at_once(
    cast: Cast, client: Client, models: list[str]
) -> None:
    key, _ = make_key(Rules("Laptop"), project=cast.project, owner=cast.member, actor=None)
    before = bytes(key.digest)
    client.force_login(cast.member)
    rules = {"name": "Desk", "lifetime": "as-it-is", "allowed_models": ["well/deep"]}
    answer = client.post(f"/keys/{key.pk}/change/", {**rules, "max_in_flight": "3"}, follow=True)
    assert "It holds from the next call on." in answer.content.decode()
    key.refresh_from_db()
    assert (key.name, key.expires_at, key.allowed_models) == ("Desk", None, ["well/deep"])
    assert (key.max_in_flight, key.requests_per_minute) == (3, None)
    assert bytes(key.digest) == before
    assert key.policy_version == 1
    assert AuditEntry.objects.latest("id").verb == "key.changed"


@pytest.mark.parametrize(("lifetime", "days"), [("as-it-is", 5), ("30", 30), ("never", None)])
def test_the_end_of_a_key_moves_only_when_asked(
    cast: Cast, client: Client, lifetime: str, days: int | None
) -> None:
    ends = timezone.now() + timedelta(days=5)
    key, _ = make_key(
        Rules("Laptop", expires_at=ends), project=cast.project, owner=cast.member, actor=None
    )
    client.force_login(cast.member)
    client.post(f"/keys/{key.pk}/change/", {"name": "Laptop", "lifetime": lifetime})
    key.refresh_from_db()
    if days is None:
        assert key.expires_at is None
    else:
        assert round((key.expires_at - timezone.now()).total_seconds() / 86400) == days


def test_a_model_that_left_the_catalogue_can_be_kept_and_taken_away(
    cast: Cast, client: Client, models: list[str]
) -> None:
    key, _ = make_key(
        Rules("Laptop", allowed_models=("gone/model", "mill/large")),
        project=cast.project,
        owner=cast.member,
        actor=None,
    )
    client.force_login(cast.member)
    page = client.get(f"/keys/{key.pk}/change/").content.decode()
    assert "No longer in the catalogue" in page
    assert 'value="gone/model" checked' in page
    rules = {"name": "Laptop", "lifetime": "as-it-is"}
    for wanted in (["gone/model", "mill/large"], ["mill/large"]):
        answer = client.post(f"/keys/{key.pk}/change/", {**rules, "allowed_models": wanted})
        assert answer.status_code == 302
        key.refresh_from_db()
        assert key.allowed_models == wanted


def test_a_form_sent_twice_makes_one_key_and_shows_it_once(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    form = client.get("/keys/new/").context["form"]
    sent = wish(cast, form_id=str(form["form_id"].value()))
    assert client.post("/keys/new/", sent).status_code == 201
    again = client.post("/keys/new/", sent)
    assert again.status_code == 409
    page = again.content.decode()
    assert "shown already" in page
    assert "gate_live_" not in page
    assert "no-store" in again["Cache-Control"]
    assert ApiKey.objects.count() == 1


def test_a_form_of_somebody_else_says_nothing_of_their_key(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    form = client.get("/keys/new/").context["form"]
    sent = wish(cast, form_id=str(form["form_id"].value()))
    client.post("/keys/new/", sent)
    client.force_login(cast.owner)
    assert client.post("/keys/new/", sent).status_code == 404
    assert ApiKey.objects.count() == 1


def test_only_an_admin_of_the_project_trusts_a_front_end(cast: Cast, client: Client) -> None:
    for person in (cast.member, cast.admin):
        key, _ = make_key(Rules("Kitchen"), project=cast.project, owner=person, actor=None)
        client.force_login(person)
        shown = "is_front_end" in client.get(f"/keys/{key.pk}/change/").content.decode()
        assert shown == (person == cast.admin)
        told = {"name": "Kitchen", "lifetime": "as-it-is", "is_front_end": "on"}
        client.post(f"/keys/{key.pk}/change/", told)
        key.refresh_from_db()
        assert key.is_front_end == (person == cast.admin)
    assert AuditEntry.objects.filter(verb="key.trusted").count() == 1


def test_a_member_who_changes_a_trusted_key_leaves_it_trusted(cast: Cast, client: Client) -> None:
    rules = Rules("Kitchen", is_front_end=True)
    key, _ = make_key(rules, project=cast.project, owner=cast.member, actor=None)
    client.force_login(cast.member)
    client.post(f"/keys/{key.pk}/change/", {"name": "Tablet", "lifetime": "as-it-is"})
    key.refresh_from_db()
    assert (key.name, key.is_front_end) == ("Tablet", True)


def test_a_new_key_of_another_project_is_not_trusted(cast: Cast, client: Client) -> None:
    """Who is an admin somewhere else only."""
    project = Project.objects.create(slug="garden", name="Garden")
    Membership.objects.create(project=project, user=cast.member, role=Membership.Role.ADMIN)
    client.force_login(cast.member)
    answer = client.post("/keys/new/", wish(cast, is_front_end="on"))
    assert answer.status_code == 422
    assert "Only an admin of Home can trust a front end." in answer.content.decode()
    assert client.post("/keys/new/", wish(cast)).status_code == 201
    assert not ApiKey.objects.get().is_front_end
