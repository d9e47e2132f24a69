"""Whom a budget covers, in words, and what it is called when nobody says."""

from collections.abc import Sequence

from apps.accounts.models import Household
from apps.budgets.changing import Terms
from apps.budgets.models import Budget
from apps.budgets.words import EACH
from apps.keys.models import ApiKey

LONGEST = 100
SHOWN = 2
NAMED = ("members__membership__user", "keys")  # what `covered` reads of many, for two queries


def suggested(terms: Terms, keys: Sequence[ApiKey] = ()) -> str:
    """After whom it covers; a second one of that name says its interval too."""
    covers = Budget.Covers
    if terms.covers == covers.PERSON:
        name = str(terms.user)
    elif terms.covers == covers.MEMBERS:
        name = listed([str(one.user) for one in terms.members])
    elif terms.covers == covers.KEYS:
        name = listed([one.name for one in keys])
    else:
        name = str(terms.project or Household.current())
    name = name[: LONGEST - 20]
    if Budget.objects.active().filter(name=name).exists():
        name = f"{name}, {EACH[terms.interval]}"
    return name


def listed(names: Sequence[str]) -> str:
    """`Anna`, `Anna and Ben`, `Anna, Ben and 2 more`."""
    if len(names) > SHOWN:
        return f"{', '.join(names[:SHOWN])} and {len(names) - SHOWN} more"
    return " and ".join(names)


def covered(budget: Budget) -> list[str]:
    """The people or keys it names; nothing where it covers all of a house or project."""
    if budget.covers == Budget.Covers.PERSON:
        return [str(budget.user)]
    if budget.covers == Budget.Covers.MEMBERS:
        ties = [one.membership for one in budget.members.all()]
        return sorted(str(one.user) for one in ties if one.is_active and one.user.is_active)
    if budget.covers == Budget.Covers.KEYS:
        return sorted(key.name for key in budget.keys.all() if not key.revoked_at)
    return []


def kind(budget: Budget) -> str:
    """Where it stands, before its interval: `person`, `2 keys`."""
    if budget.covers in {Budget.Covers.MEMBERS, Budget.Covers.KEYS}:
        word, count = budget.covers.removesuffix("s"), len(covered(budget))
        return f"{count or 'no'} {word}{'' if count == 1 else 's'}"
    return {"household": "everything", "person": "person", "project": "project"}[budget.covers]


def sentence(budget: Budget) -> str:
    """Whom it covers, as its own page says it."""
    names, place = covered(budget), budget.project
    return {
        "household": "Everything the house spends.",
        "person": f"Whatever {budget.user} does, in every project.",
        "project": f"Everything in the project {place}.",
        "members": f"In {place}: {listed(names) or 'nobody any more'}, together.",
        "keys": f"In {place}: calls with {listed(names) or 'no key any more'}, together.",
    }[budget.covers]
