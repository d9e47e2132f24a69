from django.urls import path

from apps.chat import views

urlpatterns = [path("", views.show_home, name="home")]
