from django.urls import include, path

from apps.chat import choosing, keeping, side_by_side, talking, views

chat = [
    path("", talking.show_or_send, name="new"),
    path("ask/", views.ask, name="ask"),
    path("stream/", talking.stream, name="begin"),
    path("last/", talking.show_last, name="last"),
    path("models/", choosing.list_models, name="models"),
    path("side-by-side/", side_by_side.show_or_ask, name="side-by-side"),
    path("side-by-side/stream/", side_by_side.stream, name="side-by-side-stream"),
    path("proof/", keeping.show_proof, name="proof"),
    path("past/", keeping.list_past, name="past"),
    path("<int:conversation_id>/", talking.show_or_send, name="thread"),
    path("<int:conversation_id>/stream/", talking.stream, name="stream"),
    path(
        "<int:conversation_id>/answers/<int:message_id>/",
        keeping.show_answer,
        name="answer",
    ),
    path("<int:conversation_id>/files/<int:file_id>/", keeping.show_file, name="file"),
    path("<int:conversation_id>/name/", keeping.rename, name="rename"),
    path("<int:conversation_id>/export/", keeping.export, name="export"),
    path("<int:conversation_id>/deletion/", keeping.delete, name="delete"),
]
urlpatterns = [
    path("", views.show_home, name="home"),
    path("search/", views.show_search, name="search"),
    path("chat/", include((chat, "chat"))),
]
