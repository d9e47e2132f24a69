from django.urls import path

from apps.usage.bills import views

app_name = "bills"
urlpatterns = [path("activity/bill/", views.show_bill, name="compare")]
