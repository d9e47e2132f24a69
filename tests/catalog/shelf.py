"""Small catalogues for the tests of its pages."""

from datetime import date
from decimal import Decimal
from typing import Any

from apps.catalog.listing import Entry, Listing, Offer
from apps.catalog.models import Author, Endpoint, LanguageModel, Provider, Source
from apps.connections.models import Connection
from apps.connections.saving import save_connection
from tests.cast import Cast


def entry(slug: str, **facts: Any) -> Entry:
    """At one provider, or at those of `offers`."""
    author, _, name = slug.partition("/")
    known: dict[str, Any] = {
        "slug": slug,
        "name": name.title(),
        "author": author.title(),
        "author_slug": author,
        "released_on": date(2026, 1, 1),
        "context": 128_000,
        "prompt": Decimal("0.5"),
        "completion": Decimal(2),
        "typical": Decimal("0.0013"),
        "is_free": False,
        "has_open_weights": False,
        "takes": frozenset({"text"}),
        "makes": frozenset({"text"}),
        "abilities": frozenset(),
        "providers": {author: author.title()},
    }
    known |= facts
    if "offers" not in known:
        prices = {field: known[field] for field in ("prompt", "completion", "typical")}
        known["offers"] = tuple(
            at(provider, abilities=known["abilities"], **prices) for provider in known["providers"]
        )
    return Entry(**known)


def at(provider: str, **facts: Any) -> Offer:
    """What one provider offers of a model."""
    known: dict[str, Any] = {
        "endpoint_id": 1,
        "provider": provider,
        "prompt": Decimal("0.5"),
        "completion": Decimal(2),
        "typical": Decimal("0.0013"),
        "abilities": frozenset(),
        "max_output": 0,
        "keeps_nothing": False,
        "never_trains": False,
        "badges": (),
    }
    return Offer(**{**known, **facts})


def listing_of(*entries: Entry) -> Listing:
    return Listing(
        entries={one.slug: one for one in entries},
        authors={one.author_slug: one.author for one in entries},
        providers={slug: name for one in entries for slug, name in one.providers.items()},
    )


def offer(slug: str, provider: str, *, source: str = Source.SEED, **facts: Any) -> Endpoint:
    """One endpoint, with the model, author and provider it needs."""
    author, _, name = slug.partition("/")
    made_by, _ = Author.objects.get_or_create(slug=author, defaults={"name": author.title()})
    model, _ = LanguageModel.objects.get_or_create(
        slug=slug,
        defaults={
            "author": made_by,
            "name": facts.pop("name", name),
            "source": source,
            "context_length": 128_000,
            "input_modalities": ["text"],
            "abilities": ["tools"],
        },
    )
    policy = facts.pop("policy", {"trains": "no", "retention_days": 0, "source": "Its terms"})
    runs_at, _ = Provider.objects.get_or_create(
        slug=provider, defaults={"name": provider.title(), "data_policy": policy}
    )
    return Endpoint.objects.create(
        key=f"{slug}{':' + facts['variant'] if 'variant' in facts else ''}@{provider}",
        model=model,
        provider=runs_at,
        upstream_id=name,
        source=source,
        **{"pricing": {"prompt": "0.5", "completion": "2"}, "abilities": ["tools"], **facts},
    )


def connect(provider: str, cast: Cast) -> Connection:
    return save_connection(
        Provider.objects.get(slug=provider),
        provider,
        base_url="https://provider.example/v1",
        credential="sk-test-0123456789",
        at_home=False,
        by=cast.owner,
    )
