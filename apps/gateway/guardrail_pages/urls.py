from django.urls import path

from apps.gateway.guardrail_pages import views

app_name = "guardrails"
urlpatterns = [
    path("settings/household/guardrails/", views.of_house, name="household"),
    path("projects/<slug:slug>/guardrails/", views.of_project, name="project"),
    path(
        "projects/<slug:slug>/members/<int:member_id>/guardrails/", views.of_member, name="member"
    ),
    path("keys/<int:key_id>/guardrails/", views.of_key, name="key"),
]
