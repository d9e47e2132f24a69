"""The page of savings hints: each person's own, each to be put away and brought back."""

import re

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.models import User
from apps.accounts.person import person_of
from apps.gateway.house import current_catalog
from apps.gateway.models import DismissedHint
from apps.gateway.savings.hints import LEAST_PERCENT, LEAST_USD, hints_for

DIGEST = re.compile(r"[0-9a-f]{32}", re.ASCII)
MOST_DISMISSED = 500
UNKNOWN = "That hint is gone or says something else by now."


@require_safe
def show_hints(request: HttpRequest) -> HttpResponse:
    person, wants_all = person_of(request), request.GET.get("show") == "all"
    span, hints = hints_for(person, current_catalog(), timezone.now())
    away = _away(person)
    put_away = [one for one in hints if one.digest in away]
    context = {
        "span": span,
        "hints": [(one, one.digest in away) for one in hints if wants_all or one not in put_away],
        "put_away": len(put_away),
        "wants_all": wants_all,
        "least_usd": LEAST_USD,
        "least_percent": LEAST_PERCENT,
    }
    return render(request, "savings/list.html", context)


@require_POST
def dismiss(request: HttpRequest) -> HttpResponse:
    person, digest = person_of(request), request.POST.get("hint", "")
    if DIGEST.fullmatch(digest) and len(_away(person)) < MOST_DISMISSED:
        DismissedHint.objects.get_or_create(user=person, digest=digest)
        messages.info(request, "Put away, for you alone. It comes back when it says something new.")
    else:
        messages.error(request, UNKNOWN)
    return redirect("savings:list")


@require_POST
def bring_back(request: HttpRequest) -> HttpResponse:
    DismissedHint.objects.filter(
        user=person_of(request), digest=request.POST.get("hint", "").replace("\0", "")
    ).delete()
    return redirect("savings:list")


def _away(person: User) -> set[str]:
    rows = DismissedHint.objects.filter(user=person)
    return set(rows.values_list("digest", flat=True))
