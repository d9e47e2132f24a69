"""The activity page: what was spent, on what, by whom, and the same figures as a file."""

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.accounts.models import Household
from apps.accounts.person import person_of
from apps.accounts.zone import household_zone
from apps.projects.access import workplaces_of
from apps.usage.activity_file import lines_of
from apps.usage.grouping import groupings_for
from apps.usage.pages import Question, activity_of
from apps.usage.periods import DEFAULT, BadDates, Period, between, periods
from apps.usage.reach import Reach
from apps.usage.views import place_in, wanted_project
from apps.usage.wish import Wish


@dataclass(frozen=True)
class Asked:
    """`problems` in the address, each in a sentence; `has_bad_dates` where no period was meant."""

    question: Question
    periods: dict[str, Period]
    problems: list[str]


@require_safe
def show_activity(request: HttpRequest) -> HttpResponse:
    """What a person may see of the house's or of one project's spending, by period."""
    asked = asked_in(request)
    question = asked.question
    wish, groupings = question.wish, groupings_for(question.reach)
    context = {
        **where_of(asked, question),
        "tabs": [(name, words, wish.address(by=name)) for name, words in groupings.items()],
        "title": groupings[wish.by],
        "address": wish.address(),
        "adding": adding_of(wish),
        "may_call": workplaces_of(question.user).exists,
        **activity_of(question),
    }
    return render(request, "usage/activity.html", context)


@require_safe
def download_activity(request: HttpRequest) -> HttpResponse:
    """The same figures, of every group and column. What was asked wrongly is said, not guessed."""
    asked = asked_in(request)
    if asked.problems:
        return HttpResponse(" ".join(asked.problems), status=400, content_type="text/plain")
    period = asked.question.period
    name = f"activity-{period.first_day}-to-{period.last_day}.csv"
    response = HttpResponse(lines_of(asked.question), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def asked_in(request: HttpRequest) -> Asked:
    user, project = person_of(request), wanted_project(request)
    now, zone, first = timezone.now(), household_zone(), Household.current().week_starts_on
    reach, offered = Reach.of(user), periods(now=now, zone=zone, first=first)
    wish = Wish.read(request.GET, offered, groupings_for(reach))
    wish = replace(wish, **place_in(request, project))
    problems, period = list(wish.problems), offered[wish.period]
    if wish.has_dates:
        try:
            period = between(wish.since, wish.until, now=now, zone=zone)
        except BadDates as problem:
            period = offered[DEFAULT]
            problems.append(f"{problem} Until then you see the last {period.words}.")
    question = Question(user, reach, wish, period, project, first, now)
    return Asked(question, offered, problems)


def where_of(asked: Asked, question: Question) -> dict[str, Any]:
    """What every page of figures tells: whose they are, of when, and what was asked wrongly."""
    return {
        "reach": question.reach,
        "project": question.project,
        "wish": question.wish,
        "period": question.period,
        "problems": asked.problems,
        "periods": [(p, question.wish.address(period=name)) for name, p in asked.periods.items()],
    }


def adding_of(wish: Wish) -> list[tuple[str, str, bool]]:
    """What columns may show: words, address, chosen."""
    return [
        ("Each by itself", wish.address(sum=""), not wish.sum),
        ("Added up", wish.address(sum="yes"), bool(wish.sum)),
    ]
