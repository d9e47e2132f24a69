from django.urls import path

from apps.gateway.rankings_pages import elsewhere, views

app_name = "rankings"
urlpatterns = [
    path("rankings/", views.show_rankings, name="rankings"),
    path("rankings/download/", views.download_rankings, name="download"),
    path("rankings/openrouter/", elsewhere.show_elsewhere, name="elsewhere"),
]
