"""The form of a guardrail: its switches, lists and prices. What may not leave stands in
rule_forms.py."""

from typing import Any

from django import forms

from apps.catalog.models import Provider
from apps.gateway.guardrail_pages.fields import NamesField, PriceField
from apps.gateway.snapshot import Catalog
from apps.guardrails.rail import LISTS, PRICES, SWITCHES, Rail

KEEP, DELETE = "keep", "delete"
CHATS = [(KEEP, "They stay readable"), (DELETE, "They are deleted, for good")]
MEDIA = [("", "May leave the house"), ("blocks", "Stay in the house")]
LABELS = {
    "zero_retention": "Nobody keeps our words",
    "no_training": "Nobody learns from our words",
    "scrubs": "Private values stay in the house",
    "only_free": "Free models only",
    "only_at_home": "Only models that run at home",
}
CLOSING = ("zero_retention", "no_training", "only_free", "only_at_home")
HELD = (*CLOSING, "blocks_media")


MEANS = {
    "zero_retention": "Calls go only to providers that keep nothing of them, and the house itself "
    "keeps no chat.",
    "no_training": "Calls go only to providers that do not train on what they are sent. One that "
    "does not say counts as one that does.",
    "scrubs": "What the rules below find is taken out before a message leaves, and put back into "
    "the answer where a rule says so.",
    "only_free": "Everything that costs money is closed.",
    "only_at_home": "What is said stays in the house.",
}
MEANS_NOT = {
    "zero_retention": "It rests on what providers promise. Guardrails are not a substitute for "
    "running a model at home.",
    "no_training": "It does not say how long they keep it.",
    "scrubs": "What is left can still tell who you are. Names that stand on no list pass, and "
    "pictures are not read.",
}


def _switch(name: str) -> forms.BooleanField:
    return forms.BooleanField(label=LABELS[name], help_text=MEANS[name], required=False)


class GuardrailForm(forms.Form):
    """What a rail above demands stands locked, and what was chosen here stays as it is."""

    zero_retention = _switch("zero_retention")
    no_training = _switch("no_training")
    scrubs = _switch("scrubs")
    only_free = _switch("only_free")
    only_at_home = _switch("only_at_home")
    allowed_models = NamesField(
        what="model",
        label="Only these models",
        help_text="One a line, such as openai/gpt-5-mini. Empty: all that pass the rest.",
    )
    denied_models = NamesField(
        what="model",
        label="Never these models",
        help_text="One a line; a model’s free variant is closed with it. Empty: none.",
    )
    allowed_providers = NamesField(
        what="provider",
        label="Only at these providers",
        help_text="One a line, such as openai. Empty: all that pass the rest.",
    )
    denied_providers = NamesField(
        what="provider", label="Never at these providers", help_text="One a line. Empty: none."
    )
    max_prompt_price = PriceField(
        label="At most, per million tokens in",
        help_text="Dollars for what is sent. Empty: no limit.",
    )
    max_completion_price = PriceField(
        label="At most, per million tokens out",
        help_text="Dollars for what is answered. Empty: no limit.",
    )
    blocks_media = forms.ChoiceField(
        label="Pictures, sound and files",
        required=False,
        choices=MEDIA,
        help_text="No rule can read them, so it is all of them or none.",
    )
    chats = forms.ChoiceField(
        label="The chats that are stored",
        required=False,
        choices=CHATS,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose whether they stay or are deleted."},
    )

    def __init__(
        self,
        data: Any,
        *,
        rail: Rail,
        catalog: Catalog,
        above: Rail,
        stored_chats: int = 0,
    ) -> None:
        super().__init__(data, initial=_told(rail))
        self.rail, self.above, self.stored_chats = rail, above, stored_chats
        for name in HELD:
            self.fields[name].disabled = bool(getattr(above, name))
        self.fields["scrubs"].disabled = bool(above.acting)
        self._name("models", _known_models(catalog))
        self.providers = _known_providers()
        self._name("providers", self.providers)

    def _name(self, ending: str, known: dict[str, str]) -> None:
        for name in (f"allowed_{ending}", f"denied_{ending}"):
            field = self.fields[name]
            assert isinstance(field, NamesField)
            field.known, field.kept = known, getattr(self.rail, name)

    def clean(self) -> dict[str, Any]:
        """What becomes of stored chats is asked where they would stop being stored."""
        wish = super().clean() or {}
        both = set(wish.get("allowed_models", ())) & set(wish.get("denied_models", ()))
        if both:
            name = sorted(both)[0]
            self.add_error("denied_models", f"{name} is among those that are allowed as well.")
        if self.asks_about_chats and not wish.get("chats") and "chats" not in self.errors:
            self.add_error("chats", "Choose whether the stored chats stay or are deleted.")
        return wish

    @property
    def may_ask_about_chats(self) -> bool:
        """There are some, and the switch that would end their keeping is off and free."""
        is_new = not (self.rail.zero_retention or self.above.zero_retention)
        return is_new and self.stored_chats > 0

    @property
    def asks_about_chats(self) -> bool:
        return self.may_ask_about_chats and bool(self["zero_retention"].value())

    def facts(self) -> dict[str, Any]:
        """Everything of a Rail but its rules."""
        wish = self.cleaned_data
        return {
            **{name: wish[name] for name in (*SWITCHES, *LISTS, *PRICES)},
            "blocks_media": wish["blocks_media"] == "blocks",
        }


def _told(rail: Rail) -> dict[str, Any]:
    """Scrubbing without a rule is off, as people see it."""
    told = {name: getattr(rail, name) for name in (*SWITCHES, *LISTS, *PRICES)}
    told["scrubs"] = bool(rail.acting)
    return {**told, "blocks_media": "blocks" if rail.blocks_media else ""}


def _known_models(catalog: Catalog) -> dict[str, str]:
    """By name first, so that a short name always means itself."""
    named = {one.name.lower(): slug for slug, one in catalog.models.items()}
    return named | {slug.lower(): slug for slug in catalog.endpoints}


def _known_providers() -> dict[str, str]:
    rows = list(Provider.objects.filter(is_listed=True).values_list("slug", "name"))
    return {name.lower(): slug for slug, name in rows} | {slug.lower(): slug for slug, _ in rows}
