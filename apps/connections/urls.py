from django.urls import path

from apps.connections import views

app_name = "connections"
urlpatterns = [
    path("connections/", views.list_connections, name="list"),
    path("connections/new/", views.create_connection, name="create"),
]
