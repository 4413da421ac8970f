"""Test that a web worker loads the largest libraries, and what makes papers and answers requests, only when it needs them."""

import json
import subprocess
import sys

from agencies.pages.late_addresses import LateViews
from tests.codebase.source import ROOT

MODULES = [
    "weasyprint",
    "cryptography",
    "django.contrib.admin.options",
    "docx",
    "fido2",
    "fontTools",
    "icalendar",
    "lxml",
    "holidays",
    "markdown_it",
    "multiprocessing.connection",
    "ninja",
    "openpyxl",
    "PIL",
    "pikepdf",
    "pydantic",
    "qrcode",
    "requests",
    "reports.compose",
    "reports.drafting",
    "reports.render.pdf",
    "reports.requests.services",
    "reports.requests.urls",
    "reports.workshop.views",
    "sqlparse.sql",
    "workitems.terms.made_phrases",
]
LOAD = f"""
import json, sys
from types import SimpleNamespace
from trafficking_plan.running.web_server import post_fork
post_fork(None, SimpleNamespace(sockets=[]))
from django.core.wsgi import get_wsgi_application
from django.template import engines
from django.urls import resolve, reverse
get_wsgi_application()
engines.all()
from trafficking_plan.sign_in.accounts import SecondSteps
resolve(reverse("dashboard:overview", args=["plan"]))
from agencies.models import User
from reports.extensions.registry import MENU
User.agencies_as = lambda *roles: {{1}}
assert [str(of(User()).words) for of in MENU] == ["Requests"]
print(json.dumps([name for name in {MODULES} if name in sys.modules]))
"""


def test_starting_a_worker_loads_nothing_that_few_requests_need():
    ran = subprocess.run(
        [sys.executable, "-c", LOAD],
        env={"DEBUG": "yes", "DJANGO_SETTINGS_MODULE": "trafficking_plan.settings"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ran.stdout) == []


def test_a_view_that_is_loaded_late_keeps_what_marks_it():
    late = LateViews("reports.issuing.views.renderings")
    assert late.download._non_atomic_requests == {"default"}
    assert not hasattr(late.state, "_non_atomic_requests")
