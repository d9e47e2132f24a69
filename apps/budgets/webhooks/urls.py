from django.urls import path

from apps.budgets.webhooks import views

app_name = "webhooks"
urlpatterns = [
    path("projects/<slug:slug>/webhook/", views.show_webhook, name="project"),
    path("projects/<slug:slug>/webhook/test/", views.try_webhook, name="try"),
    path("projects/<slug:slug>/webhook/removal/", views.remove_webhook, name="remove"),
]
