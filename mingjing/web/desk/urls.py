"""Addresses of the desk."""

from django.urls import path

from . import account

app_name = "desk"
urlpatterns = [
    path("sign-in", account.sign_in, name="sign-in"),
    path("sign-out", account.sign_out, name="sign-out"),
    path("desk/account", account.account, name="account"),
    path("desk/account/password", account.password, name="password"),
    path("desk/account/sessions/<int:session_id>/end", account.end_session, name="end-session"),
    path("desk/switch", account.switch, name="switch"),
]
