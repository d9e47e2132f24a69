"""The household's provider accounts, for those who look after the house; 404 for everybody else.
A stored key is never sent back to a page."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.person import person_of
from apps.catalog.models import Provider
from apps.connections import attesting, discovery, free_calls, probe, saving, waiting
from apps.connections.forms import AttestForm, ConnectionForm, FreeLimitForm
from apps.connections.models import Connection
from apps.connections.results import last_result
from apps.core.http import is_htmx, render_page
from apps.projects.access import house_or_404

View = Callable[..., HttpResponse]


def for_the_house(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        house_or_404(request.user)
        return view(request, *args, **kwargs)

    return guarded


@for_the_house
@require_safe
def list_connections(request: HttpRequest) -> HttpResponse:
    connections = list(Connection.objects.select_related("provider", "created_by"))
    free = free_calls.standings(connections, timezone.now())
    cards = [(one, last_result(one), free.get(one.pk)) for one in connections]
    context = {"connections": connections, "cards": cards}
    return render(request, "connections/list.html", context)


@for_the_house
@require_safe
def choose_provider(request: HttpRequest) -> HttpResponse:
    wanted = request.GET.get("q", "").strip().replace("\x00", "")
    providers = Provider.objects.companies()
    if wanted:
        providers = providers.filter(Q(name__icontains=wanted) | Q(slug__icontains=wanted))
    context = {"providers": providers, "wanted": wanted}
    return render_page(request, "connections/choose.html", context, piece="results")


@for_the_house
@sensitive_post_parameters("credential")
@require_http_methods(["GET", "HEAD", "POST"])
def create_connection(request: HttpRequest, slug: str) -> HttpResponse:
    provider = get_object_or_404(Provider.objects.connectable(), slug=slug)
    form = ConnectionForm(request.POST or None, provider=provider)
    if form.is_valid() and (connection := form.save(by=person_of(request))):
        _test_and_tell(request, connection)
        return redirect("connections:list")
    return _form_page(request, form)


@for_the_house
@sensitive_post_parameters("credential")
@require_http_methods(["GET", "HEAD", "POST"])
def change_connection(request: HttpRequest, connection_id: int) -> HttpResponse:
    connection = _connection(connection_id)
    form = ConnectionForm(request.POST or None, provider=connection.provider, connection=connection)
    waiting.forget(request)
    if not form.is_valid():
        return _form_page(request, form)
    if form.is_rotation:
        return _rotate(request, connection, form)
    changed = form.save(by=person_of(request))
    if changed is None:
        return _form_page(request, form)
    if connection.credential and not changed.credential:
        messages.warning(request, "The address changed, so the stored key was cleared.")
    _test_and_tell(request, changed)
    return redirect("connections:list")


@for_the_house
@require_POST
def save_anyway(request: HttpRequest, connection_id: int) -> HttpResponse:
    """A new key that failed its test takes the old one's place all the same."""
    connection = _connection(connection_id)
    wish = waiting.take(request, connection)
    if wish is None:
        messages.info(request, "No new key waits any more. Enter it once more.")
        return redirect("connections:change", connection.pk)
    try:
        changed = saving.save_connection(
            connection.provider,
            connection.name,
            base_url=wish["base_url"],
            credential=wish["credential"],
            at_home=wish["at_home"],
            by=person_of(request),
        )
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect("connections:change", connection.pk)
    messages.warning(request, f"The new key of {changed.name} is in use, although its test failed.")
    _test_and_tell(request, changed)
    return redirect("connections:list")


@for_the_house
@require_POST
def test_connection(request: HttpRequest, connection_id: int) -> HttpResponse:
    connection = _connection(connection_id)
    result = probe.test(connection)
    discovery.absorb(connection, result)
    if not is_htmx(request):
        _tell(request, result)
        return redirect("connections:list")
    connection.refresh_from_db()
    look = replace(last_result(connection), sentence=result.sentence)
    context = {"connection": connection, "result": look}
    return render(request, "connections/list.html#result", context)


@for_the_house
@require_POST
def switch_off(request: HttpRequest, connection_id: int) -> HttpResponse:
    connection = _connection(connection_id)
    saving.switch(connection, on=False, by=person_of(request))
    undo = reverse("connections:switch-on", args=[connection.pk])
    messages.success(request, f"{connection.name} is switched off.", extra_tags=undo)
    return redirect("connections:list")


@for_the_house
@require_POST
def switch_on(request: HttpRequest, connection_id: int) -> HttpResponse:
    connection = _connection(connection_id)
    saving.switch(connection, on=True, by=person_of(request))
    messages.success(request, f"{connection.name} is switched on.")
    return redirect("connections:list")


@for_the_house
@require_POST
def attest(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Somebody says that zero retention is agreed with this provider."""
    connection = _connection(connection_id)
    form = AttestForm(request.POST)
    if connection.is_built_in:
        raise Http404
    if not form.is_valid():
        own = ConnectionForm(provider=connection.provider, connection=connection)
        return _form_page(request, own, attesting=form)
    wish = form.cleaned_data
    attesting.attest(connection, note=wish["note"], on=wish["on"], by=person_of(request))
    messages.success(request, f"{connection.name} counts as keeping nothing from now on.")
    return redirect("connections:change", connection.pk)


@for_the_house
@require_POST
def withdraw(request: HttpRequest, connection_id: int) -> HttpResponse:
    connection = _connection(connection_id)
    attesting.withdraw(connection, by=person_of(request))
    provider = connection.provider.name
    messages.success(request, f"What is publicly known of {provider} counts again.")
    return redirect("connections:change", connection.pk)


@for_the_house
@require_POST
def set_free_limit(request: HttpRequest, connection_id: int) -> HttpResponse:
    """How many free calls a day this account gets, where it is not what is known of others."""
    connection = _connection(connection_id)
    form = FreeLimitForm(request.POST)
    if not form.is_valid():
        own = ConnectionForm(provider=connection.provider, connection=connection)
        return _form_page(request, own, free_limit=form)
    free_calls.set_daily_limit(connection, form.cleaned_data["per_day"], by=person_of(request))
    messages.success(request, f"Free calls of {connection.name} are counted by that from now on.")
    return redirect("connections:change", connection.pk)


@for_the_house
@require_POST
def remove_connection(request: HttpRequest, connection_id: int) -> HttpResponse:
    connection = _connection(connection_id)
    if connection.is_built_in:
        messages.error(request, "The demonstration is built in; it can only be switched off.")
    else:
        saving.remove(connection, by=person_of(request))
        messages.info(request, f"{connection.name} is removed, and its stored key with it.")
    return redirect("connections:list")


def _connection(connection_id: int) -> Connection:
    return get_object_or_404(Connection.objects.select_related("provider"), pk=connection_id)


def _rotate(request: HttpRequest, connection: Connection, form: ConnectionForm) -> HttpResponse:
    """The new key is tried first. One that fails changes nothing, and waits for *save anyway*."""
    wish = form.cleaned_data
    facts = {name: wish[name] for name in ("base_url", "credential", "at_home")}
    try:
        draft = saving.as_it_would_be(connection, **facts)
    except ValidationError as problem:
        form.add_sentences(problem)
        return _form_page(request, form)
    result = probe.test(draft)
    if not result.is_ok:
        waiting.keep(request, connection, **facts)
        return _form_page(request, form, failed=result)
    changed = form.save(by=person_of(request))
    if changed is None:
        return _form_page(request, form)
    discovery.absorb(changed, result)
    messages.success(request, f"{result.sentence} The new key is in use.")
    return redirect("connections:list")


def _form_page(
    request: HttpRequest,
    form: ConnectionForm,
    *,
    failed: probe.TestResult | None = None,
    attesting: AttestForm | None = None,
    free_limit: FreeLimitForm | None = None,
) -> HttpResponse:
    """`failed` is the test of a new key that did not take the old one's place."""
    status = 422 if form.is_bound or attesting or free_limit else 200
    connection = form.connection
    free = free_calls.standings([connection] if connection else [], timezone.now())
    stated = {"per_day": connection.free_calls_per_day} if connection else {}
    context = {
        "form": form,
        "provider": form.provider,
        "connection": connection,
        "free": free.get(connection.pk) if connection else None,
        "free_limit": free_limit or FreeLimitForm(initial=stated),
        "failed": failed,
        "attesting": attesting or AttestForm(initial={"on": timezone.localdate()}),
    }
    return render(request, "connections/form.html", context, status=status)


def _test_and_tell(request: HttpRequest, connection: Connection) -> None:
    result = probe.test(connection)
    discovery.absorb(connection, result)
    _tell(request, result)


def _tell(request: HttpRequest, result: probe.TestResult) -> None:
    tell = messages.success if result.is_ok else messages.error
    tell(request, result.sentence)
