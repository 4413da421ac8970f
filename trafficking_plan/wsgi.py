"""WSGI entry point."""

import gc
import os
from collections.abc import Iterable
from typing import Any

from django.core.signals import request_finished
from django.core.wsgi import get_wsgi_application
from django.dispatch import receiver
from django.urls import get_resolver

from trafficking_plan.running.call_stack import roomy

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trafficking_plan.settings")

answer = get_wsgi_application()

from trafficking_plan.running import start_up  # noqa: E402  (needs the apps)

start_up.refuse_to_start_unprepared()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    return roomy(lambda: answer(environ, start_response))


# With the views, which would be loaded by the first request.
get_resolver().url_patterns  # noqa: B018

# What pages leave is collected between them: during a large page, all of its own objects would be looked through
# again and again. Loaded modules stay in memory, so their objects are left out. What was kept before stays so mostly
# (compiled templates, composed queries), so it is looked through once in so many times.
MOST_LEFT, MOST_OF_A_PAGE, ALL_AFTER = 10_000, 500_000, 10
gc.collect()
gc.freeze()
gc.set_threshold(MOST_OF_A_PAGE, 1, 1)


@receiver(request_finished)
def collect_garbage(**_: Any) -> None:
    """Collect what pages have left if it is much, which keeps a worker small."""
    left, _younger, times = gc.get_count()
    if left > MOST_LEFT:
        gc.collect(1 if times < ALL_AFTER else 2)
