"""Reporting tasks, and the operators' list of reports."""

from django.urls import path

from manyhands.web.moderation import views

urlpatterns = [  # the converter hit_type is the worker's site's
    path("projects/<hit_type:hit_type_id>/report", views.report_group, name="report_group"),
    path("staff/reports", views.staff_reports, name="staff_reports"),
    path("staff/reports/<int:report_id>/close", views.close_report, name="staff_report_close"),
]
