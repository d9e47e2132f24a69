"""The house with one room more, in which every view breaks."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from config.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


@login_not_required
def break_down(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a sentence nobody outside may read")


urlpatterns = [path("broken/", break_down), path("", include("config.urls"))]
