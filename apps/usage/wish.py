"""What the address of the activity page asks for, and addresses that ask for something else. What
means nothing is left out, and said."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from apps.usage.activity import MEASURES, Where
from apps.usage.axis import UNITS
from apps.usage.filters import IN_ADDRESS, CallWish, address_of
from apps.usage.grouping import GROUPINGS, only
from apps.usage.offered import LONGEST
from apps.usage.periods import DEFAULT, Period

BEGIN = {"period": DEFAULT, "by": "model", "show": "spend"}


@dataclass(frozen=True)
class Wish:
    """`since` and `until` as they were written; where there are any, no named period counts."""

    period: str = DEFAULT
    since: str = ""
    until: str = ""
    by: str = "model"
    show: str = "spend"
    each: str = ""
    sum: str = ""
    rows: str = ""
    model: str = ""
    app: str = ""
    key: str = ""
    person: str = ""
    project: str = ""
    provider: str = ""
    everywhere: bool = False
    problems: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def read(
        cls, params: Mapping[str, Any], offered: Mapping[str, Period], groupings: Mapping[str, str]
    ) -> "Wish":
        """All but the project, which is asked elsewhere."""
        found: dict[str, Any] = {}
        problems = []
        choices = {
            "period": ("period", offered),
            "by": ("way to split", groupings),
            "show": ("figure", MEASURES),
            "each": ("step of time", UNITS),
        }
        for name, (words, known) in choices.items():
            wanted = params.get(name, "")
            if wanted in known:
                found[name] = wanted
            elif wanted:
                problems.append(f"There is no {words} “{_text(wanted)[:30]}” here.")
        found |= {name: _text(params.get(name, "")) for name in GROUPINGS if name != "project"}
        for name in ("key", "person"):
            if found[name] and only(name, found[name]) is None:
                problems.append(f"“{found[name][:30]}” is the number of no {name}.")
                found[name] = ""
        found |= {name: _text(params.get(word, ""))[:40] for name, word in IN_ADDRESS.items()}
        found["sum"] = "yes" if params.get("sum") == "yes" else ""
        found["rows"] = "all" if params.get("rows") == "all" else ""
        return cls(problems=tuple(problems), **found)

    @property
    def has_dates(self) -> bool:
        return bool(self.since or self.until)

    @property
    def where(self) -> Where:
        """All but the project, whose number the caller knows."""
        narrowed = [only(name, value) for name, value in self.filters if name != "project"]
        return dict(one for one in narrowed if one)

    @property
    def filters(self) -> list[tuple[str, str]]:
        return [(name, value) for name in GROUPINGS if (value := getattr(self, name))]

    def address(self, **changed: Any) -> str:
        """A named period takes the place of dates."""
        if "period" in changed:
            changed |= {"since": "", "until": ""}
        return address_of(dict(replace(self, **changed)._params()))

    @property
    def beside_dates(self) -> dict[str, str]:
        """What a form for other dates keeps."""
        dates = {"period", *IN_ADDRESS.values(), "everywhere"}
        kept = {name: value for name, value in self._params() if value and name not in dates}
        return kept | ({"project": ""} if self.everywhere and not self.project else {})

    @property
    def calls(self) -> CallWish:
        """The list of the calls behind the figures."""
        return CallWish(
            period="" if self.has_dates else self.period,
            since=self.since,
            until=self.until,
            everywhere=self.everywhere,
            **dict(self.filters),
        )

    def _params(self) -> Iterator[tuple[str, Any]]:
        for name, value in vars(self).items():
            is_usual = value == BEGIN.get(name) or name == "period" and self.has_dates
            if name != "problems" and not is_usual:
                yield IN_ADDRESS.get(name, name), value


def _text(value: str) -> str:
    return value.replace("\0", "").strip()[:LONGEST]
