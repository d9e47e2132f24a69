"""What was counted, as pages tell it to those who look after the house."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.catalog.models import Provider
from apps.connections.models import Connection
from apps.usage.health.buckets import bucket_of
from apps.usage.models import EndpointHealth
from tests.cast import Cast
from tests.pages.markup import Page


@pytest.fixture
def mill(cast: Cast) -> Connection:
    provider, _ = Provider.objects.get_or_create(slug="custom", defaults={"name": "Custom"})
    return Connection.objects.create(
        provider=provider, name="Mill", base_url="https://m.example", test_code="ok"
    )


def count(connection: Connection, calls: int, **errors: int) -> None:
    EndpointHealth.objects.create(
        starts_at=timezone.now() - timedelta(minutes=2),
        endpoint_id=7,
        connection_id=connection.pk,
        calls=calls,
        limited=0,
        errors=errors,
        latency={bucket_of(900): calls},
        throughput={bucket_of(52): calls},
    )


def test_a_connection_in_trouble_says_so_on_its_card_and_at_home(
    cast: Cast, client: Client, mill: Connection
) -> None:
    count(mill, 40, timeout=10, account=2)
    client.force_login(cast.owner)
    answer = client.get("/connections/")
    page = answer.content.decode()
    assert Page(page).problems == []
    assert 'class="state down"' in page
    assert "In trouble: 12 of 40 calls failed in the last half hour" in page
    assert "40 calls in the last day, an answer begins after 0.9 s, 52 tokens a second." in page
    assert "Of these 10 had no answer in time, 2 were turned away" in page
    assert "calls fail" in client.get("/").content.decode()


def test_one_that_answers_says_no_more_than_it_knows(
    cast: Cast, client: Client, mill: Connection
) -> None:
    count(mill, 3)
    client.force_login(cast.owner)
    page = client.get("/connections/").content.decode()
    assert "Answered all 3 calls of the last day" in page
    assert "Of these" not in page
    assert "calls fail" not in client.get("/").content.decode()
