"""Fills the catalogue up to 1,000 models at 4,000 endpoints, made after those it has, and connects
most providers: what the list costs is measured in a house that knows a lot."""

from itertools import cycle, islice
from typing import Any

MODELS, ENDPOINTS = 1000, 4000
EVERY_OTHER = 3  # every third provider stays without an account


def fill() -> None:
    from apps.catalog.models import Endpoint, LanguageModel

    listed = LanguageModel.objects.filter(is_listed=True).order_by("pk")
    missing = max(MODELS - listed.count(), 0)
    models = [
        _copy(model, slug=f"{model.slug}-again-{number}", name=f"{model.name} again {number}")
        for number, model in enumerate(islice(cycle(listed), missing))
    ]
    LanguageModel.objects.bulk_create(models)
    known = Endpoint.objects.filter(variant=None, is_listed=True).order_by("pk")
    missing = max(ENDPOINTS - known.count(), 0)
    pairs = zip(cycle(models), islice(cycle(known), missing), strict=False)
    endpoints = [
        _copy(endpoint, model_id=model.pk, key=f"{model.slug}@again-{number}")
        for number, (model, endpoint) in enumerate(pairs)
    ]
    Endpoint.objects.bulk_create(endpoints, batch_size=500)
    _connect_most()


def _copy(row: Any, **changes: Any) -> Any:
    names = [field.attname for field in row._meta.concrete_fields if field.attname != "id"]
    return type(row)(**{name: getattr(row, name) for name in names} | changes)


def _connect_most() -> None:
    from apps.catalog.models import Provider
    from apps.connections.models import Connection

    companies = Provider.objects.connectable().exclude(slug=Provider.CUSTOM).order_by("pk")
    for place, provider in enumerate(companies):
        if place % EVERY_OTHER and provider.base_url:
            Connection.objects.create(
                provider=provider, name=provider.name, base_url=provider.base_url
            )
