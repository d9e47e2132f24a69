"""Making a budget and changing one. Whom it is to cover stands in the address, so the form asks for
nothing else."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from apps.accounts.person import person_of
from apps.budgets.models import Budget
from apps.budgets.words import EACH
from apps.projects.access import ADMIN, house_or_404, project_for, projects_for
from apps.projects.current import current_project
from apps.usage.budget_pages.forms import BudgetForm, Subject, preview
from apps.usage.budget_pages.views import changeable

Covers = Budget.Covers
OF_HOUSE = {Covers.HOUSEHOLD.value, Covers.PERSON.value}
TITLES = {
    "household": "A budget for the whole household",
    "person": "A budget for one person",
    "project": "A budget for {project}",
    "members": "A budget for members of {project}",
    "keys": "A budget for keys of {project}",
}
WORDS = {
    "household": "It counts every call of everybody.",
    "person": "It counts whatever this person does in any project, in the browser and with keys.",
    "project": "It counts every call made in the project.",
    "members": "It counts the calls of those you choose in this project, together.",
    "keys": "It counts the calls with the keys you choose, together.",
}


@require_http_methods(["GET", "HEAD", "POST"])
def make_budget(request: HttpRequest) -> HttpResponse:
    """First whom it covers, which are links; then the form."""
    user = person_of(request)
    covers = request.GET.get("covers", "")
    if covers not in Covers.values:
        projects = projects_for(user, ADMIN)
        if not projects and not user.looks_after_house:
            raise Http404
        here = current_project(request)
        places = sorted(projects, key=lambda one: one != here)
        return render(request, "budgets/choose.html", {"projects": places})
    subject = _subject(request, covers)
    form = BudgetForm(request.POST or None, viewer=user, subject=subject)
    form.initial["keys"] = request.GET.getlist("key")
    if request.method == "POST" and form.is_valid():
        try:
            return _made(request, form.make(actor=user))
        except IntegrityError:
            before = Budget.objects.changeable_by(user).filter(form_id=form.cleaned_data["form_id"])
            if before:
                return redirect("budgets:detail", before[0].pk)
            return redirect("budgets:list")
        except ValidationError as problem:
            form.add_error(None, problem)
    context = {
        "form": form,
        "subject": subject,
        "title": TITLES[covers].format(project=subject.project),
        "words": WORDS[covers],
    }
    return render(request, "budgets/new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def change_budget(request: HttpRequest, budget_id: int) -> HttpResponse:
    """A change whose meaning is not plain is shown first, and saved when it comes again."""
    user, budget = person_of(request), changeable(request, budget_id)
    subject = Subject(budget.covers, budget.project)
    form = BudgetForm(request.POST or None, viewer=user, subject=subject, budget=budget)
    foreseen = None
    if request.method == "POST" and form.is_valid():
        foreseen = preview(budget, form.terms(), timezone.now())
        if foreseen is None or request.POST.get("agreed") == foreseen.agreed:
            try:
                form.change(actor=user)
            except ValidationError as problem:
                form.add_error(None, problem)
                foreseen = None
            else:
                messages.success(request, "Saved. It holds from the next call on.")
                return redirect("budgets:detail", budget.pk)
    context = {
        "form": form,
        "subject": subject,
        "budget": budget,
        "foreseen": foreseen,
        "each": EACH[form.cleaned_data["interval"]] if foreseen else "",
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "budgets/change.html", context, status=status)


def _subject(request: HttpRequest, covers: str) -> Subject:
    """What somebody may make a budget for, or 404."""
    if covers in OF_HOUSE:
        house_or_404(request.user)
        return Subject(covers)
    slug = request.GET.get("project", "").replace("\0", "")
    return Subject(covers, project_for(request.user, slug, ADMIN))


def _made(request: HttpRequest, budget: Budget) -> HttpResponse:
    if budget.limit_usd:
        messages.success(request, f"Budget “{budget}” is made. It holds from the next call on.")
    else:
        messages.success(
            request, f"Budget “{budget}” is made. It stops paid calls; free models go on."
        )
    return redirect("budgets:detail", budget.pk)
