"""Which calls somebody wants to see: read from the address, written back into it. Values that mean
nothing are left out; whose calls a person may see is decided elsewhere."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from apps.usage.finding import SLACK, Sought, first_id
from apps.usage.grouping import NOBODY, NONE
from apps.usage.models import Generation
from apps.usage.offered import LONGEST, Offered
from apps.usage.periods import Period
from apps.usage.reach import Reach

FAILED = Q(status__gte=400) | ~Q(error_type="")
OUTCOMES = {
    "done": ("Done", Q(state=Generation.State.CLOSED, was_cancelled=False) & ~FAILED),
    "failed": ("Failed", Q(state=Generation.State.CLOSED, was_cancelled=False) & FAILED),
    "stopped": ("Stopped or frozen", Q(was_cancelled=True)),
    "unsent": ("Not sent", Q(state=Generation.State.RELEASED)),
    "running": ("Running", Q(state=Generation.State.OPEN)),
}
IN_ADDRESS = {"since": "from", "until": "to"}  # the rest goes by its own name
AMISS = {"failed", "stopped", "unsent"}


class Chip(NamedTuple):
    """One filter that is set, and the address without it."""

    words: str
    address: str


@dataclass(frozen=True)
class CallWish:
    """`since` and `until` as they were written; they count where no period is named."""

    model: str = ""
    key: str = ""
    outcome: str = ""
    period: str = ""
    person: str = ""
    project: str = ""
    app: str = ""
    provider: str = ""
    since: str = ""
    until: str = ""
    everywhere: bool = False

    @classmethod
    def read(
        cls, params: Mapping[str, Any], offered: Offered, *, project: str, everywhere: bool
    ) -> "CallWish":
        """`everywhere` is for who works in one project and asks for all of them."""

        def one_of(name: str, choices: Mapping[str, Any]) -> str:
            return wanted if (wanted := params.get(name, "")) in choices else ""

        period = one_of("period", offered.periods)
        words = {} if period else IN_ADDRESS
        dates = {name: _text(params.get(word, ""))[:40] for name, word in words.items()}
        return cls(
            key=one_of("key", offered.keys),
            outcome=one_of("outcome", OUTCOMES),
            period=period,
            person=one_of("person", offered.people),
            project=project,
            everywhere=everywhere,
            **{name: _text(params.get(name, "")) for name in ("model", "app", "provider")},
            **dates,
        )

    @property
    def is_set(self) -> bool:
        return replace(self, everywhere=False) != CallWish()

    @property
    def has_dates(self) -> bool:
        return bool(self.since or self.until)

    def narrow(self, calls: QuerySet[Generation], *, period: Period | None) -> QuerySet[Generation]:
        """All but the project, whose number the caller knows."""
        if self.model:
            calls = calls.filter(_named(self.model))
        if self.outcome:
            calls = calls.filter(OUTCOMES[self.outcome][1])
        exact = {"key_id": self.key, "user_id": self.person}
        exact |= {"app": self.app, "provider": self.provider}
        found = {name: _value(name, value) for name, value in exact.items() if value}
        calls = calls.filter(**found)
        return calls.filter(_inside(period)) if period else calls

    def sought(self, reach: Reach, *, project: int | None, period: Period | None) -> Sought:
        """The same, as sums know it."""
        where: dict[str, list[int | str]] = {}
        if project is not None:
            where["project"] = [project]
        if self.key:
            where["key"] = [0 if self.key == NOBODY else int(self.key)]
        if self.person:
            where["person"] = [int(self.person)]
        if self.app:
            where["app"] = [_value("app", self.app)]
        if self.model == NONE:
            where["model"] = [""]
        return Sought(
            reach=reach,
            where=where,
            model="" if self.model == NONE else self.model,
            provider="" if self.provider == NONE else self.provider,
            amiss=self.outcome in AMISS,
            running=self.outcome == "running",
            start=period.span.start if period else None,
            end=period.span.end if period else None,
        )

    def chips(self, offered: Offered, period: Period | None) -> list[Chip]:
        return [Chip(words, self._without(name)) for name, words in self._words(offered, period)]

    def address(self, **more: str) -> str:
        """`?…` with what is set and nothing else."""
        named = {IN_ADDRESS.get(name, name): value for name, value in vars(self).items()}
        return address_of(named | more)

    def _without(self, name: str) -> str:
        changed: dict[str, Any] = {name: "", "everywhere": self.everywhere or name == "project"}
        changed |= {"since": "", "until": ""} if name == "period" else {}
        return replace(self, **changed).address()

    def _words(self, offered: Offered, period: Period | None) -> Iterator[tuple[str, str]]:
        if period is not None:
            yield "period", period.words
        if self.project:
            yield "project", f"Project: {offered.projects[self.project]}"
        if self.person:
            yield "person", f"Person: {offered.people[self.person]}"
        if self.key:
            yield "key", f"Key: {offered.keys[self.key]}"
        if self.outcome:
            yield "outcome", OUTCOMES[self.outcome][0]
        if self.model:
            yield "model", f"Model: {'none' if self.model == NONE else self.model}"
        if self.app:
            yield "app", f"App: {offered.apps.get(self.app, self.app)}"
        if self.provider:
            yield "provider", f"Provider: {offered.providers.get(self.provider, self.provider)}"


def address_of(wish: Mapping[str, Any]) -> str:
    """An empty project in an address is all of them; no project is the one somebody works in."""
    params = {name: value for name, value in wish.items() if value and name != "everywhere"}
    if wish.get("everywhere"):
        params.setdefault("project", "")
    return "?" + urlencode(params)


def _named(model: str) -> Q:
    """A whole slug is that model alone; anything else is looked for within names."""
    if model == NONE:
        return Q(model="")
    how = "iexact" if "/" in model else "icontains"
    asked = Q(model="", **{f"requested_model__{how}": model})
    return Q(**{f"model__{how}": model}) | asked


def _value(column: str, value: str) -> Any:
    """What a call bears in this column where nothing is meant."""
    if column == "key_id" and value == NOBODY:
        return None
    return "" if value == NONE else value


def _inside(period: Period) -> Q:
    """Ids begin with the millisecond, so they find what the times then decide."""
    span = period.span
    first, last = first_id(span.start - SLACK), first_id(span.end + SLACK)
    return Q(id__gte=first, id__lt=last, created_at__gte=span.start, created_at__lt=span.end)


def _text(value: str) -> str:
    return value.replace("\0", "").strip()[:LONGEST]
