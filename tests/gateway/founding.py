"""Makes the house that the trips are taken in, once for a whole test run: a program of its own, on
an empty database, since the tests' own database belongs to other tests. Prints the keys."""

import json
import os
import sys
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

PASSWORD = "a lamp above the gate"
FIRST_PRICES = {"prompt": "1.5", "completion": "6"}
SECOND_PRICES = {"prompt": "3", "completion": "12"}
# Holds its cost to the last digit; holds what its cap allows, at a cent for 100 tokens.
CENT_PRICES = {"prompt": "0", "completion": "0", "request": "0.01"}
BY_CAP_PRICES = {"prompt": "0", "completion": "100"}
TIERED_PRICES = {
    "prompt": "1.5",
    "completion": "6",
    "input_cache_read": "0.15",
    "reasoning": "7",
    "request": "0.002",
    "overrides": [{"min_prompt_tokens": 1000, "prompt": "3", "completion": "9"}],
}
SEARCHING_PRICES = {**FIRST_PRICES, "web_search": "0.01"}
CREDENTIAL = "sk-test-credential-of-the-upstream"
# Slug → (provider, connection, prices, further facts of the endpoint).
FIRST, SECOND, AWAY = "First", "Second", "Away"
ENDPOINTS: list[tuple[str, str, str, dict[str, Any], dict[str, Any]]] = [
    ("test/one", "custom", FIRST, FIRST_PRICES, {}),
    ("test/free", "custom", FIRST, {}, {}),
    ("test/tiered", "custom", FIRST, TIERED_PRICES, {}),
    ("test/searching", "custom", FIRST, SEARCHING_PRICES, {}),
    ("test/uncapped", "custom", FIRST, FIRST_PRICES, {"max_completion_tokens": None}),
    ("test/reads-on", "reads-on", FIRST, FIRST_PRICES, {}),
    ("test/who-knows", "who-knows", FIRST, FIRST_PRICES, {}),
    ("test/unpriced", "who-knows", FIRST, {}, {}),
    ("test/router", "openrouter", FIRST, FIRST_PRICES, {}),
    ("test/cent", "custom", FIRST, CENT_PRICES, {}),
    ("test/by-cap", "custom", FIRST, BY_CAP_PRICES, {}),
    ("test/away", "custom", AWAY, FIRST_PRICES, {}),
]
# The first bills the whole answer even when nobody listens; then comes one that stops.
ENDPOINTS.append(("test/reads-on-pair", "reads-on", FIRST, FIRST_PRICES, {}))
ENDPOINTS.append(("test/reads-on-pair", "custom", SECOND, SECOND_PRICES, {}))
# Models at both upstreams, the second dearer. Many, since a process remembers what failed: a test
# that makes an endpoint fail takes a model of its own.
PAIRS = 12
for number in range(1, PAIRS + 1):
    ENDPOINTS.append((f"test/pair-{number}", "custom", FIRST, FIRST_PRICES, {}))
    ENDPOINTS.append((f"test/pair-{number}", "custom", SECOND, SECOND_PRICES, {}))
PROVIDERS = {"reads-on": "no", "who-knows": "unknown", "openrouter": "unknown"}


def main() -> None:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print(json.dumps(found()))


def found() -> dict[str, Any]:
    from apps.accounts.models import User
    from apps.keys.models import ApiKey
    from apps.projects.founding import found_house
    from apps.projects.models import Membership, Project

    owner = found_house(token=None, email="owner@house.example", password=PASSWORD)
    project = Project.objects.get()
    _connect_all(User.objects.get(pk=owner.pk))
    member = User.objects.create_user(email="member@house.example")
    Membership.objects.create(project=project, user=member)
    keys = {}
    for name, person in (("main", owner), ("other", owner), ("member", member)):
        row, secret = ApiKey.mint(project=project, owner=person, name=name)
        keys[name] = {"id": row.pk, "secret": secret}
    return {"keys": keys, "project": project.pk, "member": member.pk}


def _connect_all(owner: Any) -> None:
    from apps.catalog.models import Author, Endpoint, LanguageModel, Provider, Source
    from apps.connections.models import ConnectionEndpoint
    from apps.connections.saving import save_connection

    author = Author.objects.create(slug="test", name="Test")
    for slug, stops in PROVIDERS.items():
        Provider.objects.create(
            slug=slug,
            name=slug.title(),
            source=Source.OWN,
            stops_on_cancel=stops,
            cap_parameter="max_tokens",
            cap_bounds_reasoning=True,
        )
    for slug, provider_slug, place, prices, facts in ENDPOINTS:
        provider = Provider.objects.get(slug=provider_slug)
        connection = save_connection(
            provider,
            place,
            base_url=address_of(place),
            credential=CREDENTIAL,
            at_home=True,
            by=owner,
        )
        model, _ = LanguageModel.objects.get_or_create(
            slug=slug,
            defaults={"author": author, "name": slug, "source": Source.OWN, "abilities": ["tools"]},
        )
        endpoint = Endpoint.objects.create(
            key=f"{slug}@{provider_slug}/{place.lower()}",
            model=model,
            provider=provider,
            source=Source.OWN,
            upstream_id="scripted-1",
            pricing=prices,
            abilities=["tools", "stream"],
            input_modalities=["text", "image"],
            output_modalities=["text"],
            **{"context_length": 32_000, "max_completion_tokens": 4096, **facts},
        )
        ConnectionEndpoint.objects.create(connection=connection, endpoint=endpoint)


def address_of(place: str, port: int | None = None) -> str:
    """Without a port: a stand-in until the upstream listens."""
    return f"http://127.0.0.1:{port or {FIRST: 50_001, SECOND: 50_002, AWAY: 19_999}[place]}/v1"


if __name__ == "__main__":
    sys.exit(main())
