"""One page of a list of calls, newest first. It begins below or above an id, so that calls made
meanwhile neither shift nor repeat what is shown, and a page far back costs what the first does."""

import re
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from apps.usage.finding import Sought, nearest_above, newest
from apps.usage.models import Generation

PAGE = 50
ID = re.compile(r"gen-[\w-]{1,36}", re.ASCII)


class CallPage(NamedTuple):
    """`newer` and `older` are the ids that the pages beside it begin at; empty where none is."""

    calls: list[Generation]
    newer: str = ""
    older: str = ""


def page_of(
    calls: QuerySet[Generation], sought: Sought, *, before: str = "", after: str = ""
) -> CallPage:
    """What is no id is no bound. `sought`: what `calls` are narrowed to."""
    if ID.fullmatch(after):
        return _above(calls, sought, after)
    before = before if ID.fullmatch(before) else ""
    found = newest(calls, sought, most=PAGE + 1, now=timezone.now(), before=before)
    page = found[:PAGE]
    return CallPage(
        page,
        newer=page[0].id if before and page else "",
        older=page[-1].id if len(found) > PAGE else "",
    )


def _above(calls: QuerySet[Generation], sought: Sought, after: str) -> CallPage:
    found = nearest_above(calls, sought, most=PAGE + 1, now=timezone.now(), after=after)
    if len(found) < PAGE:  # the newest, with what follows them
        return page_of(calls, sought)
    page = found[:PAGE][::-1]
    return CallPage(page, newer=page[0].id if len(found) > PAGE else "", older=page[-1].id)
