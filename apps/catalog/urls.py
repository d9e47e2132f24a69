from django.urls import path

from apps.catalog import views

app_name = "catalog"
urlpatterns = [
    path("models/", views.list_models, name="models"),
    path("models/<path:slug>/", views.show_model, name="model"),
]
