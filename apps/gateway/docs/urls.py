from django.urls import path

from apps.gateway.docs import views

app_name = "docs"
urlpatterns = [
    path("docs/", views.show_index, name="index"),
    path("docs/quickstart/", views.show_quickstart, name="quickstart"),
    path("docs/quickstart/<slug:guide>/", views.show_quickstart, name="quickstart"),
    path("docs/keys/", views.show_keys, name="keys"),
    path("docs/budgets/", views.show_budgets, name="budgets"),
    path("docs/guardrails/", views.show_guardrails, name="guardrails"),
    path("docs/models/", views.show_models, name="models"),
    path("docs/streaming/", views.show_streaming, name="streaming"),
    path("docs/fields/", views.show_fields, name="fields"),
    path("docs/errors/", views.show_errors, name="errors"),
    path("docs/routes/", views.show_routes, name="routes"),
    path("docs/usage/", views.show_usage, name="usage"),
    path("docs/webhooks/", views.show_webhooks, name="webhooks"),
    path("docs/stored/", views.show_stored, name="stored"),
]
