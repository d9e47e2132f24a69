"""The forms of what may not leave the house as it is: what the house recognises, a list of words,
and patterns with their examples."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.gateway.guardrail_pages.fields import LinesField
from apps.guardrails.differences import ACTIONS, SCOPES
from apps.guardrails.rail import DETECTOR, PATTERN, WORDS, Private, RailRule, Strength
from apps.guardrails.refusing import MOST_RULES
from apps.routing.redaction import patterns, words
from apps.routing.redaction.detectors import DETECTORS, Detector
from apps.routing.redaction.rules import Action

OFF = "off"
ALL = "all"
WHERE = list(SCOPES.items())
USUAL = "restore"
LONGEST_EXAMPLE = 1_000
WORDS_OF = {
    "household": "The household’s words",
    "project": "The project’s words",
    "member": "The member’s words",
    "key": "The key’s words",
}


def acts(*, first: str = "") -> list[tuple[str, str]]:
    """What may be done with a hit, in words; `first` is what it is called when nothing is."""
    named = [(name, words[0].upper() + words[1:]) for name, words in ACTIONS.items()]
    return [(OFF, first), *named] if first else named


class RecognisedForm(forms.Form):
    """One thing the house recognises by itself, and what is done with it."""

    action = forms.ChoiceField(label="What is done")
    scope = forms.ChoiceField(label="Where", choices=WHERE, initial=ALL, required=False)

    def __init__(
        self,
        data: Any,
        *,
        detector: Detector,
        standing: RailRule | None,
        asked: Strength | None,
        begins: bool = False,
    ) -> None:
        told = {"action": standing.action, "scope": standing.scope} if standing else {}
        usual = detector.usual_action.name.lower() if begins and asked is None else OFF
        initial = {"action": usual, "scope": ALL, **told}
        super().__init__(data, prefix=f"d-{detector.slug}", initial=initial)
        self.detector, self.standing, self.asked = detector, standing, asked
        action = self.fields["action"]
        assert isinstance(action, forms.ChoiceField)
        action.required = False
        action.choices = self._choices()

    def _choices(self) -> list[tuple[str, str]]:
        """Where somebody above asks for it, only what is stricter, and what stands here already."""
        if self.asked is None:
            return acts(first="Off")
        least = self.asked.action
        kept = self.standing.action if self.standing else ""
        return [
            one
            for one in acts(first="As asked")
            if one[0] in (OFF, kept) or Action[one[0].upper()] > least
        ]

    @property
    def asked_words(self) -> str:
        return ACTIONS[self.asked.action.name.lower()] if self.asked else ""

    @property
    def is_on(self) -> bool:
        return self.asked is not None or (self["action"].value() or OFF) != OFF

    def rule(self) -> RailRule | None:
        action = self.cleaned_data["action"] or OFF
        if action == OFF:
            return None
        name = self.standing.name if self.standing else self.detector.name
        scope = self.cleaned_data["scope"] or ALL
        return RailRule(DETECTOR, name, action, scope, self.detector.slug)


class WordsForm(forms.Form):
    """Names, streets, schools: one a line. A list that the house's secrets do not open stands as
    it is until another is entered."""

    words = LinesField(label="Words, one a line", rows=6)
    action = forms.ChoiceField(label="What is done", choices=acts(), initial=USUAL, required=False)
    scope = forms.ChoiceField(label="Where", choices=WHERE, initial=ALL, required=False)

    def __init__(self, data: Any, *, standing: RailRule | None, covers: str) -> None:
        told: dict[str, Any] = {}
        if standing:
            private = standing.private or Private()
            told = {"words": private.words, "action": standing.action, "scope": standing.scope}
        super().__init__(data, prefix="w", initial={"action": USUAL, "scope": ALL, **told})
        self.standing, self.name = standing, standing.name if standing else WORDS_OF[covers]

    @property
    def is_closed(self) -> bool:
        return self.standing is not None and self.standing.private is None

    @property
    def count(self) -> int:
        return len(self.standing.private.words) if self.standing and self.standing.private else 0

    def clean_words(self) -> tuple[str, ...]:
        listed: tuple[str, ...] = self.cleaned_data["words"]
        try:
            words.finder(listed)
        except words.WordRefused as refused:
            raise ValidationError(refused.sentence) from None
        return listed

    def rule(self) -> RailRule | None:
        wish = self.cleaned_data
        action, scope = wish["action"] or USUAL, wish["scope"] or ALL
        if wish["words"]:
            return RailRule(WORDS, self.name, action, scope, private=Private(wish["words"]))
        if self.is_closed and self.standing:
            return replace(self.standing, action=action, scope=scope)
        return None


class PatternForm(forms.Form):
    """A pattern of one's own. `was` is the name it has in the database."""

    was = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    name = forms.CharField(
        label="Name",
        max_length=60,
        error_messages={"required": "Give it a name, such as “Customer number”."},
        help_text="Receipts and refusals name it, so let it tell nothing private.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    pattern = forms.CharField(
        label="Pattern",
        strip=False,
        error_messages={"required": "Enter a pattern, or remove this rule."},
        help_text="An RE2 regular expression, such as KD-[0-9]{6}.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
        ),
    )
    must_match = LinesField(
        label="It must find something in", rows=2, help_text="One example a line."
    )
    must_not_match = LinesField(
        label="It must find nothing in", rows=2, help_text="One example a line."
    )
    action = forms.ChoiceField(label="What is done", choices=acts(), initial=USUAL, required=False)
    scope = forms.ChoiceField(label="Where", choices=WHERE, initial=ALL, required=False)
    removes = forms.BooleanField(label="Remove this rule", required=False)

    def __init__(self, *args: Any, by_name: Mapping[str, RailRule], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standing = by_name.get(str(self["was"].value() or ""))

    @property
    def is_empty(self) -> bool:
        return not any(
            str(self[name].value() or "").strip()
            for name in ("name", "pattern", "must_match", "must_not_match")
        )

    @property
    def is_closed(self) -> bool:
        """Kept as it is until another pattern is entered."""
        return self.standing is not None and self.standing.private is None

    @property
    def warning(self) -> str | None:
        """Where it hits what people ordinarily write."""
        try:
            return patterns.warning(str(self["pattern"].value() or ""))
        except Exception:  # refused, which is said as an error
            return None

    def clean(self) -> dict[str, Any]:
        wish = super().clean() or {}
        if wish.get("removes") or self.is_empty:
            self.errors.clear()
        elif wish.get("pattern"):
            self._try_out(wish)
        elif self.is_closed:
            self.errors.pop("pattern", None)
        return wish

    def _try_out(self, wish: Mapping[str, Any]) -> None:
        """Its own examples are run before it is saved."""
        examples = {name: wish.get(name, ()) for name in ("must_match", "must_not_match")}
        for name, lines in examples.items():
            for number, line in enumerate(lines, 1):
                if len(line) > LONGEST_EXAMPLE:
                    self.add_error(name, f"Line {number} is too long for an example.")
        if self.errors.keys() & examples.keys():
            return
        try:
            missed, hit = patterns.unmet(wish["pattern"], **examples)
        except patterns.PatternRefused as refused:
            self.add_error("pattern", refused.sentence)
            return
        for number in missed:
            self.add_error("must_match", f"The pattern finds nothing in line {number}.")
        for number in hit:
            self.add_error("must_not_match", f"The pattern finds something in line {number}.")

    def rule(self) -> RailRule | None:
        wish = self.cleaned_data
        if wish["removes"] or self.is_empty:
            return None
        action, scope = wish["action"] or USUAL, wish["scope"] or ALL
        name = " ".join(wish["name"].split())
        if not wish.get("pattern"):
            return replace(self.standing, action=action, scope=scope) if self.standing else None
        examples = (wish["must_match"], wish["must_not_match"])
        return RailRule(
            PATTERN, name, action, scope, private=Private((), wish["pattern"], *examples)
        )


class BasePatterns(forms.BaseFormSet):  # type: ignore[type-arg]  # none at run time
    """All of them, and an empty one below."""

    default_error_messages = {
        "missing_management_form": "The page came back without its patterns. Load it again.",
        "too_many_forms": f"At most {MOST_RULES} rules fit.",
    }

    def __init__(self, data: Any, *, standing: Sequence[RailRule]) -> None:
        self.by_name = {rule.name: rule for rule in standing}
        super().__init__(data, prefix="p", initial=[_told(rule) for rule in standing])

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """Whether one is empty is its own to say."""
        return {"by_name": self.by_name, "empty_permitted": False}

    def clean(self) -> None:
        seen: set[str] = set()
        for form in self.forms:
            name = " ".join(str(form["name"].value() or "").split())
            if form["removes"].value() or not name:
                continue
            if name in seen:
                form.add_error("name", "Another pattern has this name.")
            seen.add(name)

    def rules(self) -> list[RailRule]:
        return [rule for form in self.forms if (rule := form.rule()) is not None]


def patterns_form(data: Any, *, standing: Sequence[RailRule]) -> BasePatterns:
    kind: Any = forms.formset_factory(
        PatternForm,
        formset=BasePatterns,
        extra=1,
        max_num=MOST_RULES,
        validate_max=True,
        absolute_max=MOST_RULES + 1,
    )
    made: BasePatterns = kind(data, standing=standing)
    return made


def recognised(
    data: Any, *, rules: Sequence[RailRule], asked: Mapping[str, Strength], begins: bool
) -> list[RecognisedForm]:
    """`begins`: nothing was ever chosen, so each is offered as it usually acts."""
    standing = {rule.detector: rule for rule in rules if rule.kind == DETECTOR}
    return [
        RecognisedForm(
            data, detector=one, standing=standing.get(slug), asked=asked.get(slug), begins=begins
        )
        for slug, one in DETECTORS.items()
    ]


def _told(rule: RailRule) -> dict[str, Any]:
    private = rule.private or Private()
    return {
        "was": rule.name,
        "name": rule.name,
        "pattern": private.pattern,
        "must_match": private.must_match,
        "must_not_match": private.must_not_match,
        "action": rule.action,
        "scope": rule.scope,
    }
