"""What stops when a model the house entered is removed, said before it is."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Sum
from django.utils import timezone

from apps.catalog.models import Endpoint
from apps.connections.models import Connection
from apps.guardrails.models import Guardrail
from apps.keys.models import ApiKey
from apps.usage.models import UsageQuarter

LATELY = timedelta(days=30)


@dataclass(frozen=True)
class Effects:
    """`others`: where else the model runs and can be reached. `keys` name it, `lonely` name
    nothing else; `rails` is how many guardrails name it."""

    others: list[str]
    calls: int
    keys: list[str]
    lonely: list[str]
    rails: int


def effects_of(endpoint: Endpoint) -> Effects:
    slug = endpoint.model.slug
    used = UsageQuarter.objects.filter(
        endpoint_id=endpoint.pk, starts_at__gte=timezone.now() - LATELY
    ).aggregate(calls=Sum("requests"))
    named = ApiKey.objects.live().filter(allowed_models__contains=[slug])
    keys = list(named.values_list("name", "allowed_models"))
    return Effects(
        others=_others(endpoint),
        calls=used["calls"] or 0,
        keys=[name for name, _ in keys],
        lonely=[name for name, models in keys if models == [slug]],
        rails=Guardrail.objects.filter(allowed_models__contains=[slug]).count(),
    )


def _others(endpoint: Endpoint) -> list[str]:
    """Connections by name that run it as well."""
    rest = endpoint.model.endpoints.filter(is_listed=True, variant=None).exclude(pk=endpoint.pk)
    enabled = Connection.objects.enabled()
    own = enabled.filter(own_endpoints__endpoint__in=rest)
    known = enabled.filter(provider__endpoints__in=rest.filter(own_link=None))
    return sorted({one.name for one in (*own, *known)})
