"""The web entry: inference goes to the plain gateway, everything else to Django."""

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_pages = get_asgi_application()

from django.conf import settings  # noqa: E402

from apps.core.bodies import Bounded  # noqa: E402
from apps.gateway import house as gateway_house  # noqa: E402
from apps.gateway.api import LARGEST_QUESTION, refuse_large_question  # noqa: E402
from apps.gateway.asgi import PATHS, InferenceApp  # noqa: E402

API = ("/api/", "/v1/")

pages = Bounded(django_pages, most=settings.FILE_UPLOAD_MAX_MEMORY_SIZE)
questions = Bounded(django_pages, most=LARGEST_QUESTION, refuse=refuse_large_question)
inference = InferenceApp(gateway_house.current)


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await _chosen(scope["path"])(scope, receive, send)
    elif scope["type"] == "lifespan":
        await _lifespan(receive, send)


def _chosen(path: str) -> Any:
    if path in PATHS:
        return inference
    return questions if path.startswith(API) else pages


async def _lifespan(receive: Any, send: Any) -> None:
    """The house opens before the first request and settles after the last."""
    await receive()
    house = gateway_house.House()
    try:
        await house.start()
    except Exception as problem:
        await send({"type": "lifespan.startup.failed", "message": f"{type(problem).__name__}"})
        raise
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await house.stop()
    await send({"type": "lifespan.shutdown.complete"})
