"""Pages of the site that belong to no one role."""

from django.urls import path

from manyhands.web.site import (
    account_profile_views,
    account_review_views,
    account_views,
    file_views,
    health_views,
    home_views,
    mailbox_views,
    pwa_views,
    staff_views,
)

urlpatterns = [
    path("", home_views.home, name="home"),
    path("sw.js", pwa_views.service_worker, name="service_worker"),
    path("offline", pwa_views.offline, name="offline"),
    path("install", pwa_views.install, name="install"),
    path("health", health_views.health, name="health"),
    path("language/", account_views.set_language, name="set_language"),
    path("files/<str:key>", file_views.file, name="answer_file"),
    path("profile", account_profile_views.profile, name="profile"),
    path("profile/email/keep", account_profile_views.drop_email_change, name="profile_keep_email"),
    path("workers/<str:worker>", account_profile_views.worker_profile, name="worker_profile"),
    path("staff", staff_views.home, name="staff_home"),
    path("staff/accounts", account_review_views.account_requests, name="staff_accounts"),
    path("staff/accounts/<str:account>/approve", account_review_views.approve, name="staff_account_approve"),
    path("staff/accounts/<str:account>/refuse", account_review_views.refuse, name="staff_account_refuse"),
    path("demo/mail", mailbox_views.demo_mailbox, name="demo_mailbox"),
]
