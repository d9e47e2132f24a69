from allauth.account import views as allauth_views
from django.urls import path

from apps.accounts import entrance, noticeboard, views

urlpatterns = [
    path("accounts/login/", entrance.sign_in, name="account_login"),
    path("accounts/forgotten/", entrance.forgotten, name="forgotten"),
    path("accounts/logout/", allauth_views.logout, name="account_logout"),
    path("accounts/signed-out/", entrance.signed_out, name="signed-out"),
    path("accounts/signup/", allauth_views.signup, name="account_signup"),
    path("accounts/inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("notices/", noticeboard.list_notices, name="notices"),
    path("notices/read/", noticeboard.read_all, name="read-notices"),
    path("notices/<int:notice_id>/", noticeboard.open_notice, name="open-notice"),
    path("theme/", views.change_theme, name="theme"),
    path("settings/", views.own_settings, name="settings"),
    path("settings/password/", views.change_password, name="change-password"),
    path("settings/household/", views.household_settings, name="household-settings"),
    path("settings/household/mail/", views.test_mail, name="test-mail"),
]
