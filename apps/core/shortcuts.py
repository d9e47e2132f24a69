"""The keys that do something on every page, told in a dialog and on a page of their own. The script
of the shell (static/js/shell.js) obeys them; links carry their letter as data-go."""

from typing import NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.core.http import render_page


class Shortcut(NamedTuple):
    keys: tuple[str, ...]
    words: str


EVERYWHERE = (
    Shortcut(("Ctrl", "K"), "Search the house; on a Mac, ⌘ K"),
    Shortcut(("?",), "Show these keys"),
    Shortcut(("/",), "Into the search field of the page"),
    Shortcut(("Esc",), "Close what is open; in a chat, stop the answer"),
)
PLACES = (
    Shortcut(("g", "h"), "Home"),
    Shortcut(("g", "c"), "New chat"),
    Shortcut(("g", "m"), "Models"),
    Shortcut(("g", "a"), "Activity"),
    Shortcut(("g", "k"), "API keys"),
    Shortcut(("g", "b"), "Budgets"),
    Shortcut(("g", "p"), "Projects"),
    Shortcut(("g", "s"), "Settings"),
)
CHAT = (
    Shortcut(("Enter",), "Send"),
    Shortcut(("Shift", "Enter"), "A new line"),
)


@login_not_required
@require_safe
def show_shortcuts(request: HttpRequest) -> HttpResponse:
    is_known = request.user.is_authenticated
    context = {
        "groups": (
            ("Everywhere", EVERYWHERE),
            ("Go to, one key after the other", PLACES if is_known else _public(PLACES)),
            *((("In a chat", CHAT),) if is_known else ()),
        ),
        "shell": "app.html" if is_known else "public.html",
    }
    return render_page(request, "ui/shortcuts.html", context, piece="keys")


def _public(places: tuple[Shortcut, ...]) -> tuple[Shortcut, ...]:
    """Those that strangers have a link to."""
    return tuple(one for one in places if one.words in {"Home", "Models"})
