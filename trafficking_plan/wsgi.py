"""WSGI entry point."""

import gc
import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from trafficking_plan.running.call_stack import roomy

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trafficking_plan.settings")

answer = get_wsgi_application()

from trafficking_plan.running import start_up  # noqa: E402  (needs the apps)

start_up.refuse_to_start_unprepared()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    return roomy(lambda: answer(environ, start_response))


# Loaded modules stay in memory: exclude their objects from later garbage collections. What is left to
# collect is a few pages' objects, so all of it is collected often, which keeps a worker small.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 1, 1)
