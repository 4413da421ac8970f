"""Test the version of the release, where it is said, and the commit hooks."""

import json
import logging
import os
import re
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

import trafficking_plan
from tests.codebase.source import ROOT
from tests.factories import SeatFactory, UserFactory
from tests.security.test_logs import BACKEND
from trafficking_plan.running import web_server

RELEASE = re.compile(r"^## (\S+) \((\d{1,2} [A-Z][a-z]+ \d{4})\)$", re.MULTILINE)


def test_the_newest_release_in_the_changelog_is_the_projects_version():
    newest, day = RELEASE.findall((ROOT / "CHANGELOG.md").read_text())[0]
    assert (newest, bool(day)) == (trafficking_plan.__version__, True)


@pytest.mark.parametrize("word", ["version", "--version"])
def test_the_command_says_the_release_without_any_setting(word):
    said = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), word],
        env={"PATH": os.environ["PATH"], "SET_UP": "no"},
        capture_output=True,
        text=True,
    )
    assert (said.returncode, said.stdout) == (0, f"{trafficking_plan.__version__}\n")


def test_administrators_read_the_release_at_the_foot_of_their_pages(client, db):
    admin = UserFactory(is_superuser=True)
    foot = f"<p>Release {trafficking_plan.__version__}</p>"
    for user, times in ((admin, 1), (SeatFactory().user, 0)):
        client.force_login(user, backend=BACKEND)
        assert client.get("/", follow=True).text.count(foot) == times


def test_gunicorns_lines_are_like_ours_and_have_no_addresses():
    def line(*arguments, error=None):
        with_error = (type(error), error, None) if error else None
        record = logging.LogRecord("gunicorn.error", 40, "f", 1, *arguments, with_error)
        return json.loads(web_server.Line().format(record))

    unreadable = line("Invalid request from ip=192.0.2.1: Invalid HTTP Header: 'Name'", ())
    assert unreadable.keys() == {"event", "process", "logger", "level", "timestamp"}
    assert unreadable["event"] == "Invalid request"
    assert (unreadable["logger"], unreadable["level"]) == ("gunicorn.error", "error")
    failed = line("Error handling request %s", ("/?q=typed",), error=ValueError("typed"))
    assert (failed["event"], failed["exception"]) == (
        "Error handling request", ["builtins.ValueError"]
    )  # fmt: skip
    unprepared = line("Exception in worker process", (), error=ImproperlyConfigured("Run migrate."))
    assert unprepared["reason"] == "Run migrate."


def test_commit_hooks_run_local_tools_and_download_nothing():
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()
    assert set(re.findall(r"repo: (\S+)", hooks)) == {"local"}
    assert set(re.findall(r"language: (\S+)", hooks)) == {"system"}
    assert "://" not in hooks
