"""What a rule looks for ↔ encrypted JSON bound to the rule's row, as a connection keeps its
credential. Opened once per process for as long as the row stands as it is."""

import json
from functools import lru_cache
from typing import Any

from django.conf import settings

from apps.core.vault import VaultError
from apps.guardrails.rail import Private


def lock(private: Private, bound_to: str) -> str:
    """Empty for a rule that needs nothing private."""
    if private == Private():
        return ""
    plain = json.dumps(private._asdict(), ensure_ascii=False)
    locked: str = settings.HOUSE_SECRETS.encrypt(plain, bound_to)
    return locked


@lru_cache(maxsize=1024)
def opened(locked: str, bound_to: str) -> Private | None:
    """None where the house's secrets do not open it, or what they open is no rule's."""
    if not locked:
        return Private()
    try:
        return _private(json.loads(settings.HOUSE_SECRETS.decrypt(locked, bound_to)))
    except (VaultError, ValueError, TypeError, KeyError):
        return None


def _private(facts: dict[str, Any]) -> Private:
    texts = {name: tuple(map(str, facts[name])) for name in Private._fields if name != "pattern"}
    return Private(**texts, pattern=str(facts["pattern"]))
