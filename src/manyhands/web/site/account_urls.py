"""/account/: sign-up, log-in, confirmation, passwords, settings. Names are allauth's where it has one."""

from allauth.account import views as allauth_views
from django.urls import include, path, re_path

from manyhands.web.refusals import shown
from manyhands.web.site import account_own_views, account_views, identity_views
from manyhands.web.site.identity_links import at_provider

urlpatterns = [
    path("", account_views.account_settings, name="account_settings"),
    path("signup/", account_views.SignUpView.as_view(), name="account_signup"),
    path("terms/", account_views.terms, name="account_terms"),
    path("login/", account_views.LogInView.as_view(), name="account_login"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("reauthenticate/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("confirm-email/", account_views.verification_sent, name="account_email_verification_sent"),
    path("confirm-email/again/", account_views.resend_confirmation, name="account_resend_confirmation"),
    re_path(r"^confirm-email/(?P<key>[-:\w]+)/$", account_views.confirm_email, name="account_confirm_email"),
    path("password/change/", at_provider(allauth_views.password_change), name="account_change_password"),
    path("password/set/", at_provider(allauth_views.password_set), name="account_set_password"),
    path("password/reset/", allauth_views.password_reset, name="account_reset_password"),
    path("password/reset/done/", allauth_views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        shown(allauth_views.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("devices/", account_own_views.device_list, name="account_devices"),
    path("devices/sign-out/", account_own_views.sign_out_device, name="account_sign_out_device"),
    path("data/", account_own_views.own_data, name="account_data"),
    path("data/<str:token>/", account_own_views.download_data, name="account_export_download"),
    path("close/", account_own_views.close_account, name="account_close"),
    path("sso/", identity_views.connections, name="socialaccount_connections"),
    path("sso/signup/", identity_views.CompleteView.as_view(), name="socialaccount_signup"),
    path("sso/cancelled/", identity_views.cancelled, name="socialaccount_login_cancelled"),
    path("sso/error/", identity_views.failed, name="socialaccount_login_error"),
    path("sso/<slug:provider_id>/login/", identity_views.sign_in, name="openid_connect_login"),
    path("sso/<slug:provider_id>/callback/", identity_views.callback, name="openid_connect_callback"),
    path("2fa/", include("allauth.mfa.urls")),
    path("roles/worker/", account_views.become_worker, name="account_become_worker"),
    path("roles/requester/", account_views.become_requester, name="account_become_requester"),
    path("roles/requester/name/", account_views.set_display_name, name="account_display_name"),
]
