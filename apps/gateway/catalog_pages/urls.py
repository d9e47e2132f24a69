from django.urls import path

from apps.gateway.catalog_pages import changes, compare, model, provider, state, views

app_name = "catalog"
urlpatterns = [
    path("models/", views.list_models, name="models"),
    path("compare/", compare.compare, name="compare"),
    path("models/download/", views.download_models, name="download"),
    path("models/feed/", views.feed_models, name="feed"),
    path("models/changes/", changes.list_changes, name="changes"),
    path("models/changes/rss/", changes.feed_changes, name="changes-feed"),
    path("settings/catalogue/", state.show_state, name="state"),
    path("settings/catalogue/<str:source>/", state.change_state, name="change-state"),
    path("providers/", provider.list_providers, name="providers"),
    path("providers/<slug:slug>/", provider.show_provider, name="provider"),
    path("models/<path:slug>/", model.show_model, name="model"),
]
