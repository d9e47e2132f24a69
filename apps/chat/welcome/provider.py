"""Connecting the first provider: the connections room's own form, saving and test. What is saved
stays saved when its test fails, and the page then says why and takes another try."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.person import person_of
from apps.catalog.models import Provider
from apps.chat.welcome.steps import go_on, show
from apps.connections import discovery, probe
from apps.connections.forms import ConnectionForm
from apps.connections.models import Connection
from apps.connections.results import last_result
from apps.projects.access import house_or_404


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    house_or_404(request.user)
    shows_all = request.GET.get("show") == "all"
    known = list(Provider.objects.companies())
    context: dict[str, object] = {
        "providers": [one for one in known if shows_all or one.is_common],
        "shows_all": shows_all,
        "total": len(known),
        "connected": [(one, last_result(one)) for one in Connection.objects.real()],
        "has_demo": Connection.objects.demo().enabled().exists(),
    }
    return show(request, "provider", context)


@sensitive_post_parameters("credential")
@require_http_methods(["GET", "HEAD", "POST"])
def connect(request: HttpRequest, slug: str) -> HttpResponse:
    """The first time it makes a connection, afterwards it changes that one: a form sent twice
    leaves one."""
    house_or_404(request.user)
    provider = get_object_or_404(Provider.objects.connectable(), slug=slug)
    standing = Connection.objects.real().filter(provider=provider).order_by("-id").first()
    form = ConnectionForm(request.POST or None, provider=provider, connection=standing)
    if form.is_valid() and (connection := form.save(by=person_of(request))):
        result = probe.test(connection)
        discovery.absorb(connection, result)
        if result.is_ok:
            messages.success(request, result.sentence)
            return go_on("provider")
        return redirect("welcome:connect", slug)
    return _show_form(request, form, standing)


def _show_form(
    request: HttpRequest, form: ConnectionForm, standing: Connection | None
) -> HttpResponse:
    rest = ("name", "base_url", "at_home")
    context: dict[str, object] = {
        "form": form,
        "provider": form.provider,
        "standing": standing,
        "result": last_result(standing) if standing and not form.is_bound else None,
        "is_custom": form.provider.slug == Provider.CUSTOM,
        # Folded away where the catalogue knows it all; never with an error or a gap in it.
        "needs_address": not form.provider.fact("base_url") or any(n in form.errors for n in rest),
    }
    return show(request, "provider", context, status=422 if form.is_bound else 200, page="connect")
