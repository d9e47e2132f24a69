"""What a source says about one model at one provider, in one shape for all sources. None (or a
name that is missing) means that it does not say; nothing is guessed."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from apps.catalog.allow_list import Place
from apps.catalog.prices import Pricing


@dataclass(frozen=True)
class Offer:
    provider: str
    upstream_id: str
    name: str | None = None
    pricing: Pricing | None = None
    context_length: int | None = None
    max_completion_tokens: int | None = None
    inputs: frozenset[str] | None = None
    outputs: frozenset[str] | None = None
    abilities: Mapping[str, bool] = field(default_factory=dict)
    released_on: date | None = None
    knowledge_cutoff: str | None = None
    open_weights: bool | None = None
    is_deprecated: bool | None = None
    expires_on: date | None = None

    @property
    def place(self) -> Place:
        return Place(self.provider, self.upstream_id.lower())


@dataclass
class Said:
    """`unread`: listed, but in a way that makes no sense; they stay as they stand."""

    offers: list[Offer] = field(default_factory=list)
    unread: set[Place] = field(default_factory=set)
    providers: set[str] = field(default_factory=set)
    left_out: Counter[str] = field(default_factory=Counter)
    rows: int = 0
