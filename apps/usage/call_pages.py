"""One page of a list of calls, newest first. It begins below or above an id, so that calls made
meanwhile neither shift nor repeat what is shown, and a page far back costs what the first does."""

import re
from typing import NamedTuple

from django.db.models import QuerySet

from apps.usage.models import Generation

PAGE = 50
ID = re.compile(r"gen-[\w-]{1,36}", re.ASCII)


class CallPage(NamedTuple):
    """`newer` and `older` are the ids that the pages beside it begin at; empty where none is."""

    calls: list[Generation]
    newer: str = ""
    older: str = ""


def page_of(calls: QuerySet[Generation], *, before: str = "", after: str = "") -> CallPage:
    """What is no id is no bound."""
    if ID.fullmatch(after):
        return _above(calls, after)
    is_first = not ID.fullmatch(before)
    below = calls if is_first else calls.filter(id__lt=before)
    found = list(below.order_by("-id")[: PAGE + 1])
    page = found[:PAGE]
    return CallPage(
        page,
        newer="" if is_first or not page else page[0].id,
        older=page[-1].id if len(found) > PAGE else "",
    )


def _above(calls: QuerySet[Generation], after: str) -> CallPage:
    found = list(calls.filter(id__gt=after).order_by("id")[: PAGE + 1])
    if len(found) < PAGE:  # the newest, with what follows them
        return page_of(calls)
    page = found[:PAGE][::-1]
    return CallPage(page, newer=page[0].id if len(found) > PAGE else "", older=page[-1].id)
