"""What the household agreed on with a provider, and whether a machine at home hands on what it is
sent: said on the connection's page, shown where it matters, taken back with one press."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import AuditEntry, Household
from apps.catalog.models import Provider
from apps.connections.models import Connection
from apps.connections.saving import save_connection
from apps.gateway.snapshot import load_catalog
from apps.routing.types import Candidate
from tests.cast import Cast
from tests.catalog.shelf import connect, offer
from tests.pages.markup import Page

pytestmark = pytest.mark.django_db
KEEPS = {"trains": "no", "retention_days": 30, "zdr": "on_request"}


@pytest.fixture
def acme(cast: Cast, client: Client) -> Connection:
    offer("acme/one", "acme", policy=KEEPS)
    client.force_login(cast.owner)
    return connect("acme", cast)


def candidate(slug: str = "acme/one") -> Candidate:
    (found,) = load_catalog().routes[slug]
    return found


def version() -> int:
    return Household.objects.get(id=1).policy_version


def say(client: Client, connection: Connection, **facts: str) -> str:
    wish = {"note": "Contract of May, section 4", "on": "2026-05-03", **facts}
    page = client.post(f"/connections/{connection.pk}/zero-retention/", wish, follow=True)
    assert Page(page.content.decode()).problems == []
    return page.content.decode()


def test_what_was_agreed_counts_and_is_shown_until_it_is_taken_back(
    client: Client, cast: Cast, acme: Connection
) -> None:
    assert not candidate().keeps_nothing
    before = version()
    page = say(client, acme)
    assert "Contract of May, section 4" in page and "3 May 2026" in page and str(cast.owner) in page
    assert candidate().keeps_nothing
    assert version() == before + 1, "calls that were judged before are judged anew"
    assert "zero retention agreed" in client.get("/connections/").content.decode()
    assert "Zero retention agreed" in client.get("/models/acme/one/").content.decode()
    client.post(f"/connections/{acme.pk}/zero-retention/withdrawal/")
    assert not candidate().keeps_nothing
    assert version() == before + 2
    assert "Zero retention agreed" not in client.get("/models/acme/one/").content.decode()
    client.post(f"/connections/{acme.pk}/zero-retention/withdrawal/")
    assert version() == before + 2, "a second press changes nothing"
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {
        "connection.zero_retention_attested",
        "connection.zero_retention_withdrawn",
    } <= verbs


def test_strangers_are_not_told_what_was_agreed(client: Client, acme: Connection) -> None:
    say(client, acme)
    client.logout()
    page = client.get("/models/acme/one/").content.decode()
    assert "Keeps 30 days" in page and "agreed" not in page


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"note": " "}, "Say where that stands"),
        ({"note": "x" * 301}, "300"),
        ({"on": ""}, "Say since which day"),
        ({"on": "soon"}, "Enter a day"),
        ({"on": (timezone.now() + timedelta(days=3)).date().isoformat()}, "still to come"),
    ],
)
def test_bad_input_is_refused_in_a_sentence_and_stays_typed(
    client: Client, acme: Connection, facts: dict[str, str], sentence: str
) -> None:
    page = say(client, acme, **facts)
    assert sentence in page
    assert "2026-05-03" in page or "Contract of May" in page
    assert not candidate().keeps_nothing


def test_another_address_ends_what_was_agreed(client: Client, cast: Cast, acme: Connection) -> None:
    say(client, acme)
    before = version()
    save_connection(
        acme.provider,
        acme.name,
        base_url="https://elsewhere.example/v1",
        credential=None,
        at_home=False,
        by=cast.owner,
    )
    assert Connection.objects.get(pk=acme.pk).attested_on is None
    assert version() == before + 1


def test_a_machine_at_home_is_private_unless_it_hands_on(client: Client, cast: Cast) -> None:
    custom, _ = Provider.objects.get_or_create(slug="custom", defaults={"name": "Custom"})
    offer("study/one", "custom", policy={})
    facts = {"base_url": "http://127.0.0.1:11434/v1", "credential": "", "by": cast.owner}
    save_connection(custom, "Study", at_home=True, **facts)  # type: ignore[arg-type]
    private = candidate("study/one")
    assert (private.keeps_nothing, private.may_train, private.stays_home) == (True, False, True)
    before = version()
    save_connection(custom, "Study", at_home=True, forwards=True, **facts)  # type: ignore[arg-type]
    assert version() == before + 1
    passed_on = candidate("study/one")
    assert (passed_on.keeps_nothing, passed_on.may_train) == (False, True)
    assert passed_on.is_at_home and not passed_on.stays_home
    client.force_login(cast.owner)
    assert "hands on" in client.get("/connections/").content.decode()


def test_only_a_place_of_ones_own_is_asked_whether_it_hands_on(
    client: Client, acme: Connection
) -> None:
    assert 'name="forwards"' not in client.get(f"/connections/{acme.pk}/").content.decode()
    assert 'name="forwards"' in client.get("/connections/new/custom/").content.decode()


def test_a_company_reached_at_home_keeps_its_facts(client: Client, cast: Cast) -> None:
    offer("acme/one", "acme", policy=KEEPS)
    save_connection(
        Provider.objects.get(slug="acme"),
        "Proxy",
        base_url="http://127.0.0.1:4000/v1",
        credential="",
        at_home=True,
        by=cast.owner,
    )
    found = candidate()
    assert found.is_at_home and not found.stays_home and not found.keeps_nothing
