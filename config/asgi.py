"""The web entry: inference goes to the plain gateway, everything else to Django."""

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_pages = get_asgi_application()

from django.conf import settings  # noqa: E402

from apps.core.bodies import Bounded  # noqa: E402
from apps.gateway import house as gateway_house  # noqa: E402
from apps.gateway.asgi import PATHS, InferenceApp  # noqa: E402

pages = Bounded(django_pages, most=settings.FILE_UPLOAD_MAX_MEMORY_SIZE)
inference = InferenceApp(gateway_house.current)


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        chosen = inference if scope["path"] in PATHS else pages
        await chosen(scope, receive, send)
    elif scope["type"] == "lifespan":
        await _lifespan(receive, send)


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
