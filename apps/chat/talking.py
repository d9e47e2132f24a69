"""Sending a message: written down first, unless the chat is private, then answered, as a whole page
or piece by piece. What was typed is never lost; what is stored and sent twice is asked once."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
)
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.person import person_of
from apps.chat import pages
from apps.chat.accepting import Unaccepted, must_be_accepted, note_accepted
from apps.chat.answering import Answer
from apps.chat.carrying import Carries, carried_from, carry
from apps.chat.desks import NOW_PRIVATE, Desk
from apps.chat.events import COMMENT, PAUSE_SECONDS, event, event_stream, with_signs_of_life
from apps.chat.fitting import Unfit, must_fit
from apps.chat.forms import SayForm
from apps.chat.models import Conversation, Message
from apps.chat.picking import with_eyes
from apps.chat.saying import KeepsNothing, Repeated, Said, say
from apps.chat.telling import Telling
from apps.chat.threads import Tree, turns_of
from apps.gateway import house
from apps.gateway.snapshot import in_thread
from apps.projects.models import Project

WORDS_ALONE = (
    "A private chat takes words alone, since files would have to be stored. Copy what matters into "
    "the message."
)
VANISHED = "{name} cannot be used here any more: {reason}. Choose another; your message is kept."

# What came of a form: something to answer, an old answer, or a form to correct.
Verdict = Said | Carries | Repeated | SayForm


@require_http_methods(["GET", "HEAD", "POST"])
async def show_or_send(
    request: HttpRequest, conversation_id: int | None = None
) -> HttpResponseBase:
    """The page of a thread. A message sent here comes back as the page with its whole answer."""
    if request.method != "POST":
        return await sync_to_async(_show)(request, conversation_id)
    verdict = await sync_to_async(_say)(request, conversation_id)
    if isinstance(verdict, SayForm):
        return await sync_to_async(_show)(request, conversation_id, verdict)
    if not isinstance(verdict, Repeated):
        await _whole(request, verdict)
    if isinstance(verdict, Carries):
        return await sync_to_async(pages.show_answered)(request, verdict.thread)
    return redirect(_address(verdict.answer))


async def _whole(request: HttpRequest, wanted: Said | Carries) -> None:
    """Waits for the answer; who leaves before it came ends it."""
    await sync_to_async(close_old_connections)()
    answer = Answer(house.current(), wanted, person_of(request))
    try:
        await asyncio.shield(answer.begin())
    except asyncio.CancelledError:
        answer.leave()
        raise


@require_POST
async def stream(request: HttpRequest, conversation_id: int | None = None) -> HttpResponseBase:
    """The same, piece by piece: an event stream, or JSON where there is nothing to answer."""
    verdict = await sync_to_async(_say)(request, conversation_id)
    if isinstance(verdict, SayForm):
        facts = {
            "offers": verdict.offers,
            "terms": verdict.terms,
            "again": verdict.to_answer_again,
        }
        offers = render_to_string("chat/_offers.html", facts)
        found = {"problem": verdict.sentence, "offers": offers, "anew": verdict.is_other_kind}
        return JsonResponse(found, status=422)
    if isinstance(verdict, Repeated):
        return JsonResponse({"address": _address(verdict.answer)}, status=409)
    begin = await sync_to_async(_begin_event)(request, verdict)
    await sync_to_async(close_old_connections)()  # a long answer holds no database connection
    answer = Answer(house.current(), verdict, person_of(request))
    return event_stream(_events(begin, answer, verdict))


@require_POST
def show_last(request: HttpRequest) -> HttpResponse:
    """The last message of a thread that its page carries, for a page that stopped reading it."""
    form = SayForm(request.POST)
    form.is_valid()
    if form.carried is None or not form.carried.lines:
        raise Http404
    tree = Tree.carried(form.carried, person_of(request).pk)
    response = HttpResponse(pages.turn_html(turns_of(tree, tree.messages)[-1]))
    response["Cache-Control"] = "no-store"
    return response


def _show(
    request: HttpRequest, conversation_id: int | None, form: SayForm | None = None
) -> HttpResponse:
    conversation = _own(request, conversation_id)
    if form is not None:
        return pages.show_thread(request, conversation, form, carried=form.carried)
    wanted = pages.number_of(request.GET.get("from"))
    if conversation is not None or wanted is None:
        return pages.show_thread(request, conversation)
    before = _own(request, wanted)
    if before is None or not before.is_readable:
        raise Http404
    carried = carried_from(before, pages.number_of(request.GET.get("at")))
    return pages.show_thread(request, None, carried=carried)


def _say(request: HttpRequest, conversation_id: int | None) -> Verdict:
    conversation = _own(request, conversation_id)
    form = SayForm(request.POST, request.FILES)
    if "look" in request.POST or "edit" in request.POST:
        return form.only_shown()
    if not form.is_valid():
        return form
    carried = form.carried if conversation is None else None
    if form.cleaned_data["again"] and conversation is None and carried is None:
        raise Http404
    note_accepted(form, person_of(request))
    desk = pages.desk_for(request, conversation, request.POST, carried)
    try:
        _must_answer(form, desk, conversation)
        if desk.is_private:
            return carry(form, owner=person_of(request), project=_place(desk))
        owner = person_of(request)
        return say(form, owner=owner, project=_place(desk), conversation=conversation)
    except KeepsNothing:
        form.add_error(None, NOW_PRIVATE.format(place=desk.place))
        form.is_other_kind = conversation is None
    except Unfit as problem:
        form.add_error(None, str(problem))
        form.offers = with_eyes(desk.choices) if problem.needs_eyes else []
        form.terms = problem.asked if isinstance(problem, Unaccepted) else None
    return form


def _must_answer(form: SayForm, desk: Desk, conversation: Conversation | None) -> None:
    """Raises Unfit where nobody could answer here, KeepsNothing where the page said otherwise."""
    wish = form.cleaned_data
    choice = desk.choice(wish["model"])
    if desk.closed or desk.place is None:
        raise Unfit(desk.closed)
    if desk.is_private and not wish["private"]:
        raise KeepsNothing
    if choice is None:
        raise Unfit(_why_not(desk, wish["model"]))
    if desk.is_private and wish["files"]:
        raise Unfit(WORDS_ALONE)
    must_fit(form, conversation, choice)
    must_be_accepted(form, choice)


def _place(desk: Desk) -> Project:
    assert desk.place is not None
    return desk.place


def _why_not(desk: Desk, slug: str) -> str:
    closed = desk.why_not(slug)
    if closed is None:
        return desk.closed
    reason = closed.reason[:1].lower() + closed.reason[1:]
    return VANISHED.format(name=closed.name, reason=reason)


def _own(request: HttpRequest, conversation_id: int | None) -> Conversation | None:
    """One's own conversation, or 404."""
    if conversation_id is None:
        return None
    return get_object_or_404(Conversation.objects.of(request.user), pk=conversation_id)


def _address(answer: Message) -> str:
    at = reverse("chat:thread", args=[answer.conversation_id])
    return f"{at}?at={answer.pk}#m{answer.pk}"


# --- the stream ---


async def _events(begin: bytes, answer: Answer, wanted: Said | Carries) -> AsyncIterator[bytes]:
    """Closed blocks as HTML, the open one as text, and the whole article at the end. A page that
    carries its chat gets the words as they came as well."""
    answer.begin()
    told = Telling(answer, is_carried=wanted.keeps_nothing)
    try:
        yield begin
        async for piece in with_signs_of_life(answer.pieces()):
            if piece is None:
                yield COMMENT
                continue
            for facts in await told.take(piece):
                yield event(**facts)
            await asyncio.sleep(PAUSE_SECONDS)
        yield await asyncio.to_thread(in_thread, partial(_end_event, wanted))
    finally:
        answer.leave()


def _begin_event(request: HttpRequest, wanted: Said | Carries) -> bytes:
    tree = wanted.tree()
    new = {one.pk for one in (wanted.said, wanted.answer) if one}
    turns = turns_of(tree, [one for one in tree.messages if one.pk in new])
    facts: dict[str, Any] = {
        "html": "".join(map(pages.turn_html, turns)),
        "answer": wanted.answer.pk,
        "again": wanted.said is None,
        "model": wanted.answer.model,
        "parent": wanted.answer.parent_id,
    }
    if isinstance(wanted, Carries):
        facts |= {"article": reverse("chat:last"), "thread": wanted.thread.written()}
        return event(kind="begin", **facts)
    conversation = wanted.conversation
    facts["article"] = reverse("chat:answer", args=[conversation.pk, wanted.answer.pk])
    if wanted.is_new:
        past = pages.past_of(person_of(request), conversation)
        facts |= {
            "address": reverse("chat:thread", args=[conversation.pk]),
            "stream": reverse("chat:stream", args=[conversation.pk]),
            "title": conversation.title,
            "past": render_to_string("chat/_past.html", past),
            "more": pages.more_html(request, conversation),
        }
    return event(kind="begin", **facts)


def _end_event(wanted: Said | Carries) -> bytes:
    tree = wanted.tree()
    turns = turns_of(tree, [one for one in tree.messages if one.pk == wanted.answer.pk])
    html, fill = ("".join(map(draw, turns)) for draw in (pages.turn_html, pages.fill_html))
    left = pages.left_html(wanted.owner, wanted.project)
    facts = {"html": html, "fill": fill, "left": left, "token": pages.new_token()}
    if isinstance(wanted, Carries):
        facts["thread"] = wanted.thread.written()
    return event(kind="end", **facts)
