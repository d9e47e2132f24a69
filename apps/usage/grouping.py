"""What figures are split by: model, project, person, key, app or provider, with the names of each
and where its calls are listed."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from django.db.models import CharField, Expression, F, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Coalesce

from apps.accounts.models import User
from apps.catalog.models import Endpoint, LanguageModel, Provider
from apps.keys.models import ApiKey
from apps.projects.models import Project
from apps.usage.activity import Quarters
from apps.usage.app_names import NO_NAME, names_of_apps

NOBODY = "0"  # a number that names nothing: calls from the browser have no key


class Name(NamedTuple):
    """`param` is what the list of calls asks for it with, or nothing where it cannot be asked."""

    words: str
    sub: str = ""
    param: str = ""


class Grouping(NamedTuple):
    title: str
    expression: Expression | F
    names: Callable[[Iterable[str]], Mapping[str, Name]]
    nobody: str
    gone: str = ""


def grouped(rows: Quarters, by: str) -> Quarters:
    """The same rows, each with `group` as text."""
    expression = Cast(GROUPINGS[by].expression, CharField())
    return rows.annotate(group=expression)


def groupings_for(user: User) -> dict[str, str]:
    """Only who looks after the house sees more than one person."""
    return {
        name: one.title
        for name, one in GROUPINGS.items()
        if name != "person" or user.looks_after_house
    }


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


PROVIDER = Coalesce(
    Subquery(Endpoint.objects.filter(pk=OuterRef("endpoint_id")).values("provider__slug")[:1]),
    Value(""),
)
GROUPINGS = {
    "model": Grouping("Model", F("model"), _models, "No model answered"),
    "project": Grouping("Project", F("project_id"), _projects, "", "A project that is gone"),
    "person": Grouping("Person", F("user_id"), _people, "", "Somebody gone"),
    "key": Grouping("Key", F("key_id"), _keys, "In the browser", "A key that is gone"),
    "app": Grouping("App", F("app"), _apps, NO_NAME),
    "provider": Grouping("Provider", PROVIDER, _providers, "No provider answered"),
}
