from django.urls import path

from apps.gateway.savings import views

app_name = "savings"
urlpatterns = [
    path("activity/savings/", views.show_hints, name="list"),
    path("activity/savings/dismissal/", views.dismiss, name="dismiss"),
    path("activity/savings/return/", views.bring_back, name="bring-back"),
]
