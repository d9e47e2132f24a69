"""API keys: the list, a new one shown once, and switching off. A key itself never stands in an
address, a cookie or the database."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.person import person_of
from apps.keys import making
from apps.keys.forms import KeyForm
from apps.keys.models import ApiKey
from apps.projects.access import workplaces_of
from apps.projects.current import current_project

if TYPE_CHECKING:
    from apps.accounts.models import User


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


@require_http_methods(["GET", "HEAD", "POST"])
def create_key(request: HttpRequest) -> HttpResponse:
    """The key is shown in the answer to the POST and nowhere else; nothing may keep that page."""
    here = {"project": current_project(request)}
    form = KeyForm(request.POST or None, user=person_of(request), initial=here)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "keys/new.html", {"form": form}, status=status)
    return _show_once(request, form)


@never_cache
def _show_once(request: HttpRequest, form: KeyForm) -> HttpResponse:
    wish = form.cleaned_data
    key, secret = making.make_key(
        project=wish["project"],
        owner=person_of(request),
        name=wish["name"],
        app_name=wish["app_name"],
        expires_at=form.expires_at(),
        actor=person_of(request),
    )
    return render(request, "keys/once.html", {"key": key, "secret": secret}, status=201)


@require_safe
def show_key(request: HttpRequest, key_id: int) -> HttpResponse:
    return render(request, "keys/detail.html", {"key": _key(request, key_id)})


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
