"""What the frame's switch of projects needs to know."""

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from apps.projects.current import places_of


def places(request: HttpRequest) -> dict[str, Any]:
    """Costs no query until a template asks."""
    return {"places": SimpleLazyObject(partial(places_of, request))}
