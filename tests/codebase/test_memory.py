"""Test that a web worker loads the largest libraries only when it needs them."""

import json
import subprocess
import sys

from tests.codebase.source import ROOT

LIBRARIES = [
    "weasyprint",
    "docx",
    "fontTools",
    "icalendar",
    "holidays",
    "ninja",
    "pydantic",
    "requests",
]
LOAD = f"""
import json, sys
from django.core.wsgi import get_wsgi_application
from django.urls import reverse
get_wsgi_application()
reverse("home")
print(json.dumps([name for name in {LIBRARIES} if name in sys.modules]))
"""


def test_starting_a_worker_loads_no_library_that_few_requests_need():
    ran = subprocess.run(
        [sys.executable, "-c", LOAD],
        env={"DEBUG": "yes", "DJANGO_SETTINGS_MODULE": "trafficking_plan.settings"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ran.stdout) == []
