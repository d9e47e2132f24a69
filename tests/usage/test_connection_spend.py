"""What was spent through each connection this month, as its card tells it."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.zone import household_zone, month_start
from apps.catalog.models import Author, Endpoint, LanguageModel, Provider
from apps.connections.models import Connection, ConnectionEndpoint
from apps.usage.connection_spend import spending
from tests.cast import Cast, make_quarter


def endpoint(provider: Provider, name: str) -> Endpoint:
    author, _ = Author.objects.get_or_create(slug="mill", defaults={"name": "Mill"})
    model = LanguageModel.objects.create(slug=f"mill/{name}", author=author, name=name)
    return Endpoint.objects.create(
        key=f"mill/{name}@{provider.slug}", model=model, provider=provider, upstream_id=name
    )


def connect(provider: Provider, name: str) -> Connection:
    return Connection.objects.create(provider=provider, name=name, base_url="https://m.example")


def spend(cast: Cast, where: Endpoint, usd: str, when: datetime, calls: int = 1) -> None:
    made_by = {"model": where.model.slug, "endpoint_id": where.pk, "requests": calls}
    make_quarter(cast, cast.owner, usd, at=when, **made_by)


@pytest.fixture
def began(cast: Cast) -> datetime:
    return month_start(timezone.now(), household_zone())


def test_each_has_its_own_and_what_its_provider_shares(cast: Cast, began: datetime) -> None:
    mill = Provider.objects.create(slug="mill-house", name="Mill House")
    well = Provider.objects.create(slug="well-house", name="Well House")
    one, two, alone = connect(mill, "One"), connect(mill, "Two"), connect(well, "Alone")
    shared, mine, other = endpoint(mill, "shared"), endpoint(mill, "mine"), endpoint(well, "other")
    ConnectionEndpoint.objects.create(connection=two, endpoint=mine)
    spend(cast, shared, "1.50", began)
    spend(cast, shared, "0.25", began + timedelta(minutes=15), calls=3)
    spend(cast, shared, "9", began - timedelta(minutes=15))
    spend(cast, mine, "0.10", began)
    spend(cast, other, "2", began)
    found = [
        (connection.name, spent.month_usd, spent.requests, spent.shared_by)
        for connection, spent in spending([one, two, alone], now=timezone.now())
    ]
    assert found == [
        ("One", Decimal("1.75"), 4, 2),
        ("Two", Decimal("1.85"), 5, 2),
        ("Alone", Decimal("2"), 1, 1),
    ]


def test_the_cards_say_it(cast: Cast, client: Client, began: datetime) -> None:
    mill = Provider.objects.create(slug="mill-house", name="Mill House")
    connect(mill, "One")
    spend(cast, endpoint(mill, "shared"), "1.50", began, calls=2)
    client.force_login(cast.owner)
    page = client.get("/connections/").content.decode()
    assert "$1.50 this month, 2 calls" in page
    assert "together" not in page
    assert "Nothing spent here this month." in page
    connect(mill, "Two")
    page = client.get("/connections/").content.decode()
    assert "all 2 connections to Mill House together" in page
