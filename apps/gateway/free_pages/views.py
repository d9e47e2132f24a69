"""Where a person reads what a provider may do with what its free models are sent, and accepts it:
for their chats, and for the calls of the keys they own."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from apps.accounts.person import person_of
from apps.catalog import accepting
from apps.connections.free_calls import standings
from apps.connections.models import Connection
from apps.core.http import is_page_of_house

CHANGED = "What this provider does changed since that page was opened. Read it once more."


@require_http_methods(["GET", "HEAD", "POST"])
def show_terms(request: HttpRequest, provider: str) -> HttpResponse:
    person, terms = person_of(request), accepting.terms_at(provider)
    if terms is None:
        raise Http404
    status = 200
    if request.method == "POST":
        if accepting.accept(person, request.POST.getlist("terms")):
            messages.success(request, f"Free models at {terms.provider} answer you from now on.")
            back = request.POST.get("next", "")
            return redirect(back if is_page_of_house(back) else request.path)
        messages.error(request, CHANGED)
        status = 409
    connections = Connection.objects.enabled().filter(provider__slug=provider)
    context = {
        "terms": terms,
        "accepted_on": accepting.accepted_on(person, terms),
        "standings": list(
            standings(connections.select_related("provider"), timezone.now()).values()
        ),
        "back": request.GET.get("next", "") if is_page_of_house(request.GET.get("next")) else "",
    }
    return render(request, "free/terms.html", context, status=status)
