from django.urls import path

from apps.connections import views

app_name = "connections"
urlpatterns = [
    path("connections/", views.list_connections, name="list"),
    path("connections/new/", views.choose_provider, name="choose"),
    path("connections/new/<str:slug>/", views.create_connection, name="create"),
    path("connections/<int:connection_id>/", views.change_connection, name="change"),
    path("connections/<int:connection_id>/anyway/", views.save_anyway, name="anyway"),
    path("connections/<int:connection_id>/test/", views.test_connection, name="test"),
    path("connections/<int:connection_id>/off/", views.switch_off, name="switch-off"),
    path("connections/<int:connection_id>/on/", views.switch_on, name="switch-on"),
    path("connections/<int:connection_id>/zero-retention/", views.attest, name="attest"),
    path(
        "connections/<int:connection_id>/zero-retention/withdrawal/",
        views.withdraw,
        name="withdraw",
    ),
    path("connections/<int:connection_id>/free-calls/", views.set_free_limit, name="free-limit"),
    path("connections/<int:connection_id>/removal/", views.remove_connection, name="remove"),
]
