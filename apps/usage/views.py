"""Calls and their receipts. Nothing here ever held a word of a prompt or an answer."""

import re
from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from apps.accounts.models import User
from apps.keys.models import ApiKey
from apps.projects.models import Project
from apps.usage.models import Generation
from apps.usage.receipt import receipt_of, tokens_of

PAGE = 50
ID = re.compile(r"gen-[\w-]{1,36}", re.ASCII)


@require_safe
def list_calls(request: HttpRequest) -> HttpResponse:
    """Newest first. The next page begins below the last id, so it never skips or repeats."""
    calls = Generation.objects.for_user(request.user).order_by("-id")
    before = request.GET.get("before", "")
    if ID.fullmatch(before):
        calls = calls.filter(id__lt=before)
    page = list(calls[: PAGE + 1])
    context = {
        "calls": with_names(page[:PAGE]),
        "older": page[PAGE - 1].id if len(page) > PAGE else "",
        "is_first": not before,
    }
    return render(request, "usage/calls.html", context)


@require_safe
def show_call(request: HttpRequest, call_id: str) -> HttpResponse:
    if not ID.fullmatch(call_id):
        raise Http404
    call = get_object_or_404(Generation.objects.for_user(request.user), pk=call_id)
    project = Project.objects.filter(pk=call.project_id).first()
    context = {
        "call": with_names([call])[0],
        "project": project,
        "tokens": tokens_of(call),
        "receipt": receipt_of(call),
    }
    return render(request, "usage/receipt.html", context)


def with_names(calls: Iterable[Generation]) -> list[Generation]:
    """Each with `person` and `key`, where they still exist, for two queries in all."""
    calls = list(calls)
    people = User.objects.in_bulk({call.user_id for call in calls})
    keys = ApiKey.objects.in_bulk({call.key_id for call in calls if call.key_id})
    for call in calls:
        call.person = people.get(call.user_id)  # type: ignore[attr-defined]
        call.key = keys.get(call.key_id)  # type: ignore[attr-defined]
    return calls
