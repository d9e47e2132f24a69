"""Guardrails as people see and change them: of a project, of the whole house, of one member and of
one key. One page for each, which shows what a change would close before it is saved."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from apps.accounts.models import User
from apps.accounts.person import person_of
from apps.core.http import is_htmx, render_page
from apps.gateway.guardrail_pages import subjects
from apps.gateway.guardrail_pages.forms import DELETE
from apps.gateway.guardrail_pages.history import changes_of, hits_of
from apps.gateway.guardrail_pages.impact import impact_of
from apps.gateway.guardrail_pages.reading import told
from apps.gateway.guardrail_pages.sheet import Sheet
from apps.gateway.guardrail_pages.subjects import Subject
from apps.gateway.guardrail_pages.trying import LONGEST, tried
from apps.gateway.house import current_catalog
from apps.guardrails.compile import compiled
from apps.guardrails.rail import Rail
from apps.guardrails.refusing import MOST_RULES
from apps.usage.projects import frame

PAGE = "guardrails/page.html"
SAVE, TRY, MORE, PREVIEW = "save", "try", "more", "preview"
PIECES = {TRY: "tried", PREVIEW: "impact"}
SAVED = "Saved. It holds from the next call on."

guarded = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@sensitive_post_parameters()
@guarded
def of_house(request: HttpRequest) -> HttpResponse:
    user = person_of(request)
    return _answer(request, user, subjects.of_house(user))


@never_cache
@sensitive_post_parameters()
@guarded
def of_project(request: HttpRequest, slug: str) -> HttpResponse:
    user = person_of(request)
    return _answer(request, user, subjects.of_project(user, slug))


@never_cache
@sensitive_post_parameters()
@guarded
def of_member(request: HttpRequest, slug: str, member_id: int) -> HttpResponse:
    user = person_of(request)
    return _answer(request, user, subjects.of_member(user, slug, member_id))


@never_cache
@sensitive_post_parameters()
@guarded
def of_key(request: HttpRequest, key_id: int) -> HttpResponse:
    user = person_of(request)
    return _answer(request, user, subjects.of_key(user, key_id))


@sensitive_variables()
def _answer(request: HttpRequest, user: User, subject: Subject) -> HttpResponse:
    """What is not saved is shown: what it would change, what would leave, one more pattern."""
    wish = request.POST.get("do", PREVIEW) if request.method == "POST" else ""
    if not subject.may_change:
        return _read(request, user, subject, wish)
    catalog = current_catalog()
    sheet = Sheet(_sent(request, wish), subject=subject, catalog=catalog)
    if wish == SAVE and sheet.is_right and _saved(request, user, subject, sheet):
        return redirect(subject.address)
    is_right = sheet.is_right  # saving may have found something wrong
    draft = sheet.draft() if wish and is_right else subject.rail
    impact = impact_of(subject, draft, catalog) if is_right else None
    context = {
        "sheet": sheet,
        "switches": sheet.switches(impact.effects if impact else {}),
        "catalog": catalog,
        "impact": impact,
        "is_draft": bool(wish),
        **_trial(request, subject, draft if is_right else None),
    }
    status = 200 if is_right or wish == MORE or is_htmx(request) else 422
    return _page(request, user, subject, context, piece=PIECES.get(wish, ""), status=status)


def _sent(request: HttpRequest, wish: str) -> QueryDict | None:
    """With one pattern more, where that is wished."""
    if not wish:
        return None
    if wish != MORE:
        return request.POST
    sent, name = request.POST.copy(), "p-TOTAL_FORMS"
    count = sent.get(name, "")
    if count.isdecimal() and int(count) < MOST_RULES:
        sent[name] = str(int(count) + 1)
    return sent


def _read(request: HttpRequest, user: User, subject: Subject, wish: str) -> HttpResponse:
    """For those who may look: what is asked, without a word or a pattern of it."""
    if wish not in ("", TRY):
        raise Http404
    context = {"told": told(subject), **_trial(request, subject, subject.rail)}
    return _page(request, user, subject, context, piece=PIECES.get(wish, ""), status=200)


@sensitive_variables()
def _trial(request: HttpRequest, subject: Subject, rail: Rail | None) -> dict[str, Any]:
    """What would leave of the text in the box. Nothing of it is kept anywhere."""
    text = request.POST.get("text", "")
    if not text.strip() or rail is None:
        return {"text": text, "trial": None, "longest": LONGEST}
    policy = compiled([*(one.rail for one in subject.above), rail])
    return {"text": text, "trial": tried(text, policy.scrubbing), "longest": LONGEST}


def _saved(request: HttpRequest, user: User, subject: Subject, sheet: Sheet) -> bool:
    """False where the writer refuses it; the sheet then says why."""
    deletes = sheet.main.asks_about_chats and sheet.main.cleaned_data["chats"] == DELETE
    try:
        with transaction.atomic():
            lines = subject.write(sheet.draft(), actor=user)
            deleted = subject.delete_chats() if deletes else 0
    except ValidationError as problem:
        sheet.main.add_error(None, problem)
        return False
    words = SAVED if lines else "Nothing was changed."
    if deleted:
        words += f" {deleted} chat{' is' if deleted == 1 else 's are'} deleted."
    messages.success(request, words)
    return True


def _page(
    request: HttpRequest,
    user: User,
    subject: Subject,
    context: dict[str, Any],
    *,
    piece: str,
    status: int,
) -> HttpResponse:
    whole = {} if piece and is_htmx(request) else _around(user, subject)
    return render_page(
        request, PAGE, {"subject": subject, **whole, **context}, piece=piece, status=status
    )


def _around(user: User, subject: Subject) -> dict[str, Any]:
    """What stands on the page besides its form."""
    found: dict[str, Any] = {"hits": hits_of(subject), "changes": changes_of(subject)}
    if subject.project:
        found |= frame(user, subject.project, "guardrails")
    return found
