from django.urls import path

from apps.usage import activity_views, download, projects, views
from apps.usage.budget_pages.views import show_project_budgets

app_name = "usage"
urlpatterns = [
    path("projects/<slug:slug>/", projects.show_project, name="project"),
    path("projects/<slug:slug>/keys/", projects.show_keys, name="project-keys"),
    path("projects/<slug:slug>/members/", projects.show_members, name="project-members"),
    path("projects/<slug:slug>/budgets/", show_project_budgets, name="project-budgets"),
    path("activity/", activity_views.show_activity, name="activity"),
    path("activity/export/", activity_views.download_activity, name="activity-download"),
    path("calls/export/", download.download_calls, name="download"),
    path("calls/", views.list_calls, name="calls"),
    path("calls/<str:call_id>/", views.show_call, name="call"),
    path("calls/<str:call_id>/json/", views.show_call_as_json, name="call-json"),
]
