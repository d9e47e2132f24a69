"""Where OpenRouter's rankings come from: asked for, taken as a file, or put away again. For who
looks after the house; 404 for everybody else."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.audit import record
from apps.accounts.person import person_of
from apps.catalog.models import ElsewhereState
from apps.catalog.refresh import rankings
from apps.catalog.refresh.validate import MOST_BYTES, PayloadError
from apps.connections.views import for_the_house
from apps.gateway import openrouter_rankings

NO_FILE = "Choose the file that holds the list."


@for_the_house
@require_http_methods(["GET", "HEAD", "POST"])
def show_elsewhere(request: HttpRequest) -> HttpResponse:
    problem = ""
    if request.method == "POST":
        try:
            said = _changed(request)
        except PayloadError as refused:
            problem = str(refused)
        else:
            record(actor=person_of(request), verb="rankings.elsewhere", subject=said)
            messages.success(request, said)
            return redirect("rankings:rankings")
    context = {
        "state": ElsewhereState.objects.first(),
        "account": openrouter_rankings.account(),
        "address": rankings.ADDRESS,
        "problem": problem,
    }
    status = 422 if problem else 200
    return render(request, "rankings/elsewhere.html", context, status=status)


def _changed(request: HttpRequest) -> str:
    """One of three buttons. Raises PayloadError."""
    wish = request.POST.get("wish")
    if wish == "forget":
        rankings.forget()
        return "OpenRouter’s rankings are no longer shown."
    if wish == "ask":
        state = openrouter_rankings.ask()
    else:
        file = request.FILES.get("file")
        if file is None:
            raise PayloadError(NO_FILE)
        state = rankings.take(file.read(MOST_BYTES + 1))
    return f"OpenRouter’s rankings are taken, as of {state.as_of}."
