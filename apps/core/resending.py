"""When a form comes at the wrong time: what was typed stands in the answer, ready to be sent again.
Only forms that the browser vouches for as our own, and never one that holds a secret."""

from typing import NamedTuple
from urllib.parse import urlsplit

from django.http import HttpRequest

SECRET = ("password", "old", "new", "credential")
PROOF = "csrfmiddlewaretoken"


class Sent(NamedTuple):
    """`fields` is empty where sending again is not offered; `page` is where the form stood."""

    address: str
    fields: list[tuple[str, str]]
    has_files: bool
    page: str


def what_was_sent(request: HttpRequest) -> Sent:
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name != PROOF
        for value in values
        if isinstance(value, str)
    ]
    names = {name for name, _ in fields}
    is_offered = _is_our_own(request) and not names & set(SECRET)
    return Sent(
        address=request.get_full_path(),
        fields=fields if is_offered else [],
        has_files=bool(request.FILES),
        page=_page(request),
    )


def _is_our_own(request: HttpRequest) -> bool:
    """Another site's form must never become one click of ours. A browser sets these by itself."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    return site == "same-origin" or origin == _origin(request)


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _page(request: HttpRequest) -> str:
    """From the referrer, which the house's pages send to the house alone."""
    referrer = request.headers.get("Referer", "")
    if not referrer.startswith(f"{_origin(request)}/"):
        return "/"
    place = urlsplit(referrer)
    path = "/" + place.path.lstrip("/")
    return f"{path}?{place.query}" if place.query else path
