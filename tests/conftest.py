"""Fixtures for every test: fast and isolated settings, the demo, and a plan with its agencies."""

import gc
import os
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest
from _pytest import runner
from django.conf import settings
from django.contrib import auth
from django.db import connection
from django.http import HttpRequest
from django.test import Client, TransactionTestCase, override_settings
from django.test.client import ClientHandler

from tests.demos import Demos
from tests.factories import AgencyFactory, PlanFactory, UnitFactory, UserFactory, WorkItemFactory
from tests.made_once import kept_in_this_run
from tests.snapshots import take_snapshot
from trafficking_plan.maintenance import announced
from trafficking_plan.running.call_stack import roomy
from trafficking_plan.sign_in.session_store import SessionStore

pytest_plugins = [
    "tests.suite_membership",
    "tests.papers_printed_once",
    "tests.template_databases",
]

# Playwright's fixtures keep an event loop running in the thread that also asks the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# The workers of pytest-xdist must find the tests in one order, also where a set lists the cases.
os.environ.setdefault("PYTHONHASHSEED", "0")

# jsonschema would build its grammars, which takes each worker a second: no schema of ours has an IRI.
sys.modules["rfc3987_syntax"] = None

# The same examples on every run and machine: a failure here is a failure there. The suite on
# SQLite asks for the full profile; who runs a part sees a failure sooner.
hypothesis.settings.register_profile("full", derandomize=True, deadline=None, database=None)
hypothesis.settings.register_profile(
    "short", hypothesis.settings.get_profile("full"), max_examples=10
)
hypothesis.settings.load_profile("short")


# Nothing is garbage while tests are collected: looking for some takes a fifth of that time.
gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session):
    """Keep the collector away from the modules and tests, which stay: it took a tenth of the time."""
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
    gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    """Run each test with enough stack, as `wsgi.py` does for each request."""
    return roomy(lambda: runner.pytest_runtest_protocol(item, nextitem))


@pytest.fixture(scope="session", autouse=True)
def _django_set_urlconf():
    """Do nothing, once in a run, in place of a fixture of a plugin around each test.

    This one and those below are for marks, classes and apps that no test here has. They took a quarter of
    the time of a test that does nothing.
    """


_django_isolate_apps = _django_setup_unittest = _django_set_urlconf
_django_clear_site_cache = _template_string_if_invalid_marker = _django_set_urlconf
_pw_trace_api_requests = _django_set_urlconf


@pytest.fixture(autouse=True)
def _nothing_is_announced():
    """No test knows of the maintenance of another. A process asks for it again only after it announced or ended one."""
    announced._Known.row, announced._Known.until = None, float("inf")


@pytest.fixture(scope="session", autouse=True)
def _files_are_checked_at_once():
    """A worker checks files before they are released; tests have none, so each is checked when it is asked for."""
    from reports.requests.services import checking, file_checks

    file_checks.ASKED.append(checking.check_now)


@pytest.fixture(scope="session", autouse=True)
def _middleware_is_loaded_once(_no_slow_or_shared_settings):
    """Test clients share the chain of middleware, unless a test has settings of its own."""
    plain, shared, usual = ClientHandler.load_middleware, ClientHandler(), settings._wrapped
    plain(shared)

    def load_middleware(handler, is_async=False):
        if is_async or settings._wrapped is not usual:
            return plain(handler, is_async)
        handler._middleware_chain = shared._middleware_chain

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ClientHandler, "load_middleware", load_middleware)
        yield


@pytest.fixture(scope="session", autouse=True)
def _who_signs_in_gets_one_session():
    """Django's client makes a session, asks for it, and makes another in its place: nine of thirteen statements."""
    plain = Client._login

    def login(client, user, backend=None):
        if settings.SESSION_COOKIE_NAME in client.cookies:
            return plain(client, user, backend)
        request = HttpRequest()
        request.session = SessionStore()
        auth.login(request, user, backend)
        request.session.save()
        client._set_login_cookies(request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "_login", login)
        yield


@pytest.fixture(scope="session", autouse=True)
def _roomy_threads():
    """Threads have a stack of their own: those of the live server, and of people at the same time."""
    plain = threading.Thread.run
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading.Thread, "run", lambda thread: roomy(lambda: plain(thread)))
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_slow_or_shared_settings(tmp_path_factory):
    """Passwords hash quickly, and no test writes into this checkout's own `var`."""
    files = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path_factory.mktemp("files"))},
    }
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        STORAGES={**settings.STORAGES, "default": files},
        # A fresh clone has collected no static files, and WhiteNoise warns of that.
        STATIC_ROOT=str(tmp_path_factory.mktemp("static")),
    ):
        yield


@pytest.fixture(scope="session", autouse=True)
def _restore_after_tests_that_commit():
    """Put the migrated database back after each test that commits, in place of Django's flush."""
    migrated = []

    def note(cls):
        if not migrated:
            migrated.append(take_snapshot())

    def restore(self):
        migrated[0].restore()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_setup", classmethod(note))
        patch.setattr(TransactionTestCase, "_fixture_teardown", restore)
        yield
    for snapshot in migrated:
        snapshot.close()


@pytest.fixture(scope="session", autouse=True)
def _statements_stay_prepared():
    """Keep what PostgreSQL has prepared after a rollback, which ends each test and many a request.

    psycopg forgets it all, because a table made in the transaction would be gone. Tests make none, and
    preparing anew took the server half of its time.
    """
    with pytest.MonkeyPatch.context() as patch:
        if connection.vendor == "postgresql":
            from psycopg._preparing import PrepareManager

            patch.setattr(PrepareManager, "clear", lambda manager: False)
            patch.setattr(PrepareManager, "prepared_max", 500)
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_network():
    """Refuse connections beyond this machine; such a test would pass only where they work."""
    plain = socket.socket.connect

    def connect(self, address):
        if self.family != socket.AF_UNIX and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"A test tried to connect to {address[0]}.")
        return plain(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect)
        yield


@pytest.fixture
def load_demo(request, transactional_db, tmp_path_factory) -> Callable[..., None]:
    """Run commands of the demo once in a run; later tests get a copy of the result."""
    demos = Demos(kept_in_this_run(request.config, tmp_path_factory, "demos"))
    return lambda *commands: demos.load(commands)


@pytest.fixture(scope="session")
def project_root() -> Path:
    return settings.BASE_DIR


@pytest.fixture
def labour():
    """The coordinating agency."""
    return AgencyFactory(short_name="DoL", name="Department of Labour")


@pytest.fixture
def police():
    return AgencyFactory(short_name="Police", name="New Zealand Police")


@pytest.fixture
def customs():
    return AgencyFactory(short_name="Customs", name="New Zealand Customs Service")


@pytest.fixture
def plan(labour, police, customs):
    return PlanFactory(coordinating_agency=labour, members=[police, customs])


@pytest.fixture(scope="module")
def people(django_db_setup, django_db_blocker):
    """Each kind of user, with records of every kind; for all tests of a module, which undo what they do."""
    from tests.cast import standing_scene

    with standing_scene(django_db_blocker) as found:
        yield found


@pytest.fixture(scope="module")
def clients(people):
    """A client of each of these people, for all tests of a module."""
    from tests.cast import client_of

    return {who: client_of(people, who) for who in people.people}


@pytest.fixture
def administrator():
    return UserFactory(name="Administrator", is_superuser=True)


@pytest.fixture
def item(plan, police):
    """An item led by Police, under way and on track."""
    return WorkItemFactory(
        plan=plan,
        number="1.2",
        title="Print a brochure",
        lead_agency=police,
        stage="under_way",
        confidence="on_track",
    )


@pytest.fixture
def unit(police):
    return UnitFactory(agency=police, name="Financial Crime Group")
