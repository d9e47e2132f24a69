"""The API's read routes and the watchers' addresses. Inference itself never comes through here."""

from django.urls import URLPattern, path, re_path

from apps.gateway import views
from apps.gateway.catalog_api import views as catalog
from apps.gateway.datasets_api import views as datasets
from apps.gateway.docs.openapi import show_openapi
from apps.gateway.usage_api import views as usage

ROUTES = (
    ("models", catalog.list_models, "models"),
    ("models/count", catalog.count_models, "models-count"),
    ("models/user", catalog.list_user_models, "models-user"),
    ("models/<path:slug>/endpoints", catalog.list_endpoints, "model-endpoints"),
    ("models/<path:slug>", catalog.retrieve_model, "model"),
    ("model/<path:slug>", catalog.show_model, "model-alone"),
    ("embeddings/models", catalog.list_embedding_models, "embedding-models"),
    ("providers", catalog.list_providers, "providers"),
    ("endpoints/zdr", catalog.list_zdr_endpoints, "zdr-endpoints"),
    ("key", views.show_key, "key"),
    ("auth/key", views.show_key, "key-by-its-old-name"),
    ("generation", views.show_generation, "generation"),
    ("credits", usage.show_credits, "credits"),
    ("activity", usage.list_activity, "activity"),
    ("analytics/meta", usage.show_analytics_meta, "analytics-meta"),
    ("analytics/query", usage.query_analytics, "analytics-query"),
    ("datasets/rankings-daily", datasets.rank_models, "rankings-daily"),
    ("datasets/app-rankings", datasets.rank_apps, "app-rankings"),
    ("openapi.json", show_openapi, "openapi"),
)


def _under(prefix: str, ending: str) -> list[URLPattern]:
    return [
        path(f"{prefix}/{route}", view, name=f"api-{name}{ending}") for route, view, name in ROUTES
    ]


urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    *_under("api/v1", ""),
    *_under("v1", "-short"),
    re_path(r"^(?:api|v1)(?:/.*)?$", views.no_such_route, name="api-nowhere"),
]
