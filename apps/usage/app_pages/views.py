"""Which apps call, and what one of them did. Whose calls are counted is as on the activity page."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from apps.usage.activity_views import adding_of, asked_in, where_of
from apps.usage.app_names import CATEGORIES, MOST_A_DAY, NO_NAME, NO_SLUG
from apps.usage.app_pages.listing import ORDERS, AppsWish, AppWish, apps_of, together, used_in
from apps.usage.grouping import NONE, groupings_for
from apps.usage.models import App
from apps.usage.pages import activity_of, chips_of


@require_safe
def list_apps(request: HttpRequest) -> HttpResponse:
    asked = asked_in(request)
    wish = AppsWish.of(asked.question.wish, request.GET)
    question = replace(asked.question, wish=wish)
    found = apps_of(question, wish)
    context = {
        "found": found,
        **where_of(asked, question),
        "orders": [(name, words, wish.address(order=name)) for name, words in ORDERS.items()],
        "categories": [
            (CATEGORIES[one], wish.address(category="" if one == wish.category else one), one)
            for one in found.categories
        ],
        "inside": wish.address(order="spend", category="", app=""),
        "chips": chips_of(question, is_seen=bool(found.rows)),
    }
    return render(request, "apps/list.html", context)


@require_safe
def show_app(request: HttpRequest, slug: str) -> HttpResponse:
    """Its name is no secret in the house, since everybody there sees the rankings; its figures are
    those of what one may see."""
    app = _app(slug)
    asked = asked_in(request)
    everywhere = replace(asked.question.wish, app=app.identity or NONE)
    if everywhere.by == "app":
        everywhere = replace(everywhere, by="model")
    wish = AppWish(**vars(everywhere))
    question = replace(asked.question, wish=wish)
    groupings = {
        name: words for name, words in groupings_for(question.reach).items() if name != "app"
    }
    shown: dict[str, Any] = activity_of(question)
    beside = replace(question, wish=replace(wish, app=""))
    context = {
        "app": app,
        "most_a_day": MOST_A_DAY,
        "says": [CATEGORIES[one] for one in app.categories if one in CATEGORIES],
        "use": together(used_in(question).values()),
        **where_of(asked, question),
        "tabs": [(name, words, wish.address(by=name)) for name, words in groupings.items()],
        "title": groupings[wish.by],
        "elsewhere": everywhere.address(),
        "adding": adding_of(wish),
        **shown,
        "chips": chips_of(beside, is_seen=bool(shown["now"].requests)),
    }
    return render(request, "apps/app.html", context)


def _app(slug: str) -> App:
    if slug == NO_SLUG:
        return App(identity="", name=NO_NAME, slug=NO_SLUG)
    return get_object_or_404(App, slug=slug)
