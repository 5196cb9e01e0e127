"""The worker's site, mounted at the root."""

from django.urls import path, register_converter

from manyhands.web import converters
from manyhands.web.worker import (
    dashboard_views,
    earnings_views,
    file_views,
    find_views,
    preview_views,
    protocol_views,
    qualification_profile_views,
    qualification_test_views,
    qualifications_views,
    task_views,
)

register_converter(converters.HITTypePublicId, "hit_type")
register_converter(converters.HITPublicId, "hit")
register_converter(converters.AssignmentPublicId, "assignment")
register_converter(converters.QualificationTypePublicId, "qualification_type")
register_converter(converters.QualificationRequestPublicId, "qualification_request")

urlpatterns = [
    path("tasks", find_views.tasks, name="tasks"),
    path("tasks/searches", find_views.saved_searches, name="saved_searches"),
    path("tasks/searches/change", find_views.change_saved_search, name="change_saved_search"),
    path("dashboard", dashboard_views.dashboard, name="dashboard"),
    path("dashboard/goal", dashboard_views.set_goal, name="set_goal"),
    path("earnings", earnings_views.earnings, name="earnings"),
    path("submissions", earnings_views.submissions, name="submissions"),
    path("projects", protocol_views.projects, name="projects"),
    path("requesters/<str:requester>/projects", protocol_views.projects, name="requester_projects"),
    path("status_details/<str:day>", protocol_views.status_details, name="status_details"),
    path("mturk/preview", protocol_views.legacy_preview, name="legacy_preview"),
    path("contact_requester/hit_type_messages/new", protocol_views.legacy_contact, name="legacy_contact"),
    path("projects/<hit_type:hit_type_id>/tasks", preview_views.group, name="group"),
    path("projects/<hit_type:hit_type_id>/finished", preview_views.group_finished, name="group_finished"),
    path(
        "projects/<hit_type:hit_type_id>/tasks/accept_random",
        protocol_views.accept_random,
        name="accept_next",
    ),
    path("projects/<hit_type:hit_type_id>/tasks/<hit:hit_id>", protocol_views.hit, name="hit_preview"),
    path(
        "projects/<hit_type:hit_type_id>/tasks/<hit:hit_id>/accept",
        preview_views.accept_hit,
        name="accept_hit",
    ),
    path("projects/<hit_type:hit_type_id>/tasks/<hit:hit_id>/skip", preview_views.skip_hit, name="skip_hit"),
    path("assignments/<assignment:assignment_id>", task_views.assignment, name="assignment"),
    path("assignments/<assignment:assignment_id>/bar", task_views.bar, name="assignment_bar"),
    path("assignments/<assignment:assignment_id>/return", task_views.give_back, name="return_assignment"),
    path("assignments/<assignment:assignment_id>/draft", task_views.save_draft, name="save_draft"),
    path("assignments/<assignment:assignment_id>/files", file_views.keep, name="keep_file"),
    path("assignments/<assignment:assignment_id>/files/remove", file_views.remove, name="remove_file"),
    path("assignments/<assignment:assignment_id>/feedback", task_views.feedback, name="send_feedback"),
    path("qualifications", qualifications_views.mine, name="qualifications"),
    path("qualifications/available", qualifications_views.available, name="qualifications_available"),
    path("qualifications/pending", qualifications_views.pending, name="qualifications_pending"),
    path("qualifications/history", qualifications_views.history, name="qualifications_history"),
    path("qualifications/profile", qualification_profile_views.questions, name="qualification_profile"),
    path(
        "qualifications/profile/revoke",
        qualification_profile_views.revoke,
        name="qualification_profile_revoke",
    ),
    path(
        "qualifications/profile/<qualification_type:type_id>/remove",
        qualification_profile_views.remove,
        name="qualification_profile_remove",
    ),
    path(
        "qualifications/tests/<qualification_request:request_id>",
        qualification_test_views.attempt,
        name="qualification_test",
    ),
    path(
        "qualifications/tests/<qualification_request:request_id>/bar",
        qualification_test_views.bar,
        name="qualification_test_bar",
    ),
    path(
        "qualifications/tests/<qualification_request:request_id>/draft",
        qualification_test_views.save_draft,
        name="qualification_test_draft",
    ),
    path(
        "qualifications/<qualification_type:type_id>",
        qualifications_views.type_page,
        name="qualification_about",
    ),
    path(
        "qualifications/<qualification_type:type_id>/request",
        qualifications_views.request_it,
        name="qualification_request",
    ),
    path(
        "qualifications/<qualification_type:type_id>/accept",
        qualifications_views.accept_agreement,
        name="qualification_agree",
    ),
    path("settings/auto-accept", task_views.set_auto_accept, name="set_auto_accept"),
]
