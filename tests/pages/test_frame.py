"""What surrounds every page: theme, banner, error pages, and how sums and times are written."""

from decimal import Decimal

import pytest
from django.test import Client, RequestFactory
from pytest_django import Settings

from apps.accounts.models import User
from apps.core import money
from apps.core.views import broken
from tests.cast import Cast
from tests.pages.markup import Page


@pytest.mark.parametrize(
    ("value", "short", "exact"),
    [
        ("4.2", "$4.20", "$4.20"),
        ("0", "$0.00", "$0.00"),
        ("0E-12", "$0.00", "$0.00"),
        ("0.0042", "$0.0042", "$0.0042"),
        ("0.01", "$0.01", "$0.01"),
        ("0.00999", "$0.0100", "$0.00999"),
        ("0.00004", "under $0.0001", "$0.00004"),
        ("4E-4", "$0.0004", "$0.0004"),
        ("1234567.891", "$1,234,567.89", "$1,234,567.891"),
        ("0.000341000002", "$0.0003", "$0.000341000002"),
        ("-1.5", "-$1.50", "-$1.50"),
    ],
)
def test_how_sums_are_written(value: str, short: str, exact: str) -> None:
    assert money.usd(Decimal(value)) == short
    assert money.usd_exact(Decimal(value)) == exact


@pytest.mark.parametrize(
    ("value", "shown"),
    [("0.02", "$0.0200"), ("0.0042", "$0.0042"), ("1234.5", "$1,234.5000"), ("0", "$0.00")],
)
def test_what_calls_cost_stands_in_line(value: str, shown: str) -> None:
    assert money.usd_each(Decimal(value)) == shown


def test_nothing_is_a_dash() -> None:
    assert (
        money.usd(None) == money.usd_each(None) == money.usd_exact(None) == money.count(None) == "–"
    )


def test_the_theme_goes_round_and_stays_with_the_person(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    seen = []
    for _ in range(3):
        client.post("/theme/", {"next": "/keys/"})
        page = client.get("/").content.decode()
        seen.append(
            "light" if 'data-theme="light"' in page else "dark" if "data-theme" in page else ""
        )
    assert seen == ["light", "dark", ""]
    assert User.objects.get(pk=cast.member.pk).theme == "system"


@pytest.mark.django_db
def test_the_theme_of_the_device_is_kept_in_a_cookie(client: Client) -> None:
    client.post("/theme/")
    assert 'data-theme="light"' in client.get("/accounts/login/").content.decode()
    client.cookies["gatehouse_theme"] = '"><script>'
    assert "data-theme" not in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example/", "//testserver/", "javascript:x", ""]
)
@pytest.mark.django_db
def test_the_way_back_stays_in_the_house(client: Client, back: str) -> None:
    assert client.post("/theme/", {"next": back})["Location"] == "/"


@pytest.mark.parametrize(
    ("bind", "url_is_https", "warns"),
    [
        ("127.0.0.1", False, False),
        ("::1", False, False),
        ("localhost", False, False),
        ("0.0.0.0", False, True),
        ("192.168.1.4", False, True),
        ("0.0.0.0", True, False),
    ],
)
def test_a_house_in_the_clear_says_so(
    cast: Cast, client: Client, settings: Settings, bind: str, url_is_https: bool, warns: bool
) -> None:
    settings.GATEHOUSE_BIND, settings.IS_HTTPS = bind, url_is_https
    words = b"reached over plain http"
    assert (words in client.get("/accounts/login/").content) is warns
    client.force_login(cast.owner)
    assert (words in client.get("/").content) is warns
    client.force_login(cast.member)
    assert words not in client.get("/").content


@pytest.mark.django_db
def test_error_pages_are_pages_and_below_api_json(client: Client) -> None:
    page = client.get("/no/such/page/")
    assert page.status_code == 404
    assert Page(page.content.decode()).problems == []
    for path, kind in (("/keys/", "text/html"), ("/api/v1/key", "application/json")):
        answer = broken(RequestFactory().get(path))
        assert answer.status_code == 500
        assert answer["Content-Type"].startswith(kind)
    assert Page(broken(RequestFactory().get("/")).content.decode()).problems == []
