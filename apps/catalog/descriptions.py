"""What a model is, in our own words, where somebody wrote some: `data/descriptions.toml`, by
family. Most models have none, and none is made up."""

import tomllib
from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import NamedTuple

FAMILIES = Path(__file__).parent / "data" / "descriptions.toml"


class Family(NamedTuple):
    """`takes`, `makes` and `open` are what the words claim of every model that fits."""

    models: str
    words: str
    takes: Sequence[str] = ()
    makes: Sequence[str] = ()
    open: bool = False


@cache
def families() -> tuple[Family, ...]:
    return tuple(Family(**one) for one in tomllib.loads(FAMILIES.read_text())["family"])


def family_of(slug: str) -> Family | None:
    """The first that fits the model; a variant is the same model."""
    base = slug.partition(":")[0]
    return next((one for one in families() if fnmatchcase(base, one.models)), None)


def description_of(slug: str) -> str:
    """Empty where nobody wrote one."""
    family = family_of(slug)
    return family.words if family else ""
