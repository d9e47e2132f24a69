"""Every address of the house, room by room."""

from django.urls import include, path

from apps.usage.projects import list_projects

urlpatterns = [
    path("", include("apps.gateway.urls")),
    path("", include("apps.gateway.docs.urls")),
    path("", include("apps.gateway.guardrail_pages.urls")),
    path("", include("apps.gateway.catalog_pages.urls")),
    path("", include("apps.gateway.own_model_pages.urls")),
    path("", include("apps.gateway.free_pages.urls")),
    path("", include("apps.gateway.rankings_pages.urls")),
    path("", include("apps.gateway.savings.urls")),
    path("", include("apps.core.urls")),
    path("", include("apps.accounts.urls")),
    path("", include("apps.projects.urls")),
    path("", include("apps.connections.urls")),
    path("", include("apps.budgets.webhooks.urls")),
    path("", include("apps.keys.urls")),
    path("projects/", list_projects, name="projects"),
    path("", include("apps.usage.budget_pages.urls")),
    path("", include("apps.usage.bills.urls")),
    path("", include("apps.usage.app_pages.urls")),
    path("", include("apps.usage.report.urls")),
    path("", include("apps.usage.urls")),
    path("", include("apps.chat.urls")),
    path("welcome/", include("apps.chat.welcome.urls")),
]

handler400 = "apps.core.views.bad_request"
handler403 = "apps.core.views.forbidden"
handler404 = "apps.core.views.not_found"
handler500 = "apps.core.views.broken"
