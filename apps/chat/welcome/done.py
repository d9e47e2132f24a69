"""The last page: a question box that asks the real chat, and one line for a terminal."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.accounts.person import person_of
from apps.chat.pages import DEMO, desk_of, kept_private, new_token
from apps.chat.welcome.steps import show
from apps.connections.models import Connection
from apps.projects.access import house_or_404

QUESTION = "What can you help me with? Answer in two sentences."


@require_safe
def show_done(request: HttpRequest) -> HttpResponse:
    house_or_404(request.user)
    desk = desk_of(person_of(request), None)
    demo = [one for one in desk.choices if one.slug.startswith(DEMO)]
    real = [one for one in desk.choices if one not in demo]
    # A first question should not fail because a key was mistyped.
    works = Connection.objects.enabled().filter(test_code="ok").exists()
    first = [*real, *demo] if works else [*demo, *real]
    context: dict[str, object] = {
        "desk": desk,
        "chosen": first[0] if first else None,
        "is_demo": not real,
        "token": new_token(),
        "question": QUESTION,
    }
    return kept_private(show(request, "done", context))
