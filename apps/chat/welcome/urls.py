from django.urls import path

from apps.chat.welcome import done, household, key, provider, steps

app_name = "welcome"
urlpatterns = [
    path("", steps.resume, name="resume"),
    path("dismissal/", steps.dismiss, name="dismiss"),
    path("pass/<str:step>/", steps.skip, name="skip"),
    path("household/", household.name_household, name="household"),
    path("provider/", provider.choose, name="provider"),
    path("provider/<str:slug>/", provider.connect, name="connect"),
    path("key/", key.make_first_key, name="key"),
    path("done/", done.show_done, name="done"),
]
