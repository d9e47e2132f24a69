"""The forms of a model's facts: of one the house enters itself, of a catalogue endpoint, and of a
catalogue model. What they lead to is written in connections/own_models.py and
catalog/overriding.py."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from apps.catalog.data_policy import FREE, facts_of
from apps.catalog.listing import ABILITIES, KINDS
from apps.catalog.models import Endpoint, LanguageModel, Source
from apps.connections.models import Connection
from apps.connections.own_models import Facts
from apps.gateway.own_model_pages.fields import OneLineField, TokensField, choices, price

CAN = {**ABILITIES, "temperature": "Temperature"}
TAKES = {"text": "Text", **KINDS}
GIVES = {"text": "Text", "image": "Pictures", "audio": "Sound"}
PRICES = {"prompt": "prompt", "completion": "completion", "cached": "input_cache_read"}
TRAINS = {
    "unknown": "Not known, so it counts as yes",
    "no": "No",
    "yes": "Yes",
    "opt_out": "Yes, unless somebody objects",
    "opt_in": "Only where somebody agrees",
}
WEIGHTS = {"": "Not known", "open": "Open", "closed": "Closed"}
POLICY = ("trains", "keeps", "source", "note")
LISTS = {"abilities": CAN, "input_modalities": TAKES, "output_modalities": GIVES}
LONGEST_DAYS = 36_500
FRESH: Mapping[str, Any] = {
    "trains": "unknown",
    "abilities": ["temperature"],
    "input_modalities": ["text"],
    "output_modalities": ["text"],
}


def _weights_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label="Weights",
        choices=list(WEIGHTS.items()),
        required=False,
        error_messages={"invalid_choice": "Choose one of the answers."},
    )


class PlaceForm(forms.Form):
    """One model at one place. `is_private`: what it is sent never leaves the house, so there is
    nothing to say of a policy."""

    prompt = price("Prompt")
    completion = price("Completion")
    cached = price("Cached prompt")
    always = forms.BooleanField(
        label="At every length and hour",
        required=False,
        help_text="The catalogue has other prices for long prompts or some hours. This leaves "
        "them out.",
    )
    context_length = TokensField(label="Context", help_text="Tokens it reads and writes at once.")
    max_completion_tokens = TokensField(label="Longest answer", help_text="In tokens.")
    abilities = choices("Abilities", CAN)
    input_modalities = choices("Takes in", TAKES)
    output_modalities = choices("Gives back", GIVES)
    trains = forms.ChoiceField(
        label="Learns from what it is sent",
        choices=list(TRAINS.items()),
        required=False,
        error_messages={"invalid_choice": "Choose one of the answers."},
    )
    keeps = forms.IntegerField(
        label="Keeps it for",
        required=False,
        min_value=0,
        max_value=LONGEST_DAYS,
        help_text="Days. 0: nothing is kept. Empty: not known.",
        error_messages={
            "invalid": "Enter a number of days, such as 30.",
            "min_value": "Enter 0 where nothing is kept, or a number of days.",
            "max_value": f"{LONGEST_DAYS:,} days are the most; leave it empty where it has no end.",
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    source = OneLineField(
        label="Where that stands",
        required=False,
        max_length=200,
        help_text="Such as its terms, a contract, or your own machine.",
    )
    note = OneLineField(label="Note", required=False, max_length=300)

    def __init__(
        self,
        data: Any,
        *,
        endpoint: Endpoint | None = None,
        is_private: bool = False,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        told = _told(endpoint) if endpoint else dict(FRESH)
        super().__init__(data, initial=_offered({**told, **(initial or {})}))
        self.standing = dict(endpoint.fact("pricing")) if endpoint else {}
        self.unseen = _unseen(told)
        if not self.standing.get("overrides"):
            del self.fields["always"]
        if is_private:
            for name in POLICY:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        wish = super().clean() or {}
        self._check_prices(wish)
        for name in ("input_modalities", "output_modalities"):
            if name in wish and "text" not in wish[name]:
                self.add_error(name, "Text is part of every chat; leave it ticked.")
        self._check_policy(wish)
        return wish

    def _check_prices(self, wish: Mapping[str, Any]) -> None:
        """A price is whole, or it is not known."""
        if set(PRICES) & set(self.errors):
            return
        known = {name for name in PRICES if wish[name] is not None}
        for name in ("prompt", "completion"):
            if known and name not in known:
                self.add_error(name, "Enter this one as well, 0 if free of charge, or empty all.")

    def _check_policy(self, wish: Mapping[str, Any]) -> None:
        says = wish.get("trains") not in (None, "", "unknown") or wish.get("keeps") is not None
        is_new = set(POLICY) & set(self.changed_data)
        if says and is_new and not wish.get("source") and "source" not in self.errors:
            self.add_error("source", "Say where that stands, such as its terms or a contract.")

    @property
    def pricing(self) -> dict[str, Any]:
        """With the prices that this form does not show, as they were."""
        wish = self.cleaned_data
        if wish["prompt"] is None:
            return {}
        typed = {name: wish[field] for field, name in PRICES.items()}
        kept = {name: one for name, one in self.standing.items() if name not in typed}
        if wish.get("always"):
            kept.pop("overrides", None)
        told = {name: _plain(one) for name, one in typed.items() if one is not None}
        return {**kept, **told}

    @property
    def data_policy(self) -> dict[str, Any]:
        wish = self.cleaned_data
        if not any(wish.get(name) not in (None, "", "unknown") for name in POLICY):
            return {}
        days = wish["keeps"]
        return {
            "trains": wish["trains"] or "unknown",
            "trains_free_tier": wish["trains"] or "unknown",
            "retention_days": days,
            "zdr": "yes" if days == 0 else "unknown",
            "source": wish["source"],
            "note": wish["note"],
            "as_of": timezone.localdate().isoformat(),
            "confidence": "attested",
        }

    def plain_facts(self) -> dict[str, Any]:
        wish = self.cleaned_data
        plain = ("context_length", "max_completion_tokens")
        lists = {name: [*wish[name], *self.unseen[name]] for name in LISTS}
        return {**{name: wish[name] for name in plain}, **lists}


class OwnForm(PlaceForm):
    """A model at a connection, entered by hand or found there."""

    upstream_id = OneLineField(
        label="What it is called there",
        max_length=300,
        help_text="Exactly as the place itself names it, such as llama3.3:70b.",
        error_messages={"required": "Enter the name the place itself knows it by."},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "list": "reported"}
        ),
    )
    name = OneLineField(
        label="Name", required=False, max_length=200, help_text="As people read it in lists."
    )
    slug = OneLineField(
        label="Short name",
        required=False,
        max_length=200,
        help_text="What apps ask for, as author/name. The name of a catalogue model makes this "
        "one more place that runs it. Empty: made from the above.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
        ),
    )
    open_weights = _weights_field()
    field_order = ("upstream_id", "name", "slug")

    def __init__(
        self, data: Any, *, connection: Connection, endpoint: Endpoint | None = None
    ) -> None:
        model, own = endpoint.model if endpoint else None, {}
        if endpoint and model:
            own = {"upstream_id": endpoint.upstream_id, **_told_model(model)}
        is_private = connection.stays_home and connection.provider.slug == "custom"
        super().__init__(data, endpoint=endpoint, is_private=is_private, initial=own)
        if endpoint:
            del self.fields["slug"]
        if model and model.source != Source.OWN:  # the catalogue says how it is called
            del self.fields["name"], self.fields["open_weights"]

    def clean_slug(self) -> str:
        return str(self.cleaned_data["slug"]).lower()

    def facts(self) -> Facts:
        wish = self.cleaned_data
        return Facts(
            upstream_id=wish["upstream_id"],
            name=wish.get("name") or wish["upstream_id"][:200],
            open_weights=_weights(wish.get("open_weights", "")),
            pricing=self.pricing,
            data_policy=self.data_policy,
            **self.plain_facts(),
        )


class EndpointForm(PlaceForm):
    """A catalogue endpoint: only what is changed here is the house's own word."""

    def changed_facts(self) -> dict[str, Any]:
        changed, told = set(self.changed_data), self.plain_facts()
        facts = {name: value for name, value in told.items() if name in changed}
        if changed & {*PRICES, "always"}:
            facts["pricing"] = self.pricing
        if changed & set(POLICY):
            facts["data_policy"] = self.data_policy
        return facts


class CatalogueModelForm(forms.Form):
    """A catalogue model, whichever place runs it."""

    name = OneLineField(
        label="Name", max_length=200, error_messages={"required": "A model has a name."}
    )
    context_length = TokensField(label="Context", help_text="In tokens.")
    abilities = choices("Abilities", CAN)
    input_modalities = choices("Takes in", TAKES)
    output_modalities = choices("Gives back", GIVES)
    open_weights = _weights_field()

    def __init__(self, data: Any, *, model: LanguageModel) -> None:
        facts = {name: model.fact(name) for name in ("context_length", *LISTS)}
        super().__init__(data, initial=_offered({**_told_model(model), **facts}))
        self.unseen = _unseen(facts)

    def changed_facts(self) -> dict[str, Any]:
        facts = {name: self.cleaned_data[name] for name in self.changed_data}
        facts |= {name: [*facts[name], *self.unseen[name]] for name in LISTS if name in facts}
        if "open_weights" in facts:
            facts["open_weights"] = _weights(facts["open_weights"])
        return facts


def _told(endpoint: Endpoint) -> dict[str, Any]:
    """Prices as they stand, and the policy as it counts today."""
    pricing, policy = endpoint.fact("pricing"), facts_of(endpoint)
    trains = policy.get("trains_free_tier" if endpoint.variant == FREE else "trains")
    names = ("context_length", "max_completion_tokens", *LISTS)
    return {
        **{field: _known(pricing.get(name)) for field, name in PRICES.items()},
        **{name: endpoint.fact(name) for name in names},
        "trains": trains or "unknown",
        "keeps": policy.get("retention_days"),
        "source": policy.get("source") or "",
        "note": policy.get("note") or "",
    }


def _told_model(model: LanguageModel) -> dict[str, Any]:
    weights = {True: "open", False: "closed"}.get(model.fact("open_weights"), "")
    return {"name": model.fact("name"), "open_weights": weights}


def _offered(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What lists hold that no form offers is neither shown nor lost."""
    seen = {
        name: [one for one in facts.get(name, ()) if one in offered]
        for name, offered in LISTS.items()
    }
    return {**facts, **seen}


def _unseen(facts: Mapping[str, Any]) -> dict[str, list[str]]:
    return {
        name: [one for one in facts.get(name, ()) if one not in offered]
        for name, offered in LISTS.items()
    }


def _known(price: Any) -> Decimal | None:
    return None if price is None else Decimal(str(price))


def _plain(price: Decimal) -> str:
    return f"{price.normalize():f}"


def _weights(words: str) -> bool | None:
    return {"open": True, "closed": False}.get(words)
