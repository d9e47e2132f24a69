from django.urls import path

from apps.usage.app_pages import views

app_name = "apps"
urlpatterns = [
    path("apps/", views.list_apps, name="list"),
    path("apps/<slug:slug>/", views.show_app, name="app"),
]
