"""The web server's way in."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trafficking_plan.settings")

application = get_wsgi_application()
# What is loaded by now stays loaded. The collector need not look through all of it again while a
# request makes the lines of ten thousand items.
gc.collect()
gc.freeze()
