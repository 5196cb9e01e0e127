"""The style guide: every component on one page, for those who write pages."""

from django.urls import path

from manyhands.web.site.styleguide_views import StyleGuide

urlpatterns = [path("styleguide", StyleGuide.as_view(), name="styleguide")]
