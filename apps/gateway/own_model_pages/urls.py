from django.urls import path

from apps.gateway.own_model_pages import views

app_name = "own_models"
urlpatterns = [
    path("connections/models/", views.list_models, name="list"),
    path("connections/models/new/", views.choose_place, name="choose"),
    path("connections/<int:connection_id>/models/new/", views.add_model, name="add"),
    path("connections/models/<int:endpoint_id>/", views.change_endpoint, name="change"),
    path("connections/models/<int:endpoint_id>/removal/", views.remove_model, name="remove"),
    path(
        "connections/models/<int:endpoint_id>/catalogue/",
        views.put_endpoint_back,
        name="put-back",
    ),
    path("connections/models/facts/<int:model_id>/", views.change_model, name="model"),
    path(
        "connections/models/facts/<int:model_id>/catalogue/",
        views.put_model_back,
        name="put-model-back",
    ),
]
