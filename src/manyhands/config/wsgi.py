"""The site as a WSGI application, with the requester API in front of it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "manyhands.config.settings")
_site = get_wsgi_application()

from manyhands.mturk.app import before  # noqa: E402  (Django must be set up first)

application = before(_site)
