"""Writes a plan. The caller holds the lock and the transaction; a plan names neither admins' values
(`overrides`) nor own rows."""

from collections.abc import Mapping
from typing import Any

from apps.catalog.models import Author, Endpoint, LanguageModel
from apps.catalog.refresh.plan import Facts, Plan
from apps.catalog.refresh.standing import Standing

BATCH = 1000


def write(plan: Plan, standing: Standing) -> None:
    """In few statements, however long the list is."""
    authors = {slug: one.pk for slug, one in standing.authors.items()}
    made = [Author(slug=slug, name=name[:100]) for slug, name in plan.authors.items()]
    authors |= {one.slug: one.pk for one in Author.objects.bulk_create(made)}
    models = {slug: one.pk for slug, one in standing.models.items()}
    models |= _make_models(plan, authors)
    _make_endpoints(plan, models, {slug: one.pk for slug, one in standing.providers.items()})
    _change(LanguageModel, standing.models, plan.model_edits)
    _change(Endpoint, standing.endpoints, plan.edits)
    _note(plan, standing)


def _make_models(plan: Plan, authors: Mapping[str, int]) -> dict[str, int]:
    rows = [
        LanguageModel(
            slug=slug,
            author_id=authors[facts["author"]],
            refreshed_on=plan.day,
            **{name: value for name, value in facts.items() if name != "author"},
        )
        for slug, facts in plan.models.items()
    ]
    made = LanguageModel.objects.bulk_create(rows, batch_size=BATCH)
    return {one.slug: one.pk for one in made}


def _make_endpoints(plan: Plan, models: Mapping[str, int], providers: Mapping[str, int]) -> None:
    rows = [
        Endpoint(
            key=key,
            model_id=models[facts["model"]],
            provider_id=providers[facts["provider"]],
            refreshed_on=plan.day,
            **{name: v for name, v in facts.items() if name not in ("model", "provider")},
        )
        for key, facts in plan.endpoints.items()
    ]
    Endpoint.objects.bulk_create(rows, batch_size=BATCH)


def _change(
    table: type[Endpoint] | type[LanguageModel],
    rows: Mapping[str, Any],
    edits: Mapping[str, Facts],
) -> None:
    fields = sorted({name for facts in edits.values() for name in facts})
    for slug, facts in edits.items():
        for name, value in facts.items():
            setattr(rows[slug], name, value)
    if fields:
        several = [rows[slug] for slug in edits]
        table._default_manager.bulk_update(several, fields, batch_size=BATCH)


def _note(plan: Plan, standing: Standing) -> None:
    """What is gone, and of when the source's word is, changed or not."""
    keys, slugs = standing.endpoints, standing.models
    endpoints, models = Endpoint.objects.all(), LanguageModel.objects.all()
    confirmed = [keys[key].pk for key in plan.confirmed if key in keys]
    endpoints.filter(pk__in=confirmed).update(refreshed_on=plan.day, kept_by=None)
    priced = [keys[key].pk for key in plan.priced]
    endpoints.filter(pk__in=priced).update(price_source=plan.source.name, price_as_of=plan.day)
    gone = [keys[key].pk for key in plan.gone]
    endpoints.filter(pk__in=gone).update(is_listed=False, refreshed_on=plan.day)
    seen = {keys[key].model_id for key in plan.confirmed if key in keys}
    models.filter(pk__in=seen).update(refreshed_on=plan.day)
    gone_models = [slugs[slug].pk for slug in plan.gone_models]
    models.filter(pk__in=gone_models).update(is_listed=False, refreshed_on=plan.day)
