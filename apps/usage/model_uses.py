"""What one model cost this month, for its page: the house's sums for who looks after it, else one's
own."""

from dataclasses import dataclass
from decimal import Decimal

from apps.accounts.models import User
from apps.usage.activity import figures
from apps.usage.filters import CallWish
from apps.usage.models import UsageQuarter
from apps.usage.views import current_periods

MONTH = "month"


@dataclass(frozen=True)
class ModelUse:
    """`address` leads to the calls behind the sums."""

    month: str
    spend: Decimal
    tokens: int
    calls: int
    address: str


def use_of_model(slug: str, user: User) -> ModelUse:
    month = current_periods()[MONTH]
    now, _ = figures(UsageQuarter.objects.for_user(user).filter(model=slug), month.span)
    address = CallWish(model=slug, period=MONTH, everywhere=True).address()
    return ModelUse(month.words, now.spend, now.tokens, now.requests, address)
