"""The editors' desk."""

from django.urls import path

from manyhands.web.editor import views

urlpatterns = [  # the converter assignment is the worker's site's
    path("editor", views.desk, name="editor"),
    path("editor/texts/<int:request_id>", views.text, name="editor_text"),
    path("editor/submissions/<assignment:assignment_id>", views.submission, name="editor_submission"),
    path("requester/projects/<project>/proofreading", views.set_proofreading, name="project_proofreading"),
]
