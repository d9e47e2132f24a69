from django.urls import path

from apps.projects import pages, views

urlpatterns = [
    path("setup/<str:token>/", views.claim_house, name="claim"),
    path("switch/", views.switch_project, name="switch-project"),
    path("projects/new/", pages.create_project, name="project-new"),
    path("projects/<slug:slug>/settings/", pages.edit_project, name="project-edit"),
    path("projects/<slug:slug>/archival/", pages.archive_project, name="project-archive"),
    path("projects/<slug:slug>/restoration/", pages.restore_project, name="project-restore"),
]
