"""The settings of one guardrail as plain facts: what a page offers, what the writer stores, and
what compile.py merges."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from apps.routing.redaction.rules import Action

if TYPE_CHECKING:
    from apps.guardrails.models import Guardrail, ScrubRule

DETECTOR, WORDS, PATTERN = "detector", "words", "pattern"


class Private(NamedTuple):
    """What a rule looks for, which is private itself; so it shows nowhere by accident."""

    words: tuple[str, ...] = ()
    pattern: str = ""
    must_match: tuple[str, ...] = ()
    must_not_match: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "Private(…)"


@dataclass(frozen=True, slots=True)
class RailRule:
    """One rule, known by its name within its guardrail. `kind`, `action` and `scope` are values of
    ScrubRule's choices; `private` is None where the house's secrets do not open it."""

    kind: str
    name: str
    action: str
    scope: str = "all"
    detector: str = ""
    private: Private | None = field(default=Private(), repr=False)

    @property
    def strength(self) -> "Strength":
        """A word that nobody knows counts as the strictest."""
        action = Action.__members__.get(self.action.upper(), Action.BLOCK)
        return Strength(action, self.scope != "user")


class Strength(NamedTuple):
    """What is done with a hit, and whether it is looked for in all texts or in a user's alone."""

    action: Action
    everywhere: bool

    def with_other(self, other: "Strength") -> "Strength":
        """The stricter act, the wider scope."""
        return Strength(max(self.action, other.action), max(self.everywhere, other.everywhere))

    def covers(self, other: "Strength") -> bool:
        return self.with_other(other) == self


class Thing(NamedTuple):
    """What a rule looks for: a detector's slug, a pattern, or one word. A rule that does not open
    stands for itself, by its name."""

    kind: str
    what: str

    def __repr__(self) -> str:
        return f"Thing({self.kind})"


@dataclass(frozen=True, slots=True)
class Rail:
    """Everything one guardrail says. Prices are US dollars per million tokens; empty lists mean no
    restriction."""

    zero_retention: bool = False
    no_training: bool = False
    allowed_models: tuple[str, ...] = ()
    denied_models: tuple[str, ...] = ()
    allowed_providers: tuple[str, ...] = ()
    denied_providers: tuple[str, ...] = ()
    max_prompt_price: Decimal | None = None
    max_completion_price: Decimal | None = None
    only_free: bool = False
    only_at_home: bool = False
    blocks_media: bool = False
    scrubs: bool = True
    rules: tuple[RailRule, ...] = ()

    @property
    def acting(self) -> tuple[RailRule, ...]:
        """Its rules, as far as they are switched on; switched off, they are kept."""
        return self.rules if self.scrubs else ()

    @classmethod
    def of(cls, guardrail: "Guardrail") -> "Rail":
        """As it stands in the database; one that was never saved says nothing."""
        facts: dict[str, Any] = {name: getattr(guardrail, name) for name in (*SWITCHES, *PRICES)}
        facts |= {name: tuple(getattr(guardrail, name)) for name in LISTS}
        rules = guardrail.rules.all() if guardrail.pk else ()
        return cls(
            **facts,
            blocks_media=guardrail.media == guardrail.Media.BLOCK,
            rules=tuple(_rule_of(rule) for rule in rules),
        )


SWITCHES = ("zero_retention", "no_training", "only_free", "only_at_home", "scrubs")
LISTS = ("allowed_models", "denied_models", "allowed_providers", "denied_providers")
PRICES = ("max_prompt_price", "max_completion_price")


def looked_for(rule: RailRule) -> Iterable[Thing]:
    if rule.private is None:
        return [Thing("closed", rule.name)]
    if rule.kind == WORDS:
        return [Thing(WORDS, word) for word in rule.private.words]
    return [Thing(rule.kind, rule.private.pattern if rule.kind == PATTERN else rule.detector)]


def strengths(rules: Iterable[RailRule]) -> dict[Thing, Strength]:
    """For each thing the strictest that any rule says of it."""
    found: dict[Thing, Strength] = {}
    for rule in rules:
        mine = rule.strength
        for thing in looked_for(rule):
            found[thing] = mine.with_other(found[thing]) if thing in found else mine
    return found


def _rule_of(rule: "ScrubRule") -> RailRule:
    return RailRule(
        kind=rule.kind,
        name=rule.name,
        action=rule.action,
        scope=rule.scope,
        detector=rule.detector,
        private=rule.opened(),
    )
