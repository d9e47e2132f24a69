"""What one model cost lately, and by which apps, for its page: the house's sums for who looks after
it, else one's own."""

from dataclasses import dataclass
from decimal import Decimal

from apps.accounts.models import User
from apps.usage.activity import figures, groups
from apps.usage.app_names import names_of_apps
from apps.usage.filters import CallWish
from apps.usage.models import App
from apps.usage.periods import DEFAULT
from apps.usage.reach import Reach
from apps.usage.views import current_periods

MONTH = "month"
MOST_APPS = 5


@dataclass(frozen=True)
class AppUse:
    app: App
    calls: int
    spend: Decimal


@dataclass(frozen=True)
class ModelUse:
    """Of this month; `address` leads to the calls behind the sums. `apps` of the last 30 days, the
    dearest first."""

    month: str
    spend: Decimal
    tokens: int
    calls: int
    address: str
    apps: list[AppUse]


def use_of_model(slug: str, user: User) -> ModelUse:
    periods = current_periods()
    month = periods[MONTH]
    reach, only_it = Reach.of(user), {"model": [slug]}
    now, _ = figures(reach, month, only_it)
    by_app = groups(reach, periods[DEFAULT], "app", only_it)[:MOST_APPS]
    known = names_of_apps(one.value for one in by_app)
    apps = [AppUse(known[one.value], one.requests, one.spend) for one in by_app]
    address = CallWish(model=slug, period=MONTH, everywhere=True).address()
    return ModelUse(month.words, now.spend, now.tokens, now.requests, address, apps)
