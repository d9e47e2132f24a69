"""When keys were last used and by which app: read from the newest call of each, by index, since no
call writes it down anywhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from apps.keys.models import ApiKey
from apps.usage.app_names import names_of_apps
from apps.usage.models import Generation

IDLE = timedelta(days=90)
NEW = timedelta(days=7)


@dataclass(frozen=True)
class KeyUse:
    key: ApiKey
    last_used: datetime | None
    app: str

    @property
    def is_never_used(self) -> bool:
        """A key made this week may yet be put to use."""
        return self.last_used is None and self.key.created_at < timezone.now() - NEW

    @property
    def is_idle(self) -> bool:
        return self.last_used is not None and self.last_used < timezone.now() - IDLE


def uses_of(keys: Iterable[ApiKey]) -> list[KeyUse]:
    """In the same order, for three queries."""
    keys = list(keys)
    newest = Generation.objects.filter(key_id=OuterRef("pk")).order_by("-id").values("pk")[:1]
    rows = ApiKey.objects.filter(pk__in=[key.pk for key in keys])
    last = dict(rows.order_by().values_list("pk", Subquery(newest)))
    calls = Generation.objects.only("created_at", "app").in_bulk(
        [id_ for id_ in last.values() if id_]
    )
    found = {pk: calls[id_] for pk, id_ in last.items() if id_ in calls}
    names = names_of_apps(call.app for call in calls.values() if call.app)
    return [
        KeyUse(
            key,
            call.created_at if call else None,
            names[call.app].name if call and call.app else "",
        )
        for key in keys
        for call in [found.get(key.pk)]
    ]
