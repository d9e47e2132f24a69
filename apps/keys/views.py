"""API keys: the list, a new one shown once, its rules, a new secret for it, freezing and
switching off. A secret never stands in an address, a cookie or the database."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.context import base_url
from apps.accounts.person import person_of
from apps.core.snippets import DEMO_MODEL, Snippet, snippets
from apps.keys import making
from apps.keys.forms import ChangeKeyForm, LimitedKeyForm, RollForm
from apps.keys.models import ApiKey
from apps.projects.access import what_stops, workplaces_of
from apps.projects.current import current_project

if TYPE_CHECKING:
    from apps.accounts.models import User

USES = ("open-webui", "curl", "python", "javascript", "env")


@require_safe
def list_keys(request: HttpRequest) -> HttpResponse:
    keys = _keys(request.user)
    shows_off = request.GET.get("show") == "off"
    shown = [key for key in keys if key.is_live != shows_off]
    context = {
        "keys": shown,
        "shows_off": shows_off,
        "on_count": sum(key.is_live for key in keys),
        "off_count": sum(not key.is_live for key in keys),
        "may_make": workplaces_of(request.user).exists(),
    }
    return render(request, "keys/list.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def create_key(request: HttpRequest) -> HttpResponse:
    """The secret is shown in the answer to the POST and nowhere else; nothing may keep that page,
    and the same POST once more makes nothing."""
    person = person_of(request)
    named = request.GET.get("project", "").replace("\0", "")
    place = workplaces_of(person).filter(slug=named).first() or current_project(request)
    here = {"project": place}
    form = LimitedKeyForm(request.POST or None, user=person, initial=here)
    if form.is_valid():
        try:
            key, secret = form.save(owner=person)
        except making.AlreadyShown:
            made = get_object_or_404(ApiKey, form_id=form.cleaned_data["form_id"], owner=person)
            return _already_shown(request, made)
        except ValidationError as problem:
            form.add_error("limit_usd", problem)
        else:
            return _show_once(request, key, secret)
    status = 422 if form.is_bound else 200
    return render(request, "keys/new.html", {"form": form}, status=status)


@require_safe
def show_key(request: HttpRequest, key_id: int) -> HttpResponse:
    key = _key(request, key_id)
    context = {
        "key": key,
        "roll": RollForm(initial={"seen": key.label}) if _may_roll(request, key) else None,
        "may_thaw": ApiKey.objects.thawed_by(request.user).filter(pk=key.pk).exists(),
        "stopped_by": what_stops(key.owner, key.project),
    }
    return render(request, "keys/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def change_key(request: HttpRequest, key_id: int) -> HttpResponse:
    key = _key(request, key_id)
    form = ChangeKeyForm(request.POST or None, key=key, user=person_of(request))
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "keys/change.html", {"form": form, "key": key}, status=status)
    making.change(key, form.rules(), actor=person_of(request))
    messages.success(request, "Saved. It holds from the next call on.")
    return redirect("keys:detail", key.pk)


@never_cache
@require_POST
def roll_key(request: HttpRequest, key_id: int) -> HttpResponse:
    """Only its owner gets a secret: calls with it are theirs."""
    key = _key(request, key_id)
    form = RollForm(request.POST)
    if not _may_roll(request, key) or not form.is_valid():
        raise Http404
    seen, grace = form.cleaned_data["seen"], form.duration()
    try:
        secret = making.roll(key, seen=seen, grace=grace, actor=person_of(request))
    except making.AlreadyShown:
        return _already_shown(request, key)
    return _show_once(request, key, secret)


@require_POST
def end_old(request: HttpRequest, key_id: int) -> HttpResponse:
    key = _key(request, key_id)
    making.end_old(key, actor=person_of(request))
    messages.success(request, "The old key no longer works. The new one does.")
    return redirect("keys:detail", key.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def freeze_key(request: HttpRequest, key_id: int) -> HttpResponse:
    """Asks first, and says what it does."""
    key = _key(request, key_id)
    if request.method != "POST":
        return render(request, "keys/freeze.html", {"key": key})
    making.freeze(key, actor=person_of(request))
    messages.success(request, f"Key “{key.name}” is frozen. What was running with it ends now.")
    return redirect("keys:detail", key.pk)


@require_POST
def thaw_key(request: HttpRequest, key_id: int) -> HttpResponse:
    key = _key(request, key_id)
    get_object_or_404(ApiKey.objects.thawed_by(request.user), pk=key.pk)
    making.thaw(key, actor=person_of(request))
    messages.success(request, f"Key “{key.name}” is thawed. Calls with it run again.")
    return redirect("keys:detail", key.pk)


@require_POST
def switch_off(request: HttpRequest, key_id: int) -> HttpResponse:
    key = _key(request, key_id)
    making.switch_off(key, actor=person_of(request))
    undo = reverse("keys:switch-on", args=[key.pk])
    messages.success(request, f"Key “{key.name}” is switched off.", extra_tags=undo)
    return redirect("keys:list")


@require_POST
def switch_on(request: HttpRequest, key_id: int) -> HttpResponse:
    key = _key(request, key_id)
    making.switch_on(key, actor=person_of(request))
    messages.success(request, f"Key “{key.name}” is switched on.")
    return redirect("keys:list")


@require_POST
def delete_key(request: HttpRequest, key_id: int) -> HttpResponse:
    key = _key(request, key_id)
    making.delete(key, actor=person_of(request))
    messages.info(request, f"Key “{key.name}” is deleted. Its receipts stay.")
    return redirect("keys:list")


def _keys(user: "User | Any") -> list[ApiKey]:
    return list(ApiKey.objects.for_user(user).kept().select_related("project", "owner"))


def _key(request: HttpRequest, key_id: int) -> ApiKey:
    keys = ApiKey.objects.for_user(request.user).kept().select_related("project", "owner")
    return get_object_or_404(keys, pk=key_id)


def _may_roll(request: HttpRequest, key: ApiKey) -> bool:
    person = person_of(request)
    return key.owner_id == person.pk and workplaces_of(person).filter(pk=key.project_id).exists()


def _show_once(request: HttpRequest, key: ApiKey, secret: str) -> HttpResponse:
    context = {"key": key, "secret": secret, "uses": _uses(key, secret)}
    return render(request, "keys/once.html", context, status=201)


def _uses(key: ApiKey, secret: str) -> list[Snippet]:
    """With a model that this key may use."""
    model = key.allowed_models[0] if key.allowed_models else DEMO_MODEL
    return snippets(base_url(), key=secret, model=model, only=USES)


def _already_shown(request: HttpRequest, key: ApiKey) -> HttpResponse:
    """The page that showed a secret was reloaded, or its form sent twice."""
    return render(request, "keys/shown.html", {"key": key}, status=409)
