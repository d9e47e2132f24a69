"""The last page: a question box that asks the real chat, and one line for a terminal."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.accounts.person import person_of
from apps.chat.pages import DEMO, desk_of, kept_private, new_token
from apps.chat.welcome.steps import show
from apps.projects.access import house_or_404

QUESTION = "What can you help me with? Answer in two sentences."


@require_safe
def show_done(request: HttpRequest) -> HttpResponse:
    house_or_404(request.user)
    desk = desk_of(person_of(request), None)
    real = [one for one in desk.choices if not one.slug.startswith(DEMO)]
    context: dict[str, object] = {
        "desk": desk,
        "chosen": (real or desk.choices or [None])[0],
        "is_demo": not real,
        "token": new_token(),
        "question": QUESTION,
    }
    return kept_private(show(request, "done", context))
