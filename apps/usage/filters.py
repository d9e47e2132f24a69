"""Which calls somebody wants to see: read from the address, written back into it. Values that mean
nothing are left out; whose calls a person may see is decided elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q

from apps.usage.models import Generation, GenerationSet

FAILED = Q(status__gte=400) | ~Q(error_type="")
OUTCOMES = {
    "done": ("Done", Q(state=Generation.State.CLOSED, was_cancelled=False) & ~FAILED),
    "failed": ("Failed", Q(state=Generation.State.CLOSED, was_cancelled=False) & FAILED),
    "stopped": ("Stopped by the app", Q(was_cancelled=True)),
    "unsent": ("Not sent", Q(state=Generation.State.RELEASED)),
    "running": ("Running", Q(state=Generation.State.OPEN)),
}
LONGEST = 100


@dataclass(frozen=True)
class CallWish:
    model: str = ""
    key: int | None = None
    outcome: str = ""

    @classmethod
    def read(cls, params: Mapping[str, Any], *, keys: Mapping[int, str]) -> "CallWish":
        """`keys` are those this person may see, by number."""
        number, outcome = params.get("key", ""), params.get("outcome", "")
        key = int(number) if number.isascii() and number.isdigit() and len(number) < 18 else None
        return cls(
            model=params.get("model", "").replace("\0", "").strip()[:LONGEST],
            key=key if key in keys else None,
            outcome=outcome if outcome in OUTCOMES else "",
        )

    @property
    def is_set(self) -> bool:
        return self != CallWish()

    def narrow(self, calls: GenerationSet) -> GenerationSet:
        if self.model:
            named = Q(model__icontains=self.model) | Q(requested_model__icontains=self.model)
            calls = calls.filter(named)
        if self.key is not None:
            calls = calls.filter(key_id=self.key)
        if self.outcome:
            calls = calls.filter(OUTCOMES[self.outcome][1])
        return calls

    def address(self, **more: str) -> str:
        """With `more` as it is given: there, an empty value may mean something."""
        own = {"model": self.model, "key": str(self.key or ""), "outcome": self.outcome}
        return "?" + urlencode({**{name: value for name, value in own.items() if value}, **more})
