from django.urls import path

from apps.gateway.catalog_pages import compare, model, views

app_name = "catalog"
urlpatterns = [
    path("models/", views.list_models, name="models"),
    path("compare/", compare.compare, name="compare"),
    path("models/download/", views.download_models, name="download"),
    path("models/feed/", views.feed_models, name="feed"),
    path("models/<path:slug>/", model.show_model, name="model"),
]
