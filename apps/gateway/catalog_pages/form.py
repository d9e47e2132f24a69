"""The form of the list: what may be chosen, each choice with how many models it would leave. It
only draws; `ModelFilter` reads what comes back."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django import forms
from django.forms.utils import flatatt
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from apps.catalog.filters import ALL_INPUTS, CARDS, PRICES, SWITCHES, ModelFilter
from apps.catalog.fitting import AGES, CONTEXTS, TEXT, Counts
from apps.catalog.listing import KINDS, YES, Listing, short_count
from apps.catalog.orders import TITLES
from apps.catalog.parameters import ABLE
from apps.catalog.use_cases import USE_CASES
from apps.core.templatetags.ui import icon

BEST_FIT = "Best match, then newest"
QUICK = tuple(SWITCHES)
TYPED = ("max_price", "max_output_price", "max_chat_price")
MADE = {**KINDS, "speech": "Speech", "transcription": "Transcripts", "embeddings": "Embeddings"}
SPANS = {30: "a month", 90: "three months", 365: "a year"}
ANY = ("", "any")
TICK = "tick"


class Drawn(NamedTuple):
    """One choice: what stands before its mark, between mark and count, and behind."""

    value: str
    head: str
    middle: str
    end: str


class Choices(forms.Widget):
    """Checkboxes or radios as labels, each with its count. `rules` by value, shown on hover. There
    are hundreds on a page, so all but marks and counts is written once while the list stands."""

    def __init__(self, *, look: str = "pill", kind: str = "checkbox") -> None:
        super().__init__()
        self.look, self.kind = look, kind
        self.offered: Mapping[str, str] = {}
        self.counts: Mapping[str, int] = {}
        self.rules: Mapping[str, str] = {}
        self.kept: dict[str, Any] = {}

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = set(value) if isinstance(value, list) else {value or ""}
        counts, drawn = self.counts, self._once(name)
        if self.look == TICK:  # of a long list one must not have to look for what is set
            drawn = sorted(drawn, key=lambda one: one.value not in chosen)
        return SafeString(
            "\n".join(
                f"{head}{' checked' if one in chosen else ''}{middle}"
                f"{counts.get(one, 0) if one else ''}{end}"
                for one, head, middle, end in drawn
            )
        )

    def swapped(self, name: str) -> str:
        """The counts alone, each for its place on a page that stands."""
        return "".join(
            f'<small class="n" id="n-{escape(place_of(name, one.value))}" hx-swap-oob="true">'
            f"{self.counts.get(one.value, 0)}</small>"
            for one in self._once(name)
            if one.value
        )

    def _once(self, name: str) -> list[Drawn]:
        key = f"drawn {name}"
        if key not in self.kept:
            self.kept[key] = [self._drawn(name, *choice) for choice in self.offered.items()]
        drawn: list[Drawn] = self.kept[key]
        return drawn

    def _drawn(self, name: str, value: str, words: str) -> Drawn:
        place, rule = place_of(name, value), self.rules.get(value, "")
        head = format_html(
            '<label class="{}" for="{}"{}><input type="{}" id="{}" name="{}" value="{}"',
            self.look,
            place,
            format_html(' title="Shown where {}"', rule) if rule else "",
            self.kind,
            place,
            name,
            value,
        )
        tick = icon("check", "s") if self.look == "pill" else ""
        middle = format_html(">{}<span>{}</span>", tick, words)
        if not value:
            return Drawn(value, head, middle, "</label>")
        count = format_html(' <small class="n" id="n-{}">', place)
        return Drawn(value, head, middle + count, "</small></label>")


class Options(forms.Select):
    """A select, drawn without a template for each option."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            (
                (one, SafeString(" selected") if one == value else "", words)
                for one, words in self.choices
            ),
        )
        return format_html(
            '<select class="input" id="{}" name="{}">{}</select>', name, name, options
        )


class Typed(forms.TextInput):
    """A field one types into, drawn without a template."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        known = {"type": self.input_type, "id": name, "name": name, "value": value or ""}
        return format_html("<input{}>", flatatt({**known, **self.attrs}))


class ModelFilterForm(forms.Form):
    """All of it may be left out; without JavaScript it is sent as it stands."""

    q = forms.CharField(
        widget=Typed(
            attrs={
                "type": "search",
                "class": "input",
                "placeholder": "Name, maker or what it is good for",
                "autocomplete": "off",
                "spellcheck": "false",
                "maxlength": 100,
            }
        )
    )
    sort = forms.ChoiceField(choices=[("", BEST_FIT), *TITLES.items()], widget=Options())
    fmt = forms.CharField(widget=Typed(attrs={"type": "hidden"}))

    def __init__(self, wanted: ModelFilter, listing: Listing, counts: Counts, *, is_known: bool):
        """`is_known`: who is asked is somebody of the house."""
        super().__init__(initial=initial_of(wanted))
        self.wanted, self.is_known = wanted, is_known
        for name, words in SWITCHES.items():
            if is_known or name not in ("connected", "mine"):
                self._offer(name, {YES: words})
        use_cases = {one.name: one for one in USE_CASES if _has(listing, "use_case", one.name)}
        self._offer("use_case", {name: one.title for name, one in use_cases.items()})
        self._choices_of("use_case").rules = {name: one.rule for name, one in use_cases.items()}
        self._offer("supported_parameters", ABLE)
        self._offer("input_modalities", {kind: KINDS[kind] for kind in ALL_INPUTS})
        made = {k: words for k, words in MADE.items() if _has(listing, "output_modalities", k)}
        self._offer("output_modalities", made)
        contexts = {str(number): short_count(number) for number in CONTEXTS}
        self._offer("context", dict([ANY]) | contexts, kind="radio")
        spans = {str(days): SPANS[days] for days in AGES}
        self._offer("max_age_days", dict([ANY]) | spans, kind="radio")
        self._offer("providers", listing.providers, look=TICK)
        self._offer("model_authors", listing.authors, look=TICK)
        for name in TYPED:
            self.fields[name] = forms.CharField(widget=_short_input())
        for name, field in self.fields.items():
            field.required = False
            if isinstance(field.widget, Choices):
                field.widget.counts, field.widget.kept = counts.get(name, {}), listing.kept

    @property
    def switches(self) -> list[forms.BoundField]:
        return [self[name] for name in QUICK if name in self.fields]

    @property
    def prices(self) -> list[tuple[str, forms.BoundField]]:
        titles = {"max_price": "Prompt", "max_output_price": "Completion"}
        return [(titles.get(name, "A typical chat"), self[name]) for name in TYPED]

    @property
    def rules(self) -> list[tuple[str, str]]:
        """How each use case is decided, in words."""
        offered = self._choices_of("use_case").rules
        return [(one.title, one.rule) for one in USE_CASES if one.name in offered]

    @property
    def hides_what_is_set(self) -> bool:
        """Whether anything is set below the fold, which then stands open."""
        quick = {*SWITCHES, "q", "sort", "fmt", "page"}
        return bool(self.wanted.names() - quick)

    @property
    def swapped(self) -> SafeString:
        """All counts, for a page that stands."""
        found = ((name, field.widget) for name, field in self.fields.items())
        return SafeString("".join(w.swapped(n) for n, w in found if isinstance(w, Choices)))

    def _offer(self, name: str, choices: Mapping[str, str], **look: str) -> None:
        """A plain field, since nothing is validated here: Django would copy all choices twice."""
        widget = Choices(**look)
        widget.offered = choices
        self.fields[name] = forms.Field(widget=widget)

    def _choices_of(self, name: str) -> Choices:
        widget: Choices = self.fields[name].widget
        return widget


def initial_of(wanted: ModelFilter) -> dict[str, Any]:
    """As it stands in the address; what could not be used as it was typed."""
    lists = {
        "model_authors": wanted.authors,
        "providers": wanted.providers,
        "input_modalities": wanted.takes,
        "output_modalities": wanted.makes - TEXT if wanted.makes != TEXT else (),
        "supported_parameters": wanted.parameters,
        "use_case": wanted.use_cases,
    }
    initial: dict[str, Any] = {name: sorted(values) for name, values in lists.items()}
    initial |= {name: YES if getattr(wanted, name) else "" for name in SWITCHES}
    prices = {name: getattr(wanted, name) for name in PRICES}
    initial |= {n: format(price, "f") for n, price in prices.items() if price is not None}
    initial |= {problem.field: problem.typed for problem in wanted.problems}
    days = wanted.max_age_days
    return initial | {
        "q": wanted.q,
        "sort": wanted.sort,
        "fmt": CARDS if wanted.fmt == CARDS else "",
        "context": str(wanted.context or ""),
        "max_age_days": "" if days is None else str(days),
    }


def place_of(name: str, value: str) -> str:
    return f"{name}-{value or 'any'}"


def _has(listing: Listing, name: str, value: str) -> bool:
    """Whether any model has it: what nobody has is not offered."""
    offered: set[tuple[str, str]] = listing.kept.get("offered") or set()
    if not offered:
        entries = listing.entries.values()
        offered = {("use_case", one) for entry in entries for one in entry.use_cases}
        offered |= {("output_modalities", kind) for entry in entries for kind in entry.makes}
        listing.kept["offered"] = offered
    return (name, value) in offered


def _short_input() -> Typed:
    attrs = {"class": "input short", "inputmode": "decimal", "placeholder": "any"}
    return Typed(attrs={**attrs, "autocomplete": "off", "maxlength": 20})
