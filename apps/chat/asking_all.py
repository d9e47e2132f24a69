"""One message to several models at once: what each would cost, which of them can be asked here, and
the answers. Nothing of it is stored; each answer is a call like any other, with its receipt."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django import forms
from django.core.cache import cache
from django.http import QueryDict

from apps.accounts.models import User
from apps.catalog.listing import mark_of
from apps.chat.carrying import Carries, ask_once
from apps.chat.choices import author_of, shown_name
from apps.chat.closed import Closed
from apps.chat.desks import Desk
from apps.chat.forms import NOTHING, TOKEN_LETTERS, whole_message
from apps.chat.threads import Turn, turns_of
from apps.gateway.estimating import Estimate, estimate
from apps.gateway.house import House, current_catalog
from apps.gateway.person import caller_of_person
from apps.gateway.scrubbing import Conversation
from apps.gateway.snapshot import Caller
from apps.projects.models import Project
from apps.routing.errors import Refusal

MOST_MODELS, LONGEST_NAME = 4, 250
LENGTHS = {1_000: "1,000 tokens, about a page", 4_000: "4,000 tokens", 16_000: "16,000 tokens"}
USUAL_LENGTH = 4_000
ONCE_SECONDS = 3600
DEARER = (
    "This could cost more than what was shown before, so nothing was sent yet. Look at the sum "
    "below, then ask again."
)
ASKED_ALREADY = (
    "This was sent already, and its answers went to the page that sent it. Send again to ask once "
    "more."
)
NOT_WHOLE = "This page was not whole. Load it again, then send."
NONE_LEFT = "None of these models can be asked here."


class AskAllForm(forms.Form):
    """`agreed` is the sum that the page showed, and of how many models nobody knows the price."""

    text = forms.CharField(required=False, strip=False)
    most = forms.TypedChoiceField(
        choices=LENGTHS.items(), coerce=int, empty_value=None, required=False
    )
    agreed = forms.RegexField(
        r"^[0-9]{1,7}(\.[0-9]{1,12})? [0-9]$", required=False, error_messages={"invalid": NOT_WHOLE}
    )
    token = forms.CharField(max_length=TOKEN_LETTERS, error_messages={"required": NOT_WHOLE})

    def clean_text(self) -> str:
        text = whole_message(self.cleaned_data["text"])
        if not text.strip():
            raise forms.ValidationError(NOTHING)
        return text

    @property
    def problem(self) -> str:
        return next((str(one[0]) for one in self.errors.values()), "")

    @property
    def length(self) -> int:
        found: int = getattr(self, "cleaned_data", {}).get("most") or USUAL_LENGTH
        return found


@dataclass
class Column:
    """One model: closed here, or to be asked, or its answer."""

    place: int
    slug: str
    name: str
    author: str = ""
    closed: Closed | None = None
    wanted: Carries | None = None
    estimate: Estimate | None = None
    turn: Turn | None = None

    @property
    def mark(self) -> str:
        return mark_of(self.author or self.name)

    @property
    def refusal(self) -> Refusal | None:
        return self.estimate.refusal if self.estimate else None

    @property
    def accept_at(self) -> str:
        """The provider whose word on free models nobody here has accepted yet."""
        told = self.refusal.metadata if self.refusal else {}
        return str(told.get("provider", "")) if told.get("reason") == "free_terms" else ""

    @property
    def may_be_asked(self) -> bool:
        return self.wanted is not None and self.refusal is None

    def answered(self) -> Turn:
        """The answer as far as it came, with what it cost."""
        assert self.wanted is not None
        return turns_of(self.wanted.tree(), [self.wanted.answer])[0]


@dataclass
class Table:
    """`problem`: why nothing was sent."""

    desk: Desk
    form: AskAllForm
    columns: list[Column]
    problem: str = ""
    is_asked: bool = False

    @cached_property
    def asked(self) -> list[Column]:
        return [one for one in self.columns if one.may_be_asked]

    @property
    def is_weighed(self) -> bool:
        return any(one.estimate for one in self.columns)

    @property
    def worst(self) -> Decimal:
        return self._sum("worst")

    @property
    def typical(self) -> Decimal:
        return self._sum("typical")

    @property
    def unpriced(self) -> int:
        """How many of them nobody knows a price of."""
        return sum(one.estimate.worst is None for one in self.asked if one.estimate)

    @property
    def to_agree(self) -> str:
        return f"{self.worst:f} {self.unpriced}"

    @property
    def is_dearer(self) -> bool:
        """Than what the page showed."""
        worst, _, unpriced = self.form.cleaned_data.get("agreed", "").partition(" ")
        return bool(worst) and (self.worst > Decimal(worst) or self.unpriced > int(unpriced))

    def look(self) -> None:
        """At what came of the answers."""
        for column in self.asked:
            column.turn = column.answered()

    @property
    def cost(self) -> Decimal:
        calls = (one.turn.call for one in self.columns if one.turn)
        return sum((call.cost_usd for call in calls if call), Decimal(0))

    def _sum(self, name: str) -> Decimal:
        known = (getattr(one.estimate, name) for one in self.asked)
        return sum((one for one in known if one is not None), Decimal(0))


def names_in(given: QueryDict) -> list[str]:
    """The models of an address or a form, each once."""
    wanted = (one.strip().replace("\x00", "")[:LONGEST_NAME] for one in given.getlist("m"))
    return list(dict.fromkeys(filter(None, wanted)))[:MOST_MODELS]


def columns_of(desk: Desk, slugs: Sequence[str]) -> list[Column]:
    """With what closes each at this desk; a name that nothing has is closed as well."""
    catalog = current_catalog()
    return [
        Column(
            place,
            slug,
            name=shown_name(catalog, slug),
            author=author_of(catalog, slug),
            closed=None if desk.choice(slug) else desk.why_not(slug),
        )
        for place, slug in enumerate(slugs, 1)
    ]


def fill(table: Table, owner: User) -> Caller | None:
    """Makes the call of each open column; None where there is nothing to weigh."""
    desk, form = table.desk, table.form
    if desk.closed or desk.place is None or not form.is_valid():
        return None
    for column in table.columns:
        if column.closed is None:
            column.wanted = ask_once(
                form.cleaned_data["text"],
                column.slug,
                owner=owner,
                project=desk.place,
                is_private=desk.is_private,
                most=form.length,
            )
    return _caller(table, owner, desk.place)


async def weigh(table: Table, house: House, caller: Caller) -> None:
    async def one(column: Column, wanted: Carries) -> None:
        conversation = Conversation(wanted.scope, wanted.vault)
        column.estimate = await estimate(house, caller, wanted.body, conversation=conversation)

    open_ones = [(each, each.wanted) for each in table.columns if each.wanted]
    await asyncio.gather(*(one(column, wanted) for column, wanted in open_ones))


def may_run(table: Table, owner: User) -> bool:
    """Whether to ask now: what it could cost was shown, and this form comes for the first time."""
    if not table.is_weighed or not table.form.cleaned_data["agreed"]:
        return False
    if not table.asked:
        table.problem = NONE_LEFT
    elif table.is_dearer:
        table.problem = DEARER
    elif not _is_first(table.form.cleaned_data["token"], owner):
        table.problem = ASKED_ALREADY
    return not table.problem


def _caller(table: Table, owner: User, place: Project) -> Caller | None:
    try:
        return caller_of_person(owner, place)
    except Refusal as refusal:  # left meanwhile
        table.problem = refusal.message
        return None


def _is_first(token: str, owner: User) -> bool:
    """Nothing is stored by which a second sending would be known; the token is, for an hour."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    return cache.add(f"asked-all:{owner.pk}:{digest}", 1, ONCE_SECONDS)
