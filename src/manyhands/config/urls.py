"""The site's URLs: each audience keeps its own in ``web/<audience>/urls.py``."""

from django.urls import URLPattern, URLResolver, include, path

from manyhands.web.qualifications import urls as qualifications

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("manyhands.web.site.urls")),
    path("", include("manyhands.web.site.styleguide_urls")),
    path("", include("manyhands.web.worker.urls")),
    path("", include("manyhands.web.messages.urls")),
    path("", include("manyhands.web.moderation.urls")),
    path("", include("manyhands.web.reputation.urls")),
    path("", include("manyhands.web.assessments.urls")),
    path("", include("manyhands.web.editor.urls")),
    path("requester/", include("manyhands.web.requester.urls")),
    path("requester/", include(qualifications.requester_patterns)),
    path("operator/", include("manyhands.web.qualifications.urls")),
    path("help/", include("manyhands.web.help.urls")),
    path("api/v1/", include("manyhands.web.api.urls")),
    path("account/", include("manyhands.web.site.account_urls")),
]
