"""The rows of the list of apps: what each was used for in a period, of what one may see."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, NamedTuple

from apps.usage import activity
from apps.usage.app_names import CATEGORIES, names_of_apps
from apps.usage.models import App
from apps.usage.pages import Question
from apps.usage.sums import Sum, sums
from apps.usage.wish import Wish

SHOWN = 200
ORDERS = {"spend": "Spend", "tokens": "Tokens", "requests": "Calls", "people": "People"}


@dataclass(frozen=True)
class AppsWish(Wish):
    """As on the activity page; `category` is one that apps say they are for."""

    order: str = "spend"
    category: str = ""

    @classmethod
    def of(cls, wish: Wish, params: Mapping[str, Any]) -> "AppsWish":
        order, category = params.get("order", ""), params.get("category", "")
        return cls(
            **vars(wish),
            order=order if order in ORDERS else "spend",
            category=category if category in CATEGORIES else "",
        )


@dataclass(frozen=True)
class AppWish(Wish):
    """Of the page of one app, whose addresses name it already."""

    def _params(self) -> Iterator[tuple[str, Any]]:
        return ((name, value) for name, value in super()._params() if name != "app")


@dataclass
class Use:
    """Of one app. `people` and `keys` by number; the chat page has no key."""

    spend: Decimal = Decimal(0)
    tokens: int = 0
    requests: int = 0
    people: set[int] = field(default_factory=set)
    keys: set[int] = field(default_factory=set)

    def add(self, row: Sum, person: int, key: int) -> None:
        self.spend += row.spend
        self.tokens += row.tokens
        self.requests += row.requests
        self.people.add(person)
        self.keys |= {key} - {0}

    def figure(self, order: str) -> Decimal | int:
        found: Decimal | int | set[int] = getattr(self, order)
        return len(found) if isinstance(found, set) else found


class Row(NamedTuple):
    """`share` of the whole, in percent, as long as its bar; `kind` is its colour."""

    app: App
    use: Use
    share: int
    kind: str

    @property
    def shown_share(self) -> str:
        return "under 1 %" if self.share == 0 and self.use.requests else f"{self.share} %"

    @property
    def sub(self) -> str:
        """What identifies it, where its name does not, and what it says it is for."""
        told = [CATEGORIES[one] for one in self.app.categories if one in CATEGORIES]
        where = [self.app.identity] if self.app.identity not in ("", self.app.name) else []
        return " · ".join([*where, *told])


class Found(NamedTuple):
    """`others`: apps beyond those shown. `categories` that the apps of the period are in."""

    rows: list[Row]
    whole: Use
    others: int
    categories: list[str]


def used_in(asked: Question) -> dict[str, Use]:
    """By what identifies each app."""
    wanted = replace(activity.asked(asked.period, asked.where), by=("app", "person", "key"))
    found: dict[str, Use] = {}
    for row in sums(asked.reach, wanted):
        app, person, key = row.group
        found.setdefault(str(app), Use()).add(row, int(person), int(key))
    return found


def apps_of(asked: Question, wish: AppsWish) -> Found:
    uses = used_in(asked)
    apps = names_of_apps(uses)
    categories = {one for app in apps.values() for one in app.categories}
    if wish.category:
        uses = {one: use for one, use in uses.items() if wish.category in apps[one].categories}
    whole = together(uses.values())
    all_of_it = whole.figure(wish.order)
    ordered = sorted(
        uses.items(), key=lambda one: (-one[1].figure(wish.order), -one[1].requests, one[0])
    )
    rows = [
        Row(
            app=apps[identity],
            use=use,
            share=int(100 * use.figure(wish.order) / all_of_it) if all_of_it else 0,
            kind=f"c{min(number, activity.SERIES + 1)}",
        )
        for number, (identity, use) in enumerate(ordered[:SHOWN], 1)
    ]
    known = [one for one in CATEGORIES if one in categories]
    return Found(rows, whole, max(len(uses) - SHOWN, 0), known)


def together(uses: Iterable[Use]) -> Use:
    whole = Use()
    for use in uses:
        whole.spend += use.spend
        whole.tokens += use.tokens
        whole.requests += use.requests
        whole.people |= use.people
        whole.keys |= use.keys
    return whole
