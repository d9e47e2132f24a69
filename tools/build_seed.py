"""Builds apps/catalog/data/seed.json from pinned packages: same inputs, same bytes.

    python -m tools.build_seed --wheels DIR

A maintainer's tool, run from the checkout. It reads a folder of wheels and downloads nothing; the
product never uses it.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from itertools import groupby
from pathlib import Path
from typing import Any

from apps.catalog.allow_list import free_places
from apps.catalog.naming.aliases import Aliases
from apps.catalog.naming.words import title
from tools.seed import read_litellm, read_liter, read_models_dev, read_profiles
from tools.seed.inputs import HERE, InputError, open_sources
from tools.seed.late import find_late
from tools.seed.merge import NEWEST, Endpoint, Review, Sources, build_endpoints
from tools.seed.models import build_model, share_temperature
from tools.seed.read_genai import PriceList
from tools.seed.rows import Row, by_place
from tools.seed.slugs import Slugs
from tools.seed.write import endpoint_json, provider_json, source_json, write_seed

ROOT = Path(__file__).parent.parent
PINS = ROOT / "tools" / "seed_inputs.txt"
SEED = ROOT / "apps" / "catalog" / "data" / "seed.json"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--wheels", type=Path, required=True, help="folder with the pinned wheels")
    parser.add_argument("--out", type=Path, default=SEED, help="where to write the seed")
    parser.add_argument("--review", type=Path, help="where to write what a person should look at")
    options = parser.parse_args(arguments)
    review = Review()
    try:
        counts = build(options.wheels, out=options.out, review=review)
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    if options.review:
        options.review.write_text("\n".join(review.lines) + "\n")
    print(", ".join(f"{count} {name}" for name, count in counts.items()))
    return 0


def build(wheels: Path, *, out: Path, review: Review) -> dict[str, int]:
    facts = tomllib.loads((HERE / "providers.toml").read_text())
    aliases = Aliases()
    sources = read_sources(wheels, facts=facts)
    sources.late = find_late(sources, aliases=aliases)
    listed = [
        r
        for r in (*sources.newest.values(), *sources.profiles.values())
        if r.provider == "openrouter"
    ]
    slugs = Slugs(listed, aliases=aliases)
    endpoints = build_endpoints(sources, aliases=aliases, slugs=slugs, review=review)
    share_temperature(endpoints)
    sections = {
        "sources": [source_json(one) for one in sources.labels.values()],
        "authors": list_authors(endpoints),
        "providers": [provider_json(slug, facts[slug]) for slug in sorted(facts)],
        "models": list_models(endpoints, profiles=list(sources.profiles.values())),
        "endpoints": [endpoint_json(one, labels=sources.labels) for one in endpoints],
    }
    write_seed(out, day=sources.day, sections=sections)
    served = {"providers served": len({one.provider for one in endpoints})}
    return {**{name: len(entities) for name, entities in sections.items()}, **served}


def read_sources(wheels: Path, *, facts: dict[str, dict[str, Any]]) -> Sources:
    day, labels = open_sources(wheels, pins=PINS)
    slugs = {theirs: slug for slug, fact in facts.items() for theirs in fact["models_dev"]}
    litellm = {theirs: slug for slug, fact in facts.items() for theirs in fact.get("litellm", [])}
    return Sources(
        day=day,
        labels=labels,
        newest=by_place(read_liter.read_rows(labels[NEWEST], slugs=slugs)),
        rich=by_place(read_models_dev.read_rows(labels["models-dev"], slugs=slugs)),
        profiles=by_place(
            read_profiles.read_rows(labels["langchain-openrouter"], provider="openrouter")
        ),
        extras=dict(read_litellm.read_extras(labels["litellm"], slugs=litellm)),
        prices=PriceList(labels["genai-prices"], day=day),
        price_providers={
            s: fact["genai_prices"] for s, fact in facts.items() if "genai_prices" in fact
        },
        free=free_places(),
    )


def list_models(endpoints: list[Endpoint], *, profiles: list[Row]) -> list[dict[str, Any]]:
    by_slug = {profile.upstream_id: profile for profile in profiles}
    grouped = groupby(sorted(endpoints, key=lambda one: one.slug), key=lambda one: one.slug)
    return [build_model(slug, list(group), profile=by_slug.get(slug)) for slug, group in grouped]


def list_authors(endpoints: list[Endpoint]) -> list[dict[str, str]]:
    names = tomllib.loads((HERE / "authors.toml").read_text())
    slugs = sorted({one.slug.split("/")[0] for one in endpoints})
    return [{"slug": slug, "name": names.get(slug, title(slug))} for slug in slugs]


if __name__ == "__main__":
    sys.exit(main())
