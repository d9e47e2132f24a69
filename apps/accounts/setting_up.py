"""Where setting up a fresh house stands. The pages of the steps stay open whatever stands here: it
only says what home offers to finish, and it only moves forward, so that going back, a second tab
and sending twice change nothing."""

from dataclasses import dataclass

from django.db import transaction

from apps.accounts.models import Household

# Step → its name for people, and the name of its page. The account has none to come back to.
STEPS = {
    "account": ("You", ""),
    "household": ("Household", "welcome:household"),
    "provider": ("Provider", "welcome:provider"),
    "key": ("First key", "welcome:key"),
    "done": ("First chat", "welcome:done"),
}
ORDER = list(STEPS)
FIRST, LAST = "household", "done"
SKIPPABLE = ORDER[1:-1]


@dataclass(frozen=True)
class Mark:
    """One step as the indicator shows it; `page` is empty where there is no way back."""

    number: int
    name: str
    page: str
    is_passed: bool
    is_here: bool


def trail(here: str) -> list[Mark]:
    """Every step, seen from the one a person looks at."""
    at = ORDER.index(here)
    return [
        Mark(place + 1, *STEPS[step], is_passed=place < at, is_here=place == at)
        for place, step in enumerate(ORDER)
    ]


def page_of(step: str) -> str:
    """The name of a step's page; a house that is set up is at the last."""
    return STEPS[step if step in SKIPPABLE else LAST][1]


def page_after(step: str) -> str:
    return STEPS[ORDER[ORDER.index(step) + 1]][1]


@transaction.atomic
def move_past(step: str) -> None:
    """Nothing waits any more once the last step that can be skipped is passed."""
    household = Household.current(lock=True)
    waiting = household.setup_step
    if waiting and ORDER.index(waiting) <= ORDER.index(step):
        following = ORDER[ORDER.index(step) + 1]
        household.setup_step = "" if following == LAST else following
        household.save(update_fields=["setup_step"])


@transaction.atomic
def put_away() -> None:
    household = Household.current(lock=True)
    household.setup_step = ""
    household.save(update_fields=["setup_step"])
