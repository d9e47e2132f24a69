from django.urls import path

from apps.core import styleguide

urlpatterns = [path("styleguide/", styleguide.show_styleguide, name="styleguide")]
