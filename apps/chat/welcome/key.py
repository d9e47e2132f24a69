"""The first API key, shown once in the answer to the form and nowhere else. The same form sent
again leaves one key: whoever presses twice sees the second answer only, so as long as nobody has
used the key it is given a new secret, and that one is shown."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.accounts import setting_up
from apps.accounts.context import base_url
from apps.accounts.models import User
from apps.accounts.person import person_of
from apps.chat.welcome.steps import show
from apps.core.snippets import DEMO_MODEL, snippets
from apps.keys import making
from apps.keys.forms import NewKeyForm
from apps.keys.models import ApiKey
from apps.projects.access import house_or_404, workplaces_of
from apps.usage.models import Generation

NAME = "My first app"
USES = ("open-webui", "curl", "env")
SHOWN = "That key was shown already, and cannot be shown again. Go on, or make another."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def make_first_key(request: HttpRequest) -> HttpResponse:
    house_or_404(request.user)
    person = person_of(request)
    form = NewKeyForm(request.POST or None, user=person, initial={"name": NAME})
    if not form.is_valid():
        context: dict[str, object] = {
            "form": form,
            "place_count": workplaces_of(person).count(),
            "keys": ApiKey.objects.filter(owner=person).live()[:3],
        }
        return show(request, "key", context, status=422 if form.is_bound else 200)
    made = _make_once(form, person)
    if made is None:
        messages.warning(request, SHOWN)
        return redirect("welcome:key")
    setting_up.move_past("key")
    key, secret, is_again = made
    uses = snippets(base_url(), key=secret, model=DEMO_MODEL, only=USES)
    context = {"key": key, "secret": secret, "is_again": is_again, "uses": uses}
    return show(request, "key", context, status=201, page="once")


def _make_once(form: NewKeyForm, person: User) -> tuple[ApiKey, str, bool] | None:
    """The key, its secret, and whether the form came before; None when that key is in use."""
    try:
        key, secret = form.save(owner=person)
    except making.AlreadyShown:
        return _show_again(form.cleaned_data["form_id"], person)
    return key, secret, False


def _show_again(form_id: UUID, person: User) -> tuple[ApiKey, str, bool] | None:
    key = ApiKey.objects.kept().filter(form_id=form_id, owner=person).first()
    if key is None or Generation.objects.filter(key_id=key.pk).exists():
        return None
    try:
        secret = making.roll(key, seen=key.label, grace=timedelta(0), actor=person)
    except making.AlreadyShown:
        return None
    return key, secret, True
