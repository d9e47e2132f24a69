"""Who has accepted what a provider may do with what its free endpoints are sent. Once for each
state of its policy: what changes is asked for anew."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apps.accounts import audit
from apps.accounts.models import User
from apps.catalog.data_policy import FREE, facts_of
from apps.catalog.free import Caveat, caveats, terms_of
from apps.catalog.models import Endpoint, FreeAcceptance
from apps.catalog.provider_facts import dated


@dataclass(frozen=True)
class Terms:
    """Of one provider's free endpoints that may learn from what they are sent. `digests`: usually
    one; more where endpoints differ."""

    slug: str
    provider: str
    digests: Sequence[str]
    caveats: Sequence[Caveat]
    models: Sequence[str]
    source: str
    as_of: str
    privacy_url: str


def terms_at(provider: str) -> Terms | None:
    """None where nothing of this provider has to be accepted."""
    by_digest = _standing(provider)
    if not by_digest:
        return None
    found = [endpoint for group in by_digest.values() for endpoint in group]
    first = found[0]
    facts, privacy_url = facts_of(first), str(first.provider.fact("privacy_url") or "")
    return Terms(
        slug=provider,
        provider=first.provider.name,
        digests=sorted(by_digest),
        caveats=caveats(first),
        models=sorted({endpoint.model.fact("name") for endpoint in found}),
        source=facts.get("source") or "",
        as_of=dated(facts.get("as_of") or "")[0],
        privacy_url=privacy_url if privacy_url.startswith("https://") else "",
    )


def accepted_on(user: User, terms: Terms) -> datetime | None:
    """The last of it; None while something of it is not accepted."""
    rows = FreeAcceptance.objects.filter(user=user, digest__in=terms.digests)
    dates = list(rows.values_list("accepted_at", flat=True))
    return max(dates) if len(dates) == len(terms.digests) else None


def accept(user: User, digests: Iterable[str]) -> bool:
    """False where one of these stands nowhere any more, and nothing is written. Accepting twice
    changes nothing."""
    wanted = set(digests)
    standing = {digest: group[0].provider for digest, group in _standing().items()}
    if not wanted or not wanted <= standing.keys():
        return False
    with transaction.atomic():
        for digest in sorted(wanted):
            provider = standing[digest]
            _, is_new = FreeAcceptance.objects.get_or_create(
                user=user, digest=digest, defaults={"provider": provider.slug}
            )
            if is_new:
                audit.record(
                    actor=user,
                    verb="free_terms.accepted",
                    subject=provider.name,
                    details={"provider": provider.slug, "terms": digest},
                )
    return True


def _standing(provider: str = "") -> dict[str, list[Endpoint]]:
    """Free endpoints by what is to be accepted for them."""
    rows = Endpoint.objects.filter(
        variant=FREE, is_listed=True, model__is_listed=True, provider__is_listed=True
    ).order_by("pk")
    rows = rows.filter(provider__slug=provider) if provider else rows
    found: dict[str, list[Endpoint]] = {}
    for endpoint in rows.select_related("model", "provider"):
        if digest := terms_of(endpoint):
            found.setdefault(digest, []).append(endpoint)
    return found
