from django.urls import path

from apps.projects import views

urlpatterns = [
    path("setup/<str:token>/", views.claim_house, name="claim"),
    path("projects/", views.list_projects, name="projects"),
    path("switch/", views.switch_project, name="switch-project"),
]
