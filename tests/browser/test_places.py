"""The list of pages is complete: a new address stands in it, or says why not."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.urls.exceptions import Resolver404

from tests.browser.places import LEFT_OUT, PLACES, Place

FACTS = {
    "chat": 1,
    "key": 1,
    "member": 1,
    "frozen_key": 1,
    "connection": 1,
    "call": "gen-1",
    "budget": 1,
    "private": 1,
    "pills": 1,
    "own_model": 1,
    "endpoint": 1,
    "catalogue_model": 1,
}


def addresses(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}"
        else:
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from addresses(pattern, space + inner)


def seen(place: Place) -> str:
    try:
        return resolve(place.address(FACTS).partition("?")[0]).view_name
    except Resolver404:
        return ""


def test_every_page_is_walked_or_has_a_reason() -> None:
    all_of_them = {name for name in addresses(get_resolver()) if not name.startswith("api-")}
    walked = set(map(seen, PLACES)) - {""}
    assert sorted(all_of_them - walked - set(LEFT_OUT)) == []
    assert sorted((walked & set(LEFT_OUT)) | (set(LEFT_OUT) - all_of_them)) == []


@pytest.mark.parametrize("place", [one for one in PLACES if not seen(one)], ids=str)
def test_what_leads_nowhere_is_there_for_that(place: Place) -> None:
    assert place.status == 404


def test_every_picture_has_a_name_of_its_own() -> None:
    assert len({place.name for place in PLACES}) == len(PLACES)
