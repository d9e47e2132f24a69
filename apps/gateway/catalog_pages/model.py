"""One model's page."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.accounts.context import base_url
from apps.catalog.sheet import USES, sheet
from apps.catalog.views import listing_for, shell
from apps.core.http import render_page
from apps.core.snippets import snippets


@login_not_required
@require_safe
def show_model(request: HttpRequest, slug: str) -> HttpResponse:
    entry = listing_for(request).entries.get(slug)
    found = sheet(entry) if entry else None
    if entry is None or found is None:
        raise Http404
    wanted = request.GET.get("use", "")
    uses = snippets(base_url(), model=entry.slug, only=USES)
    context = {
        "entry": entry,
        "sheet": found,
        "uses": uses,
        "use": next((one for one in uses if one.name == wanted), uses[0]),
        "shell": shell(request),
    }
    return render_page(request, "catalog/model.html", context)
