"""Decides which suite a test belongs to, from what the test asks for.

`manage.py test` passes `--each-once` and `--ledger`. Without them every test is run that suits the
database, so a bare `pytest` leaves out only what is for the other one.

A test runs on both databases, unless its outcome cannot differ: then it runs on one of them. A test that
asks for no database runs on SQLite, and so does one about pages; others say by the mark `one_database`
where they run, and why if other tests do not ask the same, but for single tests of theirs that are marked `both_databases`. Every address is opened on PostgreSQL
by the matrix of permissions, by one user of each response. What is about
constraints, triggers, history or acts at the same time stays on both, and so do the lists that filter and
search. Of tests about services and queries, those stay on both that alone send a statement (decision 107).
"""

import json
from pathlib import Path

import pytest
from django.db import connection
from django.test import TransactionTestCase

# Whatever opens the database asks pytest-django for one of these, directly or through another.
DATABASE_FIXTURES = {"django_db_setup", "live_server"}
# How modules are called that are about pages: templates and forms decide what these show and take, and
# the services and queries behind them have modules of their own.
OF_PAGES = ("_page", "_pages", "_views")
# Why a test runs on one database, unless its mark `one_database` gives another reason.
ASKED_BY_OTHERS = "PostgreSQL is asked the same by other tests"


def pytest_addoption(parser):
    group = parser.getgroup("suites")
    group.addoption(
        "--each-once",
        action="store_true",
        help="leave out the tests whose outcome cannot differ and that run on the other database",
    )
    group.addoption("--ledger", metavar="FILE", help="write down every test found, and which ran")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Leave out the tests of other suites, and say so as "deselected"."""
    once, vendor = config.getoption("each_once"), connection.vendor
    reasons = {item: why_left_out(item, once, vendor) for item in items}
    if ledger := config.getoption("ledger"):
        write_ledger(config, ledger, reasons)
    if left_out := [item for item, reason in reasons.items() if reason]:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item, reason in reasons.items() if not reason]


def why_left_out(item, each_once, vendor):
    """Return the reason to leave out a test, or an empty text where it is to run."""
    other = "sqlite" if vendor == "postgresql" else "postgresql"
    if item.get_closest_marker(other):
        return f"is for {other} only"
    if not each_once or item.get_closest_marker(vendor):
        return ""
    database, reason = only_database(item)
    return "" if database in ("", vendor) else f"runs on {database}: {reason}"


def only_database(item):
    """Return the one database that the test runs on in a run of both, and why; both empty for both."""
    if not needs_database(item):
        return "sqlite", "asks for no database"
    if item.get_closest_marker("both_databases"):
        return "", ""
    if mark := item.get_closest_marker("one_database"):
        return mark.kwargs.get("on", "sqlite"), mark.kwargs.get("reason", ASKED_BY_OTHERS)
    return ("sqlite", "is about pages") if item.path.stem.endswith(OF_PAGES) else ("", "")


def needs_database(item):
    """Whether the test may open the database, or is marked as being for one of the two."""
    if any(item.get_closest_marker(name) for name in ("django_db", "sqlite", "postgresql")):
        return True
    if issubclass(getattr(item, "cls", None) or object, TransactionTestCase):
        return True
    return not DATABASE_FIXTURES.isdisjoint(item.fixturenames)


def write_ledger(config, ledger, reasons):
    # Every worker finds the same tests, so one of them writes for all.
    if getattr(config, "workerinput", {}).get("workerid", "gw0") == "gw0":
        Path(ledger).write_text(json.dumps({item.nodeid: why for item, why in reasons.items()}))
