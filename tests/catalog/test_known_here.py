"""What this house knows of an endpoint goes before what the public knows of it, on every page."""

import pytest
from django.test import Client

from apps.catalog.filters import Around
from apps.catalog.known_here import known_here
from apps.catalog.listing import Listing, Offer
from apps.catalog.models import Provider, Source
from apps.connections.models import Connection
from tests.cast import Cast
from tests.catalog.shelf import at, entry, offer


def shelf_of(*offers: Offer) -> Listing:
    model = entry("acme/one", offers=offers)
    return Listing({model.slug: model}, {}, {})


def words(*offers: int, **around: frozenset[int]) -> list[list[str]]:
    listing = shelf_of(*(at("acme", endpoint_id=pk) for pk in offers))
    found = known_here(listing, Around(**around))  # type: ignore[arg-type]
    return [[badge.words for badge in one.badges] for one in found.entries["acme/one"].offers]


def test_only_what_the_house_knows_more_of_is_told_otherwise() -> None:
    home = ["At home", "Keeps nothing", "No training"]
    assert words(1, 2, at_home=frozenset({1})) == [home, []]
    both = {"keep_nothing": frozenset({2}), "never_train": frozenset({1, 2})}
    assert words(1, 2, **both) == [[], ["Zero retention agreed", "No training"]]
    listing = shelf_of(at("acme", endpoint_id=1))
    assert known_here(listing, Around()) is listing


def test_what_the_public_knows_as_well_needs_no_agreement() -> None:
    kind = at("acme", endpoint_id=1, keeps_nothing=True, never_trains=True)
    listing = shelf_of(kind)
    one = frozenset({1})
    known = known_here(listing, Around(keep_nothing=one, never_train=one))
    assert known.entries["acme/one"] is listing.entries["acme/one"]


def test_a_listing_is_made_once_until_the_house_knows_otherwise() -> None:
    listing = shelf_of(at("acme", endpoint_id=1))
    home = Around(at_home=frozenset({1}))
    known = known_here(listing, home)
    assert known_here(listing, home) is known
    moved = known_here(listing, Around(at_home=frozenset({2})))
    assert moved.entries["acme/one"] is listing.entries["acme/one"]
    assert known_here(listing, home).entries["acme/one"].badges


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "/models/study/tiny/",
        "/models/?q=tiny",
        "/models/?q=tiny&fmt=cards",
        "/compare/?m=study/tiny",
    ],
)
def test_a_model_at_home_is_at_home_on_every_page(cast: Cast, client: Client, address: str) -> None:
    endpoint = offer("study/tiny", Provider.CUSTOM, source=Source.OWN, policy={})
    Connection.objects.create(
        provider=endpoint.provider,
        name="Study",
        base_url="http://10.0.0.9:1234/v1",
        is_at_home=True,
    )
    client.force_login(cast.owner)
    page = client.get(address).content.decode()
    assert "At home" in page
    assert "May train" not in page and "No source says" not in page
    assert "0 of 1 endpoint" not in page


@pytest.mark.django_db
def test_a_place_of_ones_own_bears_its_own_name_and_charges_nothing_it_does_not_say(
    cast: Cast, client: Client
) -> None:
    endpoint = offer("study/tiny", Provider.CUSTOM, source=Source.OWN, policy={}, pricing={})
    Connection.objects.create(
        provider=endpoint.provider,
        name="Attic machine",
        base_url="http://10.0.0.9:1234/v1",
        is_at_home=True,
    )
    client.force_login(cast.owner)
    page = client.get("/models/study/tiny/").content.decode()
    assert page.count("<b>Attic machine</b>") == 2 and "<b>Custom</b>" not in page
    assert "no price is entered: no charge" in page and "not known" not in page
