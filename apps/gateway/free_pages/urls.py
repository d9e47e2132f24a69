from django.urls import path

from apps.gateway.free_pages import views

app_name = "free"
urlpatterns = [path("free/<slug:provider>/", views.show_terms, name="terms")]
