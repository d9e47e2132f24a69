from django.urls import path

from apps.keys import views

app_name = "keys"
urlpatterns = [
    path("keys/", views.list_keys, name="list"),
    path("keys/new/", views.create_key, name="create"),
    path("keys/<int:key_id>/", views.show_key, name="detail"),
    path("keys/<int:key_id>/change/", views.change_key, name="change"),
    path("keys/<int:key_id>/roll/", views.roll_key, name="roll"),
    path("keys/<int:key_id>/old/end/", views.end_old, name="end-old"),
    path("keys/<int:key_id>/freeze/", views.freeze_key, name="freeze"),
    path("keys/<int:key_id>/thaw/", views.thaw_key, name="thaw"),
    path("keys/<int:key_id>/off/", views.switch_off, name="switch-off"),
    path("keys/<int:key_id>/on/", views.switch_on, name="switch-on"),
    path("keys/<int:key_id>/deletion/", views.delete_key, name="delete"),
]
