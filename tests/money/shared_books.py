"""The tests' own database as a house of the money path: calls by the same statements as any others,
beside what Django sees. Only for tests that really commit."""

from apps.accounts.models import Household
from apps.budgets.models import Budget
from apps.keys.models import ApiKey
from tests.cast import Cast
from tests.database import database_url
from tests.money.money_house import MoneyHouse


def books_of(people: Cast) -> MoneyHouse:
    key, _ = ApiKey.mint(project=people.project, owner=people.owner, name="test")
    key.save()
    budget = Budget.objects.create(
        name="All", covers="household", limit_usd=100, interval="monthly"
    )
    household = Household.current()
    facts = {
        "user_id": people.owner.pk,
        "project_id": people.project.pk,
        "key_id": key.pk,
        "policy_version": household.policy_version + people.project.policy_version,
    }
    return MoneyHouse(database_url(), budget.pk, facts)
