"""Test that a web worker loads the largest libraries only when it needs them."""

import json
import subprocess
import sys

from tests.codebase.source import ROOT

LOAD = """
import json, sys
import django
django.setup()
from django.urls import get_resolver
get_resolver().url_patterns
print(json.dumps([name for name in ("weasyprint", "docx", "fontTools", "icalendar") if name in sys.modules]))
"""


def test_loading_the_views_loads_no_library_for_papers_and_feeds():
    ran = subprocess.run(
        [sys.executable, "-c", LOAD],
        env={"DEBUG": "yes", "DJANGO_SETTINGS_MODULE": "trafficking_plan.settings"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ran.stdout) == []
