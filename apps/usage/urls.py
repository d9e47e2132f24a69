from django.urls import path

from apps.usage import views

app_name = "usage"
urlpatterns = [
    path("activity/", views.show_activity, name="activity"),
    path("calls/", views.list_calls, name="calls"),
    path("calls/<str:call_id>/", views.show_call, name="call"),
]
