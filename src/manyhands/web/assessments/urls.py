"""Assessments below /assessments; operators set their stages below /staff/assessments."""

from django.urls import path, register_converter

from manyhands.web.assessments import staff_views, worker_views
from manyhands.web.converters import PublicId


class AssessmentPublicId(PublicId):
    kind = "qualification_type"


register_converter(AssessmentPublicId, "assessment")

urlpatterns = [
    path("assessments", worker_views.assessments, name="assessments"),
    path("assessments/<assessment:assessment_id>", worker_views.assessment, name="assessment"),
    path("assessments/<assessment:assessment_id>/begin", worker_views.begin, name="assessment_begin"),
    path("assessments/<assessment:assessment_id>/stage", worker_views.stage, name="assessment_stage"),
    path("staff/assessments", staff_views.assessments, name="staff_assessments"),
    path("staff/assessments/<assessment:assessment_id>", staff_views.edit, name="staff_assessment"),
]
