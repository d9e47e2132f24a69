"""The page that asks several models the same: what it could cost first, then the answers as they
come, in columns. Without a script the page comes back with all of them."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any
from urllib.parse import urlencode

import structlog
from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.models import User
from apps.accounts.person import person_of
from apps.chat import asking_all, pages
from apps.chat.answering import Answer
from apps.chat.asking_all import AskAllForm, Column, Table
from apps.chat.events import COMMENT, PAUSE_SECONDS, event, event_stream, with_signs_of_life
from apps.chat.telling import Telling
from apps.core.money import usd
from apps.gateway import house
from apps.gateway.snapshot import Caller, in_thread

log = structlog.get_logger(__name__)

WAITING = 64  # events of all columns, before those who write them wait


@require_http_methods(["GET", "HEAD", "POST"])
async def show_or_ask(request: HttpRequest) -> HttpResponseBase:
    if request.method != "POST":
        return await sync_to_async(_show)(request, await sync_to_async(_laid)(request))
    table, may_run = await _judged(request)
    if may_run:
        answers = _answers(table, person_of(request))
        await sync_to_async(close_old_connections)()  # long answers hold no database connection
        try:
            await asyncio.shield(asyncio.gather(*(answer.begin() for answer in answers.values())))
        except asyncio.CancelledError:
            _leave(answers)
            raise
        table.is_asked = True
    return await sync_to_async(_show)(request, table)


@require_POST
async def stream(request: HttpRequest) -> HttpResponseBase:
    """The answers of all columns in one stream; JSON where the page must be looked at first."""
    table, may_run = await _judged(request)
    if not may_run:
        return JsonResponse({"problem": table.problem or table.form.problem}, status=422)
    begin = await sync_to_async(_begin_event)(table)
    await sync_to_async(close_old_connections)()
    return event_stream(_events(begin, table, person_of(request)))


async def _judged(request: HttpRequest) -> tuple[Table, bool]:
    """The table with what each column could cost, and whether to ask now."""
    table = await sync_to_async(_laid)(request)
    owner = person_of(request)
    caller: Caller | None = await sync_to_async(asking_all.fill)(table, owner)
    if caller is None:
        return table, False
    await asking_all.weigh(table, house.current(), caller)
    is_wanted = "run" in request.POST
    if is_wanted and await sync_to_async(asking_all.may_run)(table, owner):
        return table, True
    if not is_wanted and table.is_dearer:
        table.problem = asking_all.DEARER
    return table, False


def _laid(request: HttpRequest) -> Table:
    given = request.POST if request.method == "POST" else request.GET
    form = AskAllForm(request.POST if request.method == "POST" else None)
    desk = pages.desk_for(request, None, given, None)
    return Table(desk, form, asking_all.columns_of(desk, asking_all.names_in(given)))


def _show(request: HttpRequest, table: Table) -> HttpResponse:
    if table.is_asked:
        table.look()
    names = urlencode([("m", one.slug) for one in table.columns])
    context = {
        "table": table,
        "desk": table.desk,
        "lengths": asking_all.LENGTHS,
        "compare": f"{reverse('catalog:compare')}?{names}",
        "token": pages.new_token(),
    }
    is_wrong = table.form.is_bound and (table.problem or table.form.errors)
    status = 422 if is_wrong else 200
    response = render(request, "chat/side_by_side.html", context, status=status)
    response["Cache-Control"] = "no-store"  # it holds what was asked, and nothing else does
    return response


def _answers(table: Table, owner: User) -> dict[int, Answer]:
    return {
        one.place: Answer(house.current(), one.wanted, owner, may_cut=True)
        for one in table.asked
        if one.wanted
    }


def _leave(answers: dict[int, Answer]) -> None:
    for answer in answers.values():
        answer.leave()


# --- the stream ---


async def _events(begin: bytes, table: Table, owner: User) -> AsyncIterator[bytes]:
    """One stop ends them all: who leaves the stream leaves every answer."""
    answers = _answers(table, owner)
    arriving: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(WAITING)
    for answer in answers.values():
        answer.begin()
    columns = {one.place: one for one in table.asked}
    followers = [
        asyncio.create_task(_follow(columns[place], answer, arriving))
        for place, answer in answers.items()
    ]
    try:
        yield begin
        async for facts in with_signs_of_life(_until_all_ended(arriving, len(followers))):
            yield COMMENT if facts is None else event(**facts)
        yield await asyncio.to_thread(in_thread, partial(_over_event, table, owner))
    finally:
        _leave(answers)
        for one in followers:
            one.cancel()


async def _follow(
    column: Column, answer: Answer, arriving: "asyncio.Queue[dict[str, Any] | None]"
) -> None:
    """What one column tells, each event with its place; None at its end, whatever happens."""
    told, is_known = Telling(answer), False
    try:
        async for piece in answer.pieces():
            if not is_known:
                is_known, receipt = True, reverse("usage:call", args=[answer.generation_id])
                await arriving.put({"kind": "call", "column": column.place, "receipt": receipt})
            for facts in await told.take(piece):
                await arriving.put({**facts, "column": column.place})
            await asyncio.sleep(PAUSE_SECONDS)
        html = await asyncio.to_thread(in_thread, partial(_article, column))
        await arriving.put({"kind": "end", "column": column.place, "html": html})
    except Exception:
        log.exception("column_failed")
    await arriving.put(None)


async def _until_all_ended(
    arriving: "asyncio.Queue[dict[str, Any] | None]", open_count: int
) -> AsyncIterator[dict[str, Any]]:
    while open_count:
        facts = await arriving.get()
        if facts is None:
            open_count -= 1
        else:
            yield facts


def _begin_event(table: Table) -> bytes:
    return event(kind="begin", columns={str(one.place): _article(one) for one in table.asked})


def _article(column: Column) -> str:
    facts = {"column": column, "turn": column.answered()}
    return render_to_string("chat/_column_answer.html", facts)


def _over_event(table: Table, owner: User) -> bytes:
    assert table.desk.place is not None
    table.look()
    left = pages.left_html(owner, table.desk.place)
    return event(kind="over", cost=usd(table.cost), left=left, token=pages.new_token())
