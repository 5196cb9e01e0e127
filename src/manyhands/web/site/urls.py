"""Pages of the site that belong to no one role."""

from django.urls import path

from manyhands.web.site import account_review_views, account_views, health_views, home_views, mailbox_views

urlpatterns = [
    path("", home_views.home, name="home"),
    path("health", health_views.health, name="health"),
    path("language/", account_views.set_language, name="set_language"),
    path("staff/accounts", account_review_views.account_requests, name="staff_accounts"),
    path("staff/accounts/<str:account>/approve", account_review_views.approve, name="staff_account_approve"),
    path("staff/accounts/<str:account>/refuse", account_review_views.refuse, name="staff_account_refuse"),
    path("demo/mail", mailbox_views.demo_mailbox, name="demo_mailbox"),
]
