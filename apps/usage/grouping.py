"""What figures are split by: model, project, person, key, app or provider; the names of each, and
how an address says one of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from apps.accounts.models import User
from apps.catalog.models import Endpoint, LanguageModel, Provider
from apps.keys.models import ApiKey
from apps.projects.models import Project
from apps.usage.app_names import NO_NAME, names_of_apps
from apps.usage.reach import Reach
from apps.usage.sums import BIGGEST, Asked, Sum, sums

NOBODY = "0"  # a number that names nothing: calls from the browser have no key
NONE = "~none"  # how an address says the name that is empty
GONE = "~gone"  # the provider of an endpoint that is no more


class Name(NamedTuple):
    """`param` is what the list of calls asks for it with, or nothing where it cannot be asked."""

    words: str
    sub: str = ""
    param: str = ""


class Grouping(NamedTuple):
    """`dimension` is what sums.py calls it."""

    title: str
    dimension: str
    names: Callable[[Iterable[str]], Mapping[str, Name]]
    nobody: str
    gone: str = ""


class Part(NamedTuple):
    """A sum, and the value of the grouping as text."""

    value: str
    sum: Sum


def groupings_for(reach: Reach) -> dict[str, str]:
    """Who sees nobody but themselves needs no split by person."""
    sees_others = reach.is_everything or bool(reach.projects)
    return {name: one.title for name, one in GROUPINGS.items() if name != "person" or sees_others}


def parts_of(reach: Reach, by: str, asked: Asked) -> Iterator[Part]:
    """Several may have one value: a provider has many endpoints."""
    found = sums(reach, replace(asked, by=(GROUPINGS[by].dimension,)))
    if by != "provider":
        yield from (Part(str(one.group[0]), one) for one in found)
        return
    numbers = {int(one.group[0]) for one in found}
    rows = Endpoint.objects.filter(pk__in=numbers).values_list("pk", "provider__slug")
    slugs = dict(rows) | {0: ""}
    yield from (Part(slugs.get(int(one.group[0]), GONE), one) for one in found)


def only(by: str, value: str) -> tuple[str, list[int | str]] | None:
    """The dimension and what it may be, for one value out of an address; None for what names
    nothing. Whether there is such a thing is not told: what nobody may see has no sums."""
    grouping = GROUPINGS[by]
    if by == "provider":
        if value == NONE:
            return grouping.dimension, [0]
        of_it = Endpoint.objects.filter(provider__slug=value).values_list("pk", flat=True)
        return grouping.dimension, list(of_it)
    if by in {"model", "app"}:
        return grouping.dimension, ["" if value == NONE else value]
    is_number = value.isascii() and value.isdigit() and int(value[:30]) <= BIGGEST
    return (grouping.dimension, [int(value)]) if is_number else None


def in_address(by: str, value: str) -> str:
    """Nothing where it cannot be asked for."""
    return "" if value == GONE else value or NONE


def names_of(by: str, values: Iterable[str]) -> dict[str, Name]:
    """Each value's name, for one query."""
    grouping, values = GROUPINGS[by], list(values)
    found = grouping.names([value for value in values if value and value != NOBODY])
    nobody, gone = Name(grouping.nobody), Name(grouping.gone)
    return {
        value: found.get(value, gone) if value and value != NOBODY else nobody for value in values
    }


def provider_names(slugs: Iterable[str]) -> dict[str, str]:
    """As people read them; one that is gone goes by its slug."""
    slugs = set(slugs)
    return {slug: name.words or slug for slug, name in names_of("provider", slugs).items()}


def _models(slugs: Iterable[str]) -> dict[str, Name]:
    base = {slug: slug.partition(":")[0] for slug in slugs}
    rows = LanguageModel.objects.filter(slug__in={*base, *base.values()})
    known = {row.slug: row.fact("name") for row in rows}
    names = {slug: known.get(slug) or known.get(base[slug]) or slug for slug in base}
    return {slug: Name(name, slug if name != slug else "", slug) for slug, name in names.items()}


def _projects(numbers: Iterable[str]) -> dict[str, Name]:
    rows = Project.objects.filter(pk__in=numbers)
    return {
        str(row.pk): Name(row.name, "archived" if row.archived_at else "", row.slug) for row in rows
    }


def _people(numbers: Iterable[str]) -> dict[str, Name]:
    rows = User.objects.filter(pk__in=numbers)
    return {str(row.pk): Name(row.shown_name, "", str(row.pk)) for row in rows}


def _keys(numbers: Iterable[str]) -> dict[str, Name]:
    rows = ApiKey.objects.filter(pk__in=numbers)
    return {
        str(row.pk): Name(row.name, row.label, "" if row.revoked_at else str(row.pk))
        for row in rows
    }


def _apps(identities: Iterable[str]) -> dict[str, Name]:
    return {
        identity: Name(app.name, identity if identity != app.name else "", identity)
        for identity, app in names_of_apps(identities).items()
    }


def _providers(slugs: Iterable[str]) -> dict[str, Name]:
    rows = Provider.objects.filter(slug__in=slugs)
    return {row.slug: Name(row.fact("name"), "", row.slug) for row in rows}


GROUPINGS = {
    "model": Grouping("Model", "model", _models, "No model answered"),
    "app": Grouping("App", "app", _apps, NO_NAME),
    "key": Grouping("Key", "key", _keys, "In the browser", "A key that is gone"),
    "person": Grouping("Person", "person", _people, "", "Somebody gone"),
    "project": Grouping("Project", "project", _projects, "", "A project that is gone"),
    "provider": Grouping("Provider", "endpoint", _providers, "No provider answered"),
}
