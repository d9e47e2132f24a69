"""Models that a household enters by hand, for the tests of these pages."""

from typing import Any

from django.http import HttpResponse
from django.test import Client

from apps.accounts.models import Household
from apps.catalog.models import Endpoint, Provider
from apps.connections.models import Connection
from apps.connections.saving import save_connection
from apps.gateway.snapshot import load_catalog
from apps.routing.types import Candidate
from tests.cast import Cast
from tests.catalog.shelf import connect, offer
from tests.pages.markup import Page

WISH = {
    "upstream_id": "llama3.3:70b",
    "name": "Llama 3.3 70B",
    "slug": "",
    "open_weights": "open",
    "prompt": "",
    "completion": "",
    "cached": "",
    "context_length": "131,072",
    "max_completion_tokens": "8192",
    "abilities": ["tools", "temperature"],
    "input_modalities": ["text", "image"],
    "output_modalities": ["text"],
    "trains": "unknown",
    "keeps": "",
    "source": "",
    "note": "",
}


def place(name: str, cast: Cast, client: Client, **facts: Any) -> Connection:
    custom, _ = Provider.objects.get_or_create(slug="custom", defaults={"name": "Custom"})
    usual = {"base_url": "http://127.0.0.1:11434/v1", "credential": "", "at_home": True}
    made = save_connection(custom, name, **{**usual, **facts}, by=cast.owner)
    client.force_login(cast.owner)
    return made


def add(client: Client, at: Connection, **facts: Any) -> HttpResponse:
    answer = client.post(f"/connections/{at.pk}/models/new/", {**WISH, **facts})
    if answer.status_code != 302:
        assert Page(answer.content.decode()).problems == []
    return answer


def only() -> Endpoint:
    return Endpoint.objects.select_related("model").get(own_link__is_by_hand=True)


def candidate(slug: str) -> Candidate:
    (found,) = load_catalog().routes[slug]
    return found


def version() -> int:
    return Household.objects.get(id=1).policy_version


def acme_one(cast: Cast) -> Endpoint:
    """A catalogue model that is connected."""
    kinds = {"input_modalities": ["text"], "output_modalities": ["text"]}
    made = offer("acme/one", "acme", **kinds, context_length=8000)
    connect("acme", cast)
    return made
