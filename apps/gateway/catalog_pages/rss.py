"""New models for feed readers: the newest of what somebody asked for."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.http import urlencode

from apps.catalog.filters import ModelFilter
from apps.catalog.listing import Entry
from apps.catalog.orders import by_age
from apps.core import money

MOST = 50
UNWRITABLE = re.compile(r"[\x00-\x08\x0B-\x0C\x0E-\x1F\uD800-\uDFFF\uFFFE\uFFFF]")  # in XML


def feed_of(request: HttpRequest, wanted: ModelFilter, entries: Sequence[Entry]) -> HttpResponse:
    """Only models whose day is known: a feed is about when. `use_rss_chat_links` leads to chats."""
    to_chat = request.GET.get("use_rss_chat_links", "") in ("1", "true")
    page = settings.GATEHOUSE_URL + reverse("catalog:models") + wanted.address().rstrip("?")
    feed = Rss201rev2Feed(
        title="New models",
        link=page,
        description="Models of this catalogue, the newest first.",
        language="en",
        feed_url=settings.GATEHOUSE_URL + request.get_full_path(),
    )
    for entry in sorted((one for one in entries if one.released_on), key=by_age)[:MOST]:
        day = entry.released_on
        feed.add_item(
            title=_clean(f"{entry.author}: {entry.name}"),
            link=settings.GATEHOUSE_URL + _address(entry, to_chat=to_chat),
            description=_clean(_told(entry)),
            unique_id=entry.slug,
            unique_id_is_permalink=False,
            pubdate=datetime.combine(day, time(), UTC) if day else None,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


def _address(entry: Entry, *, to_chat: bool) -> str:
    if to_chat:
        return reverse("chat:new") + "?" + urlencode({"model": entry.slug})
    return reverse("catalog:model", args=[entry.slug])


def _told(entry: Entry) -> str:
    price = "Its price is not known."
    if entry.prompt is not None:
        prompt, completion = (money.usd_exact(one) for one in (entry.prompt, entry.completion))
        price = (
            f"Prompt {prompt}, completion {completion} per million tokens, where it is cheapest."
        )
    return f"{entry.can}. Reads {entry.shown_context} tokens at once. {price}"


def _clean(text: str) -> str:
    return UNWRITABLE.sub("", text)
