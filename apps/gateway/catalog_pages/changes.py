"""What changed in the catalogue: new, gone and repriced models, day by day, and the same as RSS.
For everybody; strangers are not told what only this house has."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from typing import NamedTuple, Self
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Rss201rev2Feed
from django.views.decorators.http import require_safe

from apps.catalog import history
from apps.catalog.changes_told import Step, provider_of, said_by, steps
from apps.catalog.listing import Listing
from apps.catalog.models import CatalogChange, Provider
from apps.catalog.views import listing_for, shell

PAGE, LAST_PAGE, IN_FEED = 50, 1000, 100
KINDS = {
    "new": "New",
    "gone": "Gone",
    "repriced": "Other prices",
    "edited": "Other facts",
}
SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")


class Wanted(NamedTuple):
    """What the address asks for; what means nothing is left out."""

    what: str = ""
    author: str = ""
    page: int = 1

    @classmethod
    def from_query(cls, query: QueryDict) -> Self:
        what, author, page = (query.get(name, "") for name in ("what", "author", "page"))
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
        return cls(
            what if what in KINDS else "",
            author if SLUG.fullmatch(author) else "",
            min(max(number, 1), LAST_PAGE),
        )

    def address(self, **other: object) -> str:
        kept = {**self._asdict(), **other}
        set_ones = {name: value for name, value in kept.items() if value and value != 1}
        return f"?{urlencode(set_ones)}"

    def find(self, changes: QuerySet[CatalogChange]) -> QuerySet[CatalogChange]:
        """Endpoints that came or went with their model are told with it."""
        wholes = CatalogChange.objects.filter(
            at=OuterRef("at"), model_slug=OuterRef("model_slug"), endpoint_key=""
        )
        folded = ~Q(endpoint_key="") & Exists(wholes.filter(what=OuterRef("what")))
        found = changes.exclude(Q(what__in=("new", "gone")) & folded)
        if self.what:
            found = found.filter(what=self.what)
        return found.filter(model_slug__startswith=f"{self.author}/") if self.author else found


class Line(NamedTuple):
    """`where` is a provider, or how many there are; empty for a fact of the model itself."""

    what: str
    words: str
    slug: str
    name: str
    is_here: bool
    where: str
    steps: list[Step]
    said: str
    change: CatalogChange


@login_not_required
@require_safe
def list_changes(request: HttpRequest) -> HttpResponse:
    wanted, catalog = Wanted.from_query(request.GET), listing_for(request)
    changes = wanted.find(history.recorded(with_own=request.user.is_authenticated))
    start = (wanted.page - 1) * PAGE
    found = list(changes[start : start + PAGE + 1])
    context = {
        "shell": shell(request),
        "wanted": wanted,
        "kinds": KINDS,
        "authors": _authors(catalog, wanted),
        "days": _days(_lines(found[:PAGE], catalog)),
        "chips": _chips(wanted, catalog),
        "newer": wanted.address(page=wanted.page - 1) if wanted.page > 1 else "",
        "older": wanted.address(page=wanted.page + 1) if len(found) > PAGE else "",
        "feed": reverse("catalog:changes-feed") + wanted.address(page=1).rstrip("?"),
    }
    return render(request, "catalog/changes.html", context)


@login_not_required
@require_safe
def feed_changes(request: HttpRequest) -> HttpResponse:
    wanted = Wanted.from_query(request.GET)
    changes = wanted.find(history.recorded(with_own=request.user.is_authenticated))
    page = settings.GATEHOUSE_URL + reverse("catalog:changes")
    feed = Rss201rev2Feed(
        title="What changed among the models",
        link=page + wanted.address(page=1).rstrip("?"),
        description="New, gone and repriced models of this house’s catalogue.",
        language="en",
    )
    for line in _lines(list(changes[:IN_FEED]), listing_for(request)):
        model = settings.GATEHOUSE_URL + reverse("catalog:model", args=[line.slug])
        feed.add_item(
            title=_plain(line),
            link=model if line.is_here else page,
            description="; ".join(_spoken(step) for step in line.steps) or line.slug,
            pubdate=line.change.at,
            unique_id=f"change-{line.change.pk}",
            unique_id_is_permalink=False,
        )
    answer = HttpResponse(content_type=feed.content_type)
    feed.write(answer, "utf-8")
    return answer


def _plain(line: Line) -> str:
    """Without what XML has no place for."""
    text = f"{line.words}: {line.name}" + (f" at {line.where}" if line.where else "")
    return "".join(sign for sign in text if sign.isprintable())


def _spoken(step: Step) -> str:
    told = f"{step.before} → {step.after}" if step.before else step.after
    return f"{step.name}: {told}" if told else step.name


def _lines(changes: list[CatalogChange], catalog: Listing) -> list[Line]:
    names = dict(Provider.objects.values_list("slug", "name"))
    counts = _counts(changes)
    return [_line(change, catalog, names, counts) for change in changes]


def _line(
    change: CatalogChange, catalog: Listing, providers: Mapping[str, str], counts: Mapping[int, int]
) -> Line:
    slug = change.model_slug
    entry = catalog.entries.get(slug)
    provider = provider_of(change.endpoint_key)
    where = providers.get(provider, provider)
    if not change.endpoint_key and (count := counts.get(change.pk)):
        where = f"{count} providers" if count > 1 else "1 provider"
    return Line(
        what=change.what,
        words=KINDS[change.what],
        slug=slug,
        name=entry.name if entry else slug,
        is_here=entry is not None,
        where=where,
        steps=steps(change),
        said=said_by(change.source),
        change=change,
    )


def _counts(changes: Iterable[CatalogChange]) -> dict[int, int]:
    """How many endpoints came or went with each model of this page; one query."""
    wholes = {
        (one.at, one.model_slug, one.what): one.pk
        for one in changes
        if not one.endpoint_key and one.what in ("new", "gone")
    }
    if not wholes:
        return {}
    rows = CatalogChange.objects.exclude(endpoint_key="").filter(
        at__in={at for at, _, _ in wholes}, model_slug__in={slug for _, slug, _ in wholes}
    )
    counts: dict[int, int] = {}
    for at, slug, what in rows.values_list("at", "model_slug", "what"):
        if (pk := wholes.get((at, slug, what))) is not None:
            counts[pk] = counts.get(pk, 0) + 1
    return counts


def _days(lines: Iterable[Line]) -> list[tuple[date, list[Line]]]:
    """In the reader's zone, where one is known."""
    by_day = groupby(lines, key=lambda line: timezone.localtime(line.change.at).date())
    return [(day, list(group)) for day, group in by_day]


def _authors(catalog: Listing, wanted: Wanted) -> dict[str, str]:
    """One whose models are all gone stays a choice while it is chosen."""
    missing = wanted.author and wanted.author not in catalog.authors
    return {**catalog.authors, **({wanted.author: wanted.author} if missing else {})}


def _chips(wanted: Wanted, catalog: Listing) -> list[tuple[str, str]]:
    """(words, the address without it)."""
    author = catalog.authors.get(wanted.author, wanted.author)
    words = {"what": KINDS.get(wanted.what, ""), "author": author}
    return [(said, wanted.address(**{name: "", "page": 1})) for name, said in words.items() if said]
