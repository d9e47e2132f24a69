from django.urls import path

from apps.usage.report import views

app_name = "report"
urlpatterns = [
    path("activity/report/", views.show_report, name="month"),
    path("activity/report/export/", views.download_report, name="download"),
]
