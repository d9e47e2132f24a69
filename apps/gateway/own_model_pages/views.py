"""Models the household enters itself, and what it says of catalogue models in its place:
for those who look after the house; 404 for everybody else."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.person import person_of
from apps.catalog import overriding
from apps.catalog.models import Endpoint, LanguageModel, Provider, Source
from apps.connections import own_models
from apps.connections.models import Connection
from apps.connections.views import for_the_house
from apps.core.http import is_htmx
from apps.gateway.own_model_pages.effects import effects_of
from apps.gateway.own_model_pages.forms import CatalogueModelForm, EndpointForm, OwnForm
from apps.gateway.own_model_pages.told import overridden, row_of

PAGE = 50
HOLDS = "It holds from the next call on."

both = require_http_methods(["GET", "HEAD", "POST"])


@for_the_house
@require_safe
def list_models(request: HttpRequest) -> HttpResponse:
    wanted = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:100]
    own = Endpoint.objects.filter(source=Source.OWN, own_link__isnull=False, is_listed=True)
    own = own.exclude(provider__slug=Provider.DEMO)
    if wanted:
        own = own.filter(
            Q(model__slug__icontains=wanted)
            | Q(model__name__icontains=wanted)
            | Q(upstream_id__icontains=wanted)
        )
    rows = own.select_related("model", "own_link__connection").order_by(
        "-own_link__is_by_hand", "model__slug", "pk"
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [row_of(one) for one in page],
        "wanted": wanted,
        "corrected": overridden(),
        "has_places": Connection.objects.real().exists(),
    }
    return render(request, "own_models/list.html", context)


@for_the_house
@require_safe
def choose_place(request: HttpRequest) -> HttpResponse:
    return render(request, "own_models/choose.html", {"places": Connection.objects.real()})


@for_the_house
@both
def add_model(request: HttpRequest, connection_id: int) -> HttpResponse:
    place = get_object_or_404(Connection.objects.real(), pk=connection_id)
    form = OwnForm(request.POST or None, connection=place)
    if form.is_valid():
        try:
            made = own_models.add(
                place, form.facts(), slug=form.cleaned_data["slug"], by=person_of(request)
            )
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, f"{made.model.slug} is added. Calls can name it now.")
            return redirect("own_models:list")
    return _form_page(request, "own_models/form.html", form, place=place)


@for_the_house
@both
def change_endpoint(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """One of the house's own as it is; one of the catalogue with the house's word above it."""
    endpoint = _endpoint(endpoint_id)
    if endpoint.source == Source.OWN:
        return _change_own(request, endpoint)
    form = EndpointForm(request.POST or None, endpoint=endpoint)
    if form.is_valid():
        changed = overriding.override(endpoint, form.changed_facts(), by=person_of(request))
        messages.success(request, f"Saved. {HOLDS}" if changed else "Nothing was changed.")
        return redirect("own_models:change", endpoint.pk)
    page = {"endpoint": endpoint, "said": overridden(endpoint)}
    return _form_page(request, "own_models/endpoint.html", form, **page)


@for_the_house
@both
def remove_model(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """The page says what stops; the button does it."""
    by_hand = Endpoint.objects.filter(own_link__is_by_hand=True)
    endpoint = get_object_or_404(
        by_hand.select_related("model", "own_link__connection"), pk=endpoint_id
    )
    if request.method == "POST":
        own_models.remove(endpoint, by=person_of(request))
        place = endpoint.own_link.connection.name
        messages.info(request, f"{endpoint.model.slug} is removed from {place}.")
        return redirect("own_models:list")
    context = {"endpoint": endpoint, "effects": effects_of(endpoint)}
    return render(request, "own_models/removal.html", context)


@for_the_house
@both
def change_model(request: HttpRequest, model_id: int) -> HttpResponse:
    model = _model(model_id)
    form = CatalogueModelForm(request.POST or None, model=model)
    if form.is_valid():
        changed = overriding.override(model, form.changed_facts(), by=person_of(request))
        messages.success(request, f"Saved. {HOLDS}" if changed else "Nothing was changed.")
        return redirect("own_models:model", model.pk)
    page = {"model": model, "said": overridden(model)}
    return _form_page(request, "own_models/model.html", form, **page)


@for_the_house
@require_POST
def put_endpoint_back(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    endpoint = _endpoint(endpoint_id)
    _put_back(request, endpoint)
    return redirect("own_models:change", endpoint.pk)


@for_the_house
@require_POST
def put_model_back(request: HttpRequest, model_id: int) -> HttpResponse:
    model = _model(model_id)
    _put_back(request, model)
    return redirect("own_models:model", model.pk)


def _change_own(request: HttpRequest, endpoint: Endpoint) -> HttpResponse:
    link = getattr(endpoint, "own_link", None)
    if link is None or link.connection.is_built_in:
        raise Http404  # the demonstration is as it is
    form = OwnForm(request.POST or None, connection=link.connection, endpoint=endpoint)
    if form.is_valid():
        try:
            own_models.change(endpoint, form.facts(), by=person_of(request))
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, f"Saved. {HOLDS}")
            return redirect("own_models:list")
    page = {"place": link.connection, "endpoint": endpoint, "is_by_hand": link.is_by_hand}
    return _form_page(request, "own_models/form.html", form, **page)


def _put_back(request: HttpRequest, row: overriding.Row) -> None:
    field = request.POST.get("field", "")
    words = overriding.fields_of(row).get(field)
    if words is None:
        raise Http404
    overriding.put_back(row, field, by=person_of(request))
    messages.success(request, f"{words}: the catalogue’s value counts again.")


def _endpoint(endpoint_id: int) -> Endpoint:
    rows = Endpoint.objects.select_related("model", "provider", "own_link__connection__provider")
    return get_object_or_404(rows, pk=endpoint_id, is_listed=True)


def _model(model_id: int) -> LanguageModel:
    rows = LanguageModel.objects.filter(source=Source.SEED, is_listed=True)
    return get_object_or_404(rows, pk=model_id)


def _form_page(request: HttpRequest, template: str, form: Any, **context: Any) -> HttpResponse:
    status = 422 if form.is_bound and not is_htmx(request) else 200
    return render(request, template, {"form": form, **context}, status=status)
