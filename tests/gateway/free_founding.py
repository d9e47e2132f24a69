"""The house of the trips with what is free: two that may train, at an account with limits; one that
does not train; one at home; one that has ended; and what the routers choose from."""

import json
import sys
from typing import Any

import django

from tests.gateway.founding import CREDENTIAL, FIRST, SECOND, address_of

GRATIS = {"prompt": "0", "completion": "0"}
ALL = ["tools", "stream", "structured_outputs", "reasoning"]
# Slug → (provider, connection, prices, variant, facts of the endpoint).
GIFTS: list[tuple[str, str, str, dict[str, str], str | None, dict[str, Any]]] = [
    ("gift/one", "openrouter", FIRST, GRATIS, "free", {"abilities": ALL}),
    ("gift/two", "openrouter", FIRST, GRATIS, "free", {}),
    ("gift/kind", "kind", SECOND, GRATIS, "free", {}),
    ("gift/guard", "kind", SECOND, GRATIS, "free", {"abilities": [], "context_length": 900_000}),
    ("gift/old", "kind", SECOND, GRATIS, "free", {"is_listed": False}),
    ("gift/old", "custom", FIRST, {"prompt": "2", "completion": "8"}, None, {}),
    ("auto/cheapest", "custom", FIRST, {"prompt": "0.01", "completion": "0.04"}, None, {}),
    ("auto/sees", "custom", FIRST, {"prompt": "0.02", "completion": "0.08"}, None, {}),
    ("auto/reads-scans", "custom", FIRST, {"prompt": "0", "completion": "0.001"}, None, {}),
    ("auto/long", "custom", SECOND, {"prompt": "0.03", "completion": "0.12"}, None, {}),
    ("auto/all", "custom", SECOND, {"prompt": "0.04", "completion": "0.16"}, None, {}),
]
FACTS: dict[str, dict[str, Any]] = {
    "auto/sees": {"input_modalities": ["text", "image"]},
    "auto/reads-scans": {"abilities": []},
    "auto/long": {"context_length": 500_000},
    "auto/all": {"abilities": ALL, "input_modalities": ["text", "image", "audio"]},
}


def main() -> None:
    django.setup()
    from django.core.management import call_command

    from tests.gateway.founding import found

    call_command("migrate", verbosity=0)
    facts = found()
    _add_gifts()
    print(json.dumps(facts))


def _add_gifts() -> None:
    from apps.catalog.models import Author, Endpoint, LanguageModel, Provider, Source
    from apps.connections.models import ConnectionEndpoint

    author = Author.objects.get(slug="test")
    of_other_trips = LanguageModel.objects.filter(slug__startswith="test/").exclude(slug="test/one")
    of_other_trips.update(is_listed=False)
    Provider.objects.create(
        slug="kind",
        name="Kind",
        source=Source.OWN,
        cap_parameter="max_tokens",
        cap_bounds_reasoning=True,
        data_policy={"trains": "no", "trains_free_tier": "no", "retention_days": 0},
    )
    for slug, provider_slug, place, prices, variant, facts in GIFTS:
        provider = Provider.objects.get(slug=provider_slug)
        connection = _account(provider, place)
        model, _ = LanguageModel.objects.get_or_create(
            slug=slug,
            defaults={"author": author, "name": slug, "source": Source.OWN, "abilities": ["tools"]},
        )
        known = {
            "abilities": ["tools", "stream"],
            "input_modalities": ["text"],
            "context_length": 32_000,
            "max_completion_tokens": 4096,
            **FACTS.get(slug, {}),
            **facts,
        }
        endpoint = Endpoint.objects.create(
            key=f"{slug}@{provider_slug}/{place.lower()}{variant or ''}",
            model=model,
            provider=provider,
            source=Source.OWN,
            variant=variant,
            upstream_id="scripted-1",
            pricing=prices,
            output_modalities=["text"],
            **known,
        )
        ConnectionEndpoint.objects.create(connection=connection, endpoint=endpoint)


def _account(provider: Any, place: str) -> Any:
    """At an address of this machine, and no place of the household's own all the same."""
    from apps.accounts.models import User
    from apps.connections.saving import save_connection

    connection = save_connection(
        provider,
        place,
        base_url=address_of(place),
        credential=CREDENTIAL,
        at_home=True,
        by=User.objects.get(email="owner@house.example"),
    )
    connection.forwards_elsewhere = True
    connection.save()
    return connection


if __name__ == "__main__":
    sys.exit(main())
