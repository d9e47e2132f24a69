"""Every address of the house, room by room."""

from django.urls import include, path

urlpatterns = [
    path("", include("apps.gateway.urls")),
    path("", include("apps.accounts.urls")),
]

handler400 = "apps.core.views.bad_request"
handler403 = "apps.core.views.forbidden"
handler404 = "apps.core.views.not_found"
handler500 = "apps.core.views.broken"
