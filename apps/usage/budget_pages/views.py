"""Budgets as people see them: all of them nested, one with its history, those of a project; giving
more for now, taking that back, and removing."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import Household
from apps.accounts.person import person_of
from apps.budgets import changing
from apps.budgets.models import Budget, BudgetEvent
from apps.budgets.windows import calendar_of
from apps.core.money import usd_exact
from apps.projects.access import (
    ADMIN,
    every_project_for,
    may_change,
    project_for,
    projects_for,
    workplaces_of,
)
from apps.projects.current import current_project
from apps.usage.budget_pages import naming
from apps.usage.budget_pages.board import binding_of, board_of, project_board, readable
from apps.usage.budget_pages.figures import Shown, shown, tightest
from apps.usage.budget_pages.forms import GrantForm
from apps.usage.budget_pages.history import history_of, undo_of
from apps.usage.budget_pages.times import zone_words
from apps.usage.forecast import forecast_of
from apps.usage.projects import frame

TOO_LATE = (
    "The seconds to undo it are over, so it stays. A lower limit takes effect at once as well."
)
EARLIER = 10


@require_safe
def list_budgets(request: HttpRequest) -> HttpResponse:
    """Whoever looks after the house or a project sees what they look after; everybody else what
    binds them, as an allowance."""
    user, now = person_of(request), timezone.now()
    place = current_project(request) or workplaces_of(user).order_by("id").first()
    changes = Budget.objects.changeable_by(user)
    context = {
        "board": board_of(user, now),
        "binding": binding_of(user, now),
        "place": place,
        "tightest": tightest(user, place, now),
        "may_make": user.looks_after_house or projects_for(user, ADMIN).exists(),
        "zone": zone_words(Household.current().zone),
        "removed": readable(changes.filter(is_active=False)) if "removed" in request.GET else None,
        "has_removed": changes.filter(is_active=False).exists(),
    }
    return render(request, "budgets/list.html", context)


@require_safe
def show_project_budgets(request: HttpRequest, slug: str) -> HttpResponse:
    user, project = person_of(request), project_for(request.user, slug, archived=True)
    now = timezone.now()
    may_make = may_change(user, project.pk)
    context = {
        **frame(user, project, "budgets"),
        "rows": project_board(user, project, now),
        "tightest": tightest(user, project, now),
        "is_workplace": workplaces_of(user).filter(pk=project.pk).exists(),
        "may_make": may_make,
        "zone": zone_words(project.zone or Household.current().zone),
    }
    return render(request, "budgets/project.html", context)


@require_safe
def show_budget(request: HttpRequest, budget_id: int) -> HttpResponse:
    return budget_page(request, _budget(request, budget_id))


@require_POST
def give_more(request: HttpRequest, budget_id: int) -> HttpResponse:
    """For the window that runs now; the same form twice gives once."""
    budget = changeable(request, budget_id)
    form = GrantForm(request.POST)
    if not form.is_valid():
        return budget_page(request, budget, form)
    wish = form.cleaned_data
    try:
        event = changing.grant(
            budget,
            wish["amount"],
            actor=person_of(request),
            reason=" ".join(wish["reason"].split()),
            form_id=str(wish["form_id"] or ""),
        )
    except ValidationError:  # removed meanwhile; its page says so
        return redirect("budgets:detail", budget.pk)
    if undo_of(budget, person_of(request)) is None:
        messages.success(request, f"{usd_exact(wish['amount'])} more was given {_when(event)}.")
    return redirect("budgets:detail", budget.pk)


@require_POST
def undo_grant(request: HttpRequest, budget_id: int, event_id: int) -> HttpResponse:
    """Within its seconds; twice is as once."""
    budget = changeable(request, budget_id)
    event = get_object_or_404(budget.events, pk=event_id, kind=BudgetEvent.Kind.GRANTED)
    if changing.undo_grant(event, actor=person_of(request)):
        messages.success(request, "Taken back. The limit is as it was before.")
    elif "undone" in BudgetEvent.objects.get(pk=event.pk).details:
        messages.info(request, "It is taken back already.")
    else:
        messages.warning(request, TOO_LATE)
    return redirect("budgets:detail", budget.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def remove_budget(request: HttpRequest, budget_id: int) -> HttpResponse:
    """Asks first, with what is held now; a second time changes nothing."""
    found = Budget.objects.changeable_by(request.user)
    budget = get_object_or_404(readable(found), pk=budget_id)
    if not budget.is_active:
        return redirect("budgets:detail", budget.pk)
    if request.method == "POST":
        changing.end(budget, actor=person_of(request))
        messages.success(request, f"Budget “{budget}” is removed. Its history stays.")
        return redirect("budgets:list")
    context = {"budget": budget, "meter": shown([budget], timezone.now())[0]}
    return render(request, "budgets/removal.html", context)


def changeable(request: HttpRequest, budget_id: int) -> Budget:
    """One that binds and that this person may change, or 404."""
    found = Budget.objects.changeable_by(request.user).active()
    return get_object_or_404(readable(found), pk=budget_id)


def budget_page(
    request: HttpRequest, budget: Budget, form: GrantForm | None = None
) -> HttpResponse:
    user, now = person_of(request), timezone.now()
    may_change = Budget.objects.changeable_by(user).filter(pk=budget.pk).exists()
    one = next(iter(shown([budget], now)), None)
    context = {
        "budget": budget,
        "meter": one,
        "forecast": forecast_of(budget, one.window, now) if one else None,
        "covered": naming.sentence(budget),
        "names": naming.covered(budget),
        "may_change": may_change,
        "may_visit": budget.project in every_project_for(user),
        "form": (form or GrantForm()) if may_change and budget.is_active else None,
        "undo": undo_of(budget, user) if may_change else None,
        "history": history_of(budget),
        "earlier": _earlier(budget, one),
    }
    return render(request, "budgets/detail.html", context, status=422 if form else 200)


def _budget(request: HttpRequest, budget_id: int) -> Budget:
    return get_object_or_404(readable(Budget.objects.for_user(request.user)), pk=budget_id)


def _earlier(budget: Budget, one: Shown | None) -> list[Shown]:
    """Windows that have ended, newest first."""
    if one is None:
        return []
    rows = budget.windows.filter(starts_at__lt=one.window.starts_at).order_by("-starts_at")
    zone = calendar_of(budget, Household.current()).zone
    return [Shown(budget, row, zone, one.now) for row in rows[:EARLIER]]


def _when(event: BudgetEvent) -> str:
    return f"at {timezone.localtime(event.at):%H:%M}"
