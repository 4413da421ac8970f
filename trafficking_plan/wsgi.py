"""WSGI entry point."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trafficking_plan.settings")

application = get_wsgi_application()
# Loaded modules stay in memory. Exclude their objects from later garbage collections, and collect
# less often: a request that builds thousands of rows spent a sixth of its time on collections.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 10, 10)
