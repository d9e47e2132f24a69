"""The list of models by itself: a piece of the chat page for who types in its search, and a page
for who has no script."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.accounts.person import person_of
from apps.chat.desks import desk_of
from apps.chat.models import Conversation
from apps.chat.pages import lately_models, number_of
from apps.core.http import is_htmx, render_page


@require_safe
def list_models(request: HttpRequest) -> HttpResponse:
    """`chat` is the thread one chooses for, `project` where a new one would be."""
    user, given = person_of(request), request.GET
    conversation = None
    if given.get("chat"):
        own = Conversation.objects.of(user)
        conversation = get_object_or_404(own, pk=number_of(given["chat"]))
    is_private = bool(given.get("private"))
    desk = desk_of(user, conversation, given.get("project"), is_private=is_private)
    if desk.closed or desk.place is None:
        raise Http404
    lately = lately_models(user)
    chosen = desk.choice(given.get("model", ""))
    picker = desk.picker(q=given.get("q", ""), chosen=chosen, lately=lately)
    back = reverse("chat:thread", args=[conversation.pk]) if conversation else reverse("chat:new")
    context = {
        "picker": picker,
        "back": back,
        "belongs": "composer" if is_htmx(request) else "choose",
        "conversation": conversation,
        "desk": desk,
    }
    return render_page(request, "chat/models.html", context, piece="found")
