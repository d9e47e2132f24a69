from django.urls import path

from apps.usage import overview, views

app_name = "usage"
urlpatterns = [
    path("projects/<slug:slug>/", overview.show_project, name="project"),
    path("activity/", views.show_activity, name="activity"),
    path("calls/", views.list_calls, name="calls"),
    path("calls/<str:call_id>/", views.show_call, name="call"),
]
