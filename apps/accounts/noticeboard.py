"""The page of what a person is told. Reading is a click of theirs, never the look alone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.models import Notice
from apps.accounts.notices import mark_read
from apps.accounts.person import person_of

MOST = 100


@require_safe
def list_notices(request: HttpRequest) -> HttpResponse:
    notices = list(Notice.objects.filter(user=person_of(request))[:MOST])
    return render(request, "accounts/notices.html", {"notices": notices, "most": MOST})


@require_POST
def open_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Marks it as read and leads to what it is about."""
    person = person_of(request)
    notice = get_object_or_404(Notice, user=person, pk=notice_id)
    mark_read(person, notice.pk)
    return redirect(notice.link or "notices")


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    mark_read(person_of(request))
    return redirect("notices")
