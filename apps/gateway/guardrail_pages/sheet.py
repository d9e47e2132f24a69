"""All forms of one guardrail's page, filled with what stands or with what was typed, and the rail
they ask for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.forms import BaseForm, BoundField

from apps.gateway.guardrail_pages.forms import HELD, LABELS, MEANS, MEANS_NOT, GuardrailForm
from apps.gateway.guardrail_pages.rule_forms import (
    RecognisedForm,
    WordsForm,
    patterns_form,
    recognised,
)
from apps.gateway.guardrail_pages.subjects import Above, Subject
from apps.gateway.snapshot import Catalog
from apps.guardrails.rail import (
    DETECTOR,
    LISTS,
    PATTERN,
    PRICES,
    WORDS,
    Rail,
    RailRule,
    Strength,
    strengths,
)
from apps.routing.redaction.detectors import DETECTORS


@dataclass(frozen=True)
class Switch:
    """As it stands on the page: `lock` says who asks for it, `effect` how many models it closes."""

    name: str
    field: BoundField
    means_not: str
    lock: str
    effect: str

    @property
    def is_on(self) -> bool:
        return bool(self.lock or self.field.value())


class Sheet:
    """`data` is what was sent, or None."""

    def __init__(self, data: Any, *, subject: Subject, catalog: Catalog) -> None:
        self.subject, self.rail = subject, subject.rail
        rules = self.rail.rules
        self.asked_rules = _asked_rules(subject.above)
        self.main = GuardrailForm(
            data,
            rail=self.rail,
            catalog=catalog,
            above=_merged(subject.above),
            stored_chats=subject.stored_chats if subject.may_change else 0,
        )
        self.recognised = recognised(data, rules=rules, asked=self.asked_rules, begins=self._begins)
        listed = [rule for rule in rules if rule.kind == WORDS]
        self.words = WordsForm(data, standing=listed[0] if listed else None, covers=subject.covers)
        self.patterns = patterns_form(data, standing=[one for one in rules if one.kind == PATTERN])
        unshown = [one for one in rules if one.kind == DETECTOR and one.detector not in DETECTORS]
        self._unshown = (*listed[1:], *unshown)

    @property
    def is_right(self) -> bool:
        """Nothing was typed yet, or all of it holds."""
        forms = [self.main, *self.recognised, self.words, *self.patterns.forms]
        found = [self.patterns.is_valid(), *(one.is_valid() for one in forms)]
        return not self.main.is_bound or all(found)

    def draft(self) -> Rail:
        """What was typed, once it is right."""
        facts = self.main.facts()
        chosen = [rule for form in self.recognised if (rule := form.rule()) is not None]
        words = self.words.rule()
        own = [*([words] if words else []), *self.patterns.rules(), *self._unshown]
        if self._begins and not facts["scrubs"] and not own and chosen == _usual():
            chosen = []  # offered, and not taken
        rules = [*chosen, *own]
        if not rules or (own and not self.rail.rules):  # nobody lists what is not to be acted on
            facts["scrubs"] = True
        return Rail(**facts, rules=tuple(rules))

    @property
    def problems(self) -> Iterator[tuple[str, str, str]]:
        """Whatever is wrong: the field's id, its name, and the sentence."""
        yield from (("", "", str(one)) for one in self.main.non_field_errors())
        yield from (("", "", str(one)) for one in self.patterns.non_form_errors())
        for form in (self.main, *self.recognised, self.words, *self.patterns.forms):
            for name in form.errors:
                if name in form.fields:
                    yield from _problems(form, form[name])

    def switches(self, effects: Mapping[str, str]) -> list[Switch]:
        locks = self.locks
        return [
            Switch(
                name=name,
                field=self.main[name],
                means_not=MEANS_NOT.get(name, ""),
                lock=locks.get(name, ""),
                effect=effects.get(name, ""),
            )
            for name in MEANS
        ]

    @property
    def _begins(self) -> bool:
        """Nothing was ever chosen here, and nobody above asks for scrubbing."""
        return not self.rail.rules and not self.main.fields["scrubs"].disabled

    @property
    def is_typed(self) -> bool:
        return self.main.is_bound

    @property
    def on_count(self) -> int:
        return sum(one.is_on for one in self.recognised)

    @property
    def has_listed(self) -> bool:
        """Whether a list, a price or another of the small rules says something, or is wrong."""
        names = ("only_free", "only_at_home", "blocks_media", *LISTS, *PRICES)
        return any(self.main[name].value() or self.main[name].errors for name in names)

    # --- what stands above ---

    @property
    def locks(self) -> dict[str, str]:
        """Who asks for a switch that is locked therefore."""
        found: dict[str, str] = {}
        for above in reversed(self.subject.above):
            demands = {name: getattr(above.rail, name) for name in HELD}
            demands["scrubs"] = above.rail.acting
            found |= {name: above.words for name, demand in demands.items() if demand}
        return found

    @property
    def least_prices(self) -> dict[str, Decimal]:
        """What the rails above allow at most."""
        rail = _merged(self.subject.above)
        found = {name: getattr(rail, name) for name in ("max_prompt_price", "max_completion_price")}
        return {name: price for name, price in found.items() if price is not None}

    @property
    def lists_above(self) -> list[str]:
        return [
            f"{above.who} has lists of its own; a model must pass all of them."
            for above in self.subject.above
            if any(getattr(above.rail, name) for name in LISTS)
        ]

    @property
    def kept_above(self) -> list[str]:
        """Lists of rails above, counted alone: their words are for who looks after them."""
        return [
            f"{above.who} has {_counted(above.rail.acting)} as well."
            for above in self.subject.above
            if any(rule.kind != DETECTOR for rule in above.rail.acting)
        ]


def _usual() -> list[RailRule]:
    return [
        RailRule(DETECTOR, one.name, one.usual_action.name.lower(), "all", slug)
        for slug, one in DETECTORS.items()
    ]


def _merged(above: tuple[Above, ...]) -> Rail:
    rails = [one.rail for one in above]
    facts: dict[str, Any] = {name: any(getattr(one, name) for one in rails) for name in HELD}
    for name in ("max_prompt_price", "max_completion_price"):
        prices = [getattr(one, name) for one in rails]
        facts[name] = min((price for price in prices if price is not None), default=None)
    return Rail(**facts, rules=tuple(rule for one in rails for rule in one.acting))


def _asked_rules(above: tuple[Above, ...]) -> dict[str, Strength]:
    """By detector, the strictest that a rail above says of it."""
    found = strengths(rule for one in above for rule in one.rail.acting)
    return {thing.what: strength for thing, strength in found.items() if thing.kind == DETECTOR}


def _counted(rules: tuple[RailRule, ...]) -> str:
    words = sum(len(rule.private.words) for rule in rules if rule.kind == WORDS and rule.private)
    patterns = sum(rule.kind == PATTERN for rule in rules)
    parts = [f"{words} word{'' if words == 1 else 's'} of its own"] if words else []
    parts += [f"{patterns} pattern{'' if patterns == 1 else 's'}"] if patterns else []
    return " and ".join(parts) or "rules of its own"


def _problems(form: BaseForm, field: BoundField) -> Iterator[tuple[str, str, str]]:
    label = LABELS.get(field.name, str(field.label))
    if isinstance(form, RecognisedForm):
        label = form.detector.name
    yield from ((field.auto_id, label, str(error)) for error in field.errors)
