"""The first API key, shown once in the answer to the form and nowhere else. The same form sent
again leaves one key: whoever presses twice sees the second answer only, so the key of the first,
if nobody has used it, is replaced by the one that is shown."""

import hashlib
import secrets

from django.contrib import messages
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.accounts import setting_up
from apps.accounts.models import Household, User
from apps.accounts.person import person_of
from apps.chat.welcome.steps import show
from apps.keys import making
from apps.keys.forms import KeyForm
from apps.keys.models import ApiKey
from apps.projects.access import house_or_404
from apps.usage.models import Generation

NAME = "My first app"
HOUR = 3600
IN_USE = "The key “{name}” of that form is in use and cannot be shown again. Make another below."


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def make_first_key(request: HttpRequest) -> HttpResponse:
    house_or_404(request.user)
    person = person_of(request)
    form = KeyForm(request.POST or None, user=person, initial={"name": NAME})
    if not form.is_valid():
        context: dict[str, object] = {
            "form": form,
            "token": secrets.token_urlsafe(16),
            "may_make": form.fields["project"].queryset.exists(),  # type: ignore[attr-defined]
            "keys": ApiKey.objects.filter(owner=person).live()[:3],
        }
        return show(request, "key", context, status=422 if form.is_bound else 200)
    key, secret, is_again = _make_once(form, person, request.POST.get("token", ""))
    if not secret:
        messages.warning(request, IN_USE.format(name=key.name))
        return redirect("welcome:key")
    setting_up.move_past("key")
    context = {"key": key, "secret": secret, "is_again": is_again}
    return show(request, "key", context, status=201, page="once")


@transaction.atomic
def _make_once(form: KeyForm, person: User, token: str) -> tuple[ApiKey, str, bool]:
    """The key, itself, and whether it replaces the one of the same form; without itself where
    that one is in use already. Two at once wait for each other."""
    Household.current(lock=True)
    note = f"first-key:{hashlib.sha256(f'{person.pk} {token}'.encode()).hexdigest()}"
    earlier = ApiKey.objects.kept().filter(owner=person, pk=cache.get(note, 0)).first()
    if earlier and Generation.objects.filter(key_id=earlier.pk).exists():
        return earlier, "", True
    if earlier:
        making.delete(earlier, actor=person)
    key, secret = making.make_key(
        project=form.cleaned_data["project"],
        owner=person,
        name=form.cleaned_data["name"],
        expires_at=form.expires_at(),
        actor=person,
    )
    if token:
        cache.set(note, key.pk, HOUR)
    return key, secret, earlier is not None
