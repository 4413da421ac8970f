"""WSGI entry point."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trafficking_plan.settings")

application = get_wsgi_application()
# Loaded modules stay in memory. Exclude their objects from later garbage collections, which are
# frequent while a request builds thousands of rows.
gc.collect()
gc.freeze()
