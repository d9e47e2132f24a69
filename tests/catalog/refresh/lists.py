"""Lists of the sources as they really look, made up for the tests, and small catalogues to meet
them."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from apps.catalog.allow_list import Place
from apps.catalog.models import Author, Endpoint, LanguageModel, Provider
from apps.catalog.naming.aliases import Aliases
from apps.catalog.refresh import plan as plans
from apps.catalog.refresh.offers import Offer, Said
from apps.catalog.refresh.plan import Plan
from apps.catalog.refresh.sources import SOURCES
from apps.catalog.refresh.standing import Standing

PAYLOADS = Path(__file__).parents[1] / "payloads"
DAY = date(2026, 11, 23)
ALIASES = Aliases()


def written(name: str) -> bytes:
    return (PAYLOADS / name).read_bytes()


def payload(name: str) -> Any:
    return json.loads(written(name), parse_float=Decimal)


def price(prompt: str, completion: str, **others: str) -> dict[str, Decimal]:
    told = {"prompt": prompt, "completion": completion, **others}
    return {name: Decimal(value) for name, value in told.items()}


def offer(place: str, prompt: str = "1", completion: str = "4", **facts: Any) -> Offer:
    provider, _, upstream_id = place.partition("/")
    known: dict[str, Any] = {
        "pricing": price(prompt, completion),
        "context_length": 128_000,
        "inputs": frozenset({"text"}),
        "outputs": frozenset({"text"}),
    }
    return Offer(provider, upstream_id, **{**known, **facts})


def said(*offers: Offer, unread: set[Place] | None = None) -> Said:
    providers = {one.provider for one in offers}
    return Said(list(offers), unread or set(), providers, rows=len(offers))


def stands(*endpoints: Endpoint) -> Standing:
    return Standing(
        authors={one.model.author.slug: one.model.author for one in endpoints},
        providers={
            slug: Provider(slug=slug, name=slug.title())
            for slug in ("acme", "hosts", "openai", "openrouter", "z-ai", "amazon-bedrock")
        },
        models={one.model.slug: one.model for one in endpoints},
        endpoints={one.key: one for one in endpoints},
    )


def endpoint(
    key: str, upstream_id: str = "", *, prompt: str = "1", completion: str = "4", **facts: Any
) -> Endpoint:
    """`author/model@provider/tag`; nothing of it is saved."""
    slug, _, rest = key.partition("@")
    author = slug.partition("/")[0]
    model = LanguageModel(
        slug=slug,
        name=slug,
        author=Author(slug=author, name=author.title()),
        context_length=128_000,
        input_modalities=["text"],
        output_modalities=["text"],
    )
    known: dict[str, Any] = {
        "context_length": 128_000,
        "largest_context_length": 128_000,
        "input_modalities": ["text"],
        "output_modalities": ["text"],
        "pricing": {"prompt": prompt, "completion": completion},
        "price_source": "liter-llm 2.4.0",
        "price_as_of": date(2026, 10, 23),
        "tag": rest.partition("/")[2] or None,
    }
    return Endpoint(
        key=key,
        model=model,
        provider=Provider(slug=rest.partition("/")[0], name=rest),
        upstream_id=upstream_id or slug.partition("/")[2],
        **{**known, **facts},
    )


def planned(
    source: str, told: Said, standing: Standing, *, day: date = DAY, free: set[Place] | None = None
) -> Plan:
    return plans.make(
        SOURCES[source], told, standing, day=day, aliases=ALIASES, free=free or frozenset()
    )
