"""Sending a message: written down first, then answered, as a whole page or piece by piece. What was
typed is never lost, and what was sent twice is asked once."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import orjson
from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.person import person_of
from apps.chat import pages
from apps.chat.answering import Answer
from apps.chat.blocks import Blocks
from apps.chat.fitting import Unfit, must_fit
from apps.chat.forms import SayForm
from apps.chat.markdown import rendered
from apps.chat.models import Conversation, Message
from apps.chat.picking import with_eyes
from apps.chat.saying import Repeated, Said, say
from apps.chat.threads import Tree, turns_of
from apps.gateway import house
from apps.gateway.snapshot import in_thread

SHORT, FEW = 1_000, 50  # letters, brackets; what has more is rendered in a thread
PAUSE_SECONDS = 0.03  # between two pieces: a page cannot show more of them
SILENCE_SECONDS = 10.0
COMMENT = b": the answer is being written\n\n"
VANISHED = "{name} cannot be used here any more: {reason}. Choose another; your message is kept."

# What came of a form: something to answer, an old answer, or a form to correct.
Verdict = Said | Repeated | SayForm


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
    if isinstance(verdict, Said):
        await sync_to_async(close_old_connections)()
        answer = Answer(house.current(), verdict, person_of(request))
        try:
            await asyncio.shield(answer.begin())
        except asyncio.CancelledError:
            answer.leave()
            raise
    return redirect(_address(verdict.answer))


@require_POST
async def stream(request: HttpRequest, conversation_id: int | None = None) -> HttpResponseBase:
    """The same, piece by piece: an event stream, or JSON where there is nothing to answer."""
    verdict = await sync_to_async(_say)(request, conversation_id)
    if isinstance(verdict, SayForm):
        facts = {"offers": verdict.offers, "again": verdict.to_answer_again}
        offers = render_to_string("chat/_offers.html", facts)
        return JsonResponse({"problem": verdict.sentence, "offers": offers}, status=422)
    if isinstance(verdict, Repeated):
        return JsonResponse({"address": _address(verdict.answer)}, status=409)
    begin = await sync_to_async(_begin_event)(request, verdict)
    await sync_to_async(close_old_connections)()  # a long answer holds no database connection
    answer = Answer(house.current(), verdict, person_of(request))
    response = StreamingHttpResponse(
        _events(begin, answer, verdict), content_type="text/event-stream"
    )
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def _show(
    request: HttpRequest, conversation_id: int | None, form: SayForm | None = None
) -> HttpResponse:
    return pages.show_thread(request, _own(request, conversation_id), form)


def _say(request: HttpRequest, conversation_id: int | None) -> Verdict:
    user, conversation = person_of(request), _own(request, conversation_id)
    form = SayForm(request.POST, request.FILES)
    if not form.is_valid():
        return form
    wish = form.cleaned_data
    if wish["again"] and conversation is None:
        raise Http404
    desk = pages.desk_of(user, conversation, wish["project"])
    choice = desk.choice(wish["model"])
    if desk.closed or desk.place is None:
        form.add_error(None, desk.closed)
    elif choice is None:
        form.add_error(None, _why_not(desk, wish["model"]))
    else:
        try:
            must_fit(form, conversation, choice)
            return say(form, owner=user, project=desk.place, conversation=conversation)
        except Unfit as problem:
            form.add_error(None, str(problem))
            form.offers = with_eyes(desk.choices) if problem.needs_eyes else []
    return form


def _why_not(desk: pages.Desk, slug: str) -> str:
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


async def _events(begin: bytes, answer: Answer, said: Said) -> AsyncIterator[bytes]:
    """Closed blocks as HTML, the open one as text, and the whole article at the end."""
    answer.begin()
    blocks = Blocks()
    try:
        yield begin
        async for piece in _with_signs_of_life(answer.pieces()):
            if not piece:
                yield COMMENT
                continue
            closed = blocks.feed(piece)
            if closed:
                html = "".join([await _rendered(block) for block in closed])
                yield _event(kind="block", html=html, rest=blocks.rest)
            else:
                yield _event(kind="text", text=piece)
            await asyncio.sleep(PAUSE_SECONDS)
        yield await asyncio.to_thread(in_thread, partial(_end_event, said))
    finally:
        answer.leave()


async def _with_signs_of_life(pieces: AsyncIterator[str]) -> AsyncIterator[str]:
    """An empty piece after each 10 s of silence, so that nothing on the way hangs up."""
    waiting = asyncio.ensure_future(anext(pieces))
    try:
        while True:
            done, _ = await asyncio.wait({waiting}, timeout=SILENCE_SECONDS)
            if not done:
                yield ""
                continue
            try:
                piece = waiting.result()
            except StopAsyncIteration:
                return
            yield piece
            waiting = asyncio.ensure_future(anext(pieces))
    finally:
        waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError, StopAsyncIteration):
            await waiting


async def _rendered(block: str) -> str:
    if len(block) <= SHORT and block.count("[") <= FEW:
        return rendered(block)
    return await asyncio.to_thread(rendered, block)


def _begin_event(request: HttpRequest, said: Said) -> bytes:
    conversation = said.conversation
    tree = Tree.of(conversation)
    new = {one.pk for one in (said.said, said.answer) if one}
    turns = turns_of(tree, [one for one in tree.messages if one.pk in new])
    facts: dict[str, Any] = {
        "html": "".join(map(pages.turn_html, turns)),
        "answer": said.answer.pk,
        "again": said.said is None,
        "model": said.answer.model,
        "parent": said.answer.parent_id,
        "article": reverse("chat:answer", args=[conversation.pk, said.answer.pk]),
    }
    if said.is_new:
        past = pages.past_of(person_of(request), conversation)
        facts |= {
            "address": reverse("chat:thread", args=[conversation.pk]),
            "stream": reverse("chat:stream", args=[conversation.pk]),
            "title": conversation.title,
            "past": render_to_string("chat/_past.html", past),
            "more": pages.more_html(request, conversation),
        }
    return _event(kind="begin", **facts)


def _end_event(said: Said) -> bytes:
    tree = Tree.of(said.conversation)
    turns = turns_of(tree, [one for one in tree.messages if one.pk == said.answer.pk])
    html, fill = ("".join(map(draw, turns)) for draw in (pages.turn_html, pages.fill_html))
    left = pages.left_html(said.conversation)
    return _event(kind="end", html=html, fill=fill, left=left, token=pages.new_token())


def _event(**facts: Any) -> bytes:
    return b"data: " + orjson.dumps(facts) + b"\n\n"
