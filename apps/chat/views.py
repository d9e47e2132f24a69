"""Home: a question to begin with, one's last chats, what was spent, and what needs a look. And the
search of the whole house."""

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.claim import has_owner
from apps.accounts.models import Household
from apps.accounts.person import person_of
from apps.catalog.views import shell, show_landing
from apps.chat import front, pages, talking
from apps.chat.finding import LONGEST, find
from apps.chat.forms import SayForm
from apps.connections.models import Connection
from apps.core.http import render_page
from apps.keys.models import ApiKey
from apps.projects.access import workplaces_of
from apps.projects.current import current_project


@login_not_required
@require_safe
def show_home(request: HttpRequest) -> HttpResponse:
    """Strangers find the front door here, once somebody lives in the house."""
    if not request.user.is_authenticated:
        return show_landing(request) if has_owner() else redirect_to_login("/")
    user, project = person_of(request), current_project(request)
    connections = list(Connection.objects.real())
    keys = list(ApiKey.objects.for_user(user).live().filter(project__archived_at=None))
    context = {
        **front.question_of(user, project),
        "token": pages.new_token(),
        "chats": front.last_chats(user),
        "spend": front.spend_of(user),
        "notes": front.notes_for(user, connections, setup_step=Household.current().setup_step),
        "key_count": len(keys),
        "may_make_key": workplaces_of(user).exists(),
    }
    if user.looks_after_house:
        context |= {
            "people": front.today_by_person(user),
            "watch": front.watched(connections, keys, front.measured()),
        }
    return render(request, "chat/home.html", context)


@login_not_required
@require_safe
def show_search(request: HttpRequest) -> HttpResponse:
    """A page of its own, and the list in the palette. What is found is one's own."""
    wanted = request.GET.get("q", "")[:LONGEST]
    groups = find(request, wanted)
    context = {
        "wanted": wanted,
        "groups": groups,
        "count": sum(len(group.hits) for group in groups),
        "shell": shell(request),
    }
    return render_page(request, "chat/search.html", context, piece="options")


@require_http_methods(["GET", "HEAD", "POST"])
async def ask(request: HttpRequest) -> HttpResponseBase:
    """From home to the chat's page with what was typed, which its script sends at once. Without
    scripts the form says so, and the page comes back with the whole answer."""
    if request.method != "POST":
        return redirect("chat:new")
    if "whole" in request.POST and "choose" not in request.POST:
        return await talking.show_or_send(request)
    return await sync_to_async(_open_chat)(request)


def _open_chat(request: HttpRequest) -> HttpResponse:
    if "choose" in request.POST and not request.POST.get("text", "").strip():
        return redirect("chat:new")
    form = SayForm(request.POST)
    is_whole = form.is_valid()
    response = pages.show_thread(request, None, form)
    response.status_code = 200 if is_whole else 422
    return response
