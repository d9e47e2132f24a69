"""What the address of the rankings asks for; what means nothing is left out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from apps.usage.rankings.tables import ORDERS
from apps.usage.rankings.windows import DAYS, DEFAULT

ALL = "all"
BEGIN = {"period": DEFAULT, "order": "tokens", "show": ""}
OFFERED = {"period": tuple(DAYS), "order": tuple(ORDERS), "show": (ALL,)}
FOR_STRANGERS = ("tokens", "requests")


@dataclass(frozen=True)
class Wish:
    period: str = DEFAULT
    order: str = "tokens"
    show: str = ""

    @classmethod
    def read(cls, params: Mapping[str, Any], *, is_known: bool) -> "Wish":
        """Strangers are told of one month, and nothing that goes by how many people there are."""
        offered = OFFERED if is_known else {"order": FOR_STRANGERS, "show": (ALL,)}
        return cls(
            **{
                name: wanted if (wanted := params.get(name, "")) in choices else BEGIN[name]
                for name, choices in offered.items()
            }
        )

    def address(self, **changed: Any) -> str:
        wanted = vars(replace(self, **changed))
        return "?" + urlencode({name: one for name, one in wanted.items() if one != BEGIN[name]})
