"""What every answer tells a browser, besides what Django and the content policy say."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control
from django.utils.deprecation import MiddlewareMixin

NOBODY = (
    "accelerometer",
    "browsing-topics",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
)
OURSELVES = ("clipboard-write", "fullscreen", "publickey-credentials-create")
PERMISSIONS = ", ".join(
    [*(f"{name}=()" for name in NOBODY), *(f"{name}=(self)" for name in OURSELVES)]
)


class HouseHeaders(MiddlewareMixin):
    """Pages belong to who asked for them: nothing between the house and them may keep one, and the
    browser asks anew. A view that says otherwise is left alone."""

    get_response: Callable[[HttpRequest], HttpResponseBase]

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if is_page and "Cache-Control" not in response.headers:
            patch_cache_control(response, private=True, no_cache=True)
        return response
