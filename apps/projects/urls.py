from django.urls import path

from apps.projects import freezing, pages, views

urlpatterns = [
    path("setup/<str:token>/", views.claim_house, name="claim"),
    path("switch/", views.switch_project, name="switch-project"),
    path("projects/new/", pages.create_project, name="project-new"),
    path("projects/<slug:slug>/settings/", pages.edit_project, name="project-edit"),
    path("projects/<slug:slug>/freeze/", freezing.freeze_project, name="project-freeze"),
    path("projects/<slug:slug>/thaw/", freezing.thaw_project, name="project-thaw"),
    path(
        "projects/<slug:slug>/members/<int:member_id>/freeze/",
        freezing.freeze_member,
        name="member-freeze",
    ),
    path(
        "projects/<slug:slug>/members/<int:member_id>/thaw/",
        freezing.thaw_member,
        name="member-thaw",
    ),
    path("projects/<slug:slug>/archival/", pages.archive_project, name="project-archive"),
    path("projects/<slug:slug>/restoration/", pages.restore_project, name="project-restore"),
]
