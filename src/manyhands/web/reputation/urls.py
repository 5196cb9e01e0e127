"""Standing and ratings."""

from django.urls import path

from manyhands.web.reputation import views

urlpatterns = [  # the converter assignment is the worker's site's
    path("standing", views.standing_page, name="standing"),
    path("assignments/<assignment:assignment_id>/rate", views.rate_requester, name="rate_requester"),
    path("requester/batches/<batch>/assignments/<assignment>/rate", views.rate_work, name="rate_work"),
    path("staff/masters", views.masters_report, name="staff_masters"),
]
