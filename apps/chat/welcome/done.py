"""The last page: a question box that asks the real chat, and one line for a terminal."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.accounts.context import base_url
from apps.accounts.person import person_of
from apps.chat.choices import Choice
from apps.chat.desks import desk_of
from apps.chat.pages import new_token
from apps.chat.picking import suggested
from apps.chat.welcome.steps import show
from apps.connections.models import Connection
from apps.core.snippets import YOUR_KEY, snippets
from apps.projects.access import house_or_404

QUESTION = "What can you help me with? Answer in two sentences."
MOST_OFFERED = 12


@require_safe
def show_done(request: HttpRequest) -> HttpResponse:
    house_or_404(request.user)
    desk = desk_of(person_of(request), None)
    offered = _offered(list(desk.choices.values()))
    context: dict[str, object] = {
        "desk": desk,
        "offered": offered,
        "is_demo": all(one.is_demo for one in offered),
        "token": new_token(),
        "question": QUESTION,
        "your_key": YOUR_KEY,
    }
    if offered:
        [context["snippet"]] = snippets(base_url(), model=offered[0].slug, only=["curl"])
    return show(request, "done", context)


def _offered(choices: Sequence[Choice]) -> list[Choice]:
    """A few for a first question, the best first: a cheap one, never one whose provider failed its
    test while there is another. All of them are in the chat."""
    demo = [one for one in choices if one.is_demo]
    named = [row.choice for row in suggested(choices)]
    rest = [one for one in choices if one not in named and one not in demo]
    real = [*named, *rest][:MOST_OFFERED]
    works = Connection.objects.enabled().filter(test_code="ok").exists()
    return [*real, *demo] if works else [*demo, *real]
