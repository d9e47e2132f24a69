"""Tells those who used a free model lately that it is not free any more: once, and not by a call
that fails."""

from datetime import datetime, timedelta

from django.core.cache import cache
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.notices import tell_once
from apps.catalog.endings import ended_names
from apps.catalog.listing import TOPIC
from apps.catalog.models import LanguageModel
from apps.core.models import ChangeCounter
from apps.usage.models import UsageQuarter

LATELY = timedelta(days=30)
LOOKED_AT, ONCE_A_DAY = "free_endings_looked_at", 24 * 3600
WORDS = (
    "{name}, which you used lately, is not offered for free any more. Calls for it are refused; "
    "its page says what else there is."
)


def tell_when_changed(now: datetime) -> int:
    """After each change of the catalogue, and once a day, since free offers also end by date."""
    version = ChangeCounter.version_of(TOPIC)
    if cache.get(LOOKED_AT) == version:
        return 0
    told = tell(now)
    cache.set(LOOKED_AT, version, timeout=ONCE_A_DAY)
    return told


def tell(now: datetime) -> int:
    """How many people were told."""
    ended = ended_names(now.date())
    if not ended:
        return 0
    used = UsageQuarter.objects.filter(model__in=ended, starts_at__gte=now - LATELY)
    pairs = sorted(set(used.values_list("user_id", "model")))
    people = User.objects.filter(is_active=True).in_bulk({user_id for user_id, _ in pairs})
    return sum(
        tell_once(people[user_id], WORDS.format(name=name), link=_page_of(name))
        for user_id, name in pairs
        if user_id in people
    )


def _page_of(name: str) -> str:
    """The paid twin's, where there is one."""
    twin = name.rpartition(":")[0]
    has_twin = LanguageModel.objects.filter(
        slug=twin, is_listed=True, endpoints__is_listed=True, endpoints__variant=None
    ).exists()
    return (
        reverse("catalog:model", args=[twin])
        if has_twin
        else f"{reverse('catalog:models')}?free=true"
    )
