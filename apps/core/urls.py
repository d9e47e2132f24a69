from django.urls import path

from apps.core import shortcuts, styleguide

urlpatterns = [
    path("shortcuts/", shortcuts.show_shortcuts, name="shortcuts"),
    path("styleguide/", styleguide.show_styleguide, name="styleguide"),
]
