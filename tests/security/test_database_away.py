"""Test a database that is away, hangs or restarts: a plain page within seconds, and recovery without a restart."""

import contextlib
import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, connection
from django.urls import reverse

from tests.cast import client_of, scene
from tests.test_permissions import RULES
from tests.truth.every_form import fields_of
from trafficking_plan import __version__
from trafficking_plan.frame.middleware import causes, is_of_connection
from trafficking_plan.running.postgresql import base

BACKEND = "django.contrib.auth.backends.ModelBackend"

ASK = """
import json, logging, time
import django
django.setup()
logging.disable()
from django.test import Client
client = Client(raise_request_exception=False, headers={"host": "localhost"})
answers = {}
for path in ("/healthz", "/readyz", "/", "/plans/", "/account/sign-in/"):
    # A load balancer has no session; a person has.
    if path not in ("/healthz", "/readyz"):
        client.cookies["session"] = "a" * 32
    began = time.monotonic()
    response = client.get(path)
    answers[path] = (response.status_code, response.text, time.monotonic() - began)
print(json.dumps(answers))
"""


def answers_with(project_root, url):
    ran = subprocess.run(
        [sys.executable, "-c", ASK],
        env={
            "DEBUG": "yes",
            "DJANGO_SETTINGS_MODULE": "trafficking_plan.settings",
            "DATABASE_URL": url,
        },
        cwd=project_root,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(ran.stdout)


def test_an_unreachable_database_gives_an_error_page(project_root, tmp_path):
    # Nothing listens on the first port, so this is the real error of the real driver.
    answers = answers_with(project_root, "postgresql://plan@127.0.0.1:1/plan")
    # The process is well, and must not be restarted.
    assert answers.pop("/healthz")[:2] == [200, "ok\n"]
    status, text, seconds = answers.pop("/readyz")
    assert (status, seconds < 8) == (503, True)
    assert text.startswith(
        f"not ready\nRelease: {__version__}\nDatabase: The database does not answer.\n"
    )
    assert "127.0.0.1" not in text
    for status, text, seconds in answers.values():
        assert (status, seconds < 8) == (503, True)
        assert "<h1>Back in a few minutes</h1>" in text


def test_one_request_waits_for_a_database_that_hangs_and_the_others_fail_at_once(project_root):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        answers = answers_with(project_root, f"postgresql://plan@127.0.0.1:{port}/plan")
    assert answers.pop("/healthz")[:2] == [200, "ok\n"]
    assert {status for status, _, _ in answers.values()} == {503}
    _, first, *others = (seconds for _, _, seconds in answers.values())
    assert (first < 8, max(others) < 1) == (True, True)


class Relay:
    """Stands between us and the server of the tests, and can stand still."""

    def __init__(self, folder, server):
        self.folder, self.server, self.goes = folder, server, threading.Event()
        self.goes.set()
        self.open = []
        self.listening = socket.create_server(
            str(folder / ".s.PGSQL.5432"), family=socket.AF_UNIX, backlog=50
        )
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                self.goes.wait()
                ours, _ = self.listening.accept()
                theirs = socket.socket(socket.AF_UNIX)
                self.open += [ours, theirs]
                theirs.connect(f"{self.server}/.s.PGSQL.5432")
                for ends in ((ours, theirs), (theirs, ours)):
                    threading.Thread(target=self.pass_on, args=ends, daemon=True).start()

    def pass_on(self, come_from, go_to):
        with contextlib.suppress(OSError):
            while content := come_from.recv(65536):
                self.goes.wait()
                go_to.sendall(content)
            go_to.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.goes.set()
        for each in (self.listening, *self.open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


@pytest.fixture
def relayed(transactional_db, monkeypatch):
    """A connection through a relay, and the relay."""
    monkeypatch.setattr(base.Connection, "patience", 0.5)
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        relay = Relay(Path(folder), connection.settings_dict["HOST"])
        ours = connection.copy()
        ours.settings_dict = {**connection.settings_dict, "HOST": folder}
        yield ours, relay
        ours.close()
        relay.close()


def seconds_of(statement, ours):
    began = time.monotonic()
    with contextlib.suppress(OperationalError), ours.cursor() as cursor:
        cursor.execute(statement)
        return time.monotonic() - began, cursor.fetchall()
    return time.monotonic() - began, None


@pytest.mark.postgresql
def test_a_statement_ends_when_the_server_stands_still(relayed):
    ours, relay = relayed
    assert seconds_of("SELECT 1", ours)[1] == [(1,)]
    relay.goes.clear()
    took, found = seconds_of("SELECT 1", ours)
    assert (found, 2 < took < 4) == (None, True)
    ours.close()
    took, found = seconds_of("SELECT 1", ours)
    assert (found, took < 0.5) == (None, True)
    relay.goes.set()
    base.outage._asking.join(5)
    assert seconds_of("SELECT 1", ours)[1] == [(1,)]


@pytest.mark.postgresql
def test_a_long_statement_is_waited_for_while_the_server_answers_others(relayed):
    took, found = seconds_of("SELECT pg_sleep(2)::text", relayed[0])
    assert (found, took > 2) == ([("",)], True)


# --- a restart ----------------------------------------------------------------------------------


class Ended:
    """Ends the connection before the statement of this number, as a server that stops does."""

    def __init__(self, number):
        self.number, self.count = number, 0

    def __call__(self, execute, sql, params, many, context):
        if self.count == self.number:
            with psycopg.connect(**self.address(), autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", [self.process()])
        self.count += 1
        return execute(sql, params, many, context)

    def address(self):
        wanted = {"host": "HOST", "port": "PORT", "dbname": "NAME", "user": "USER"}
        found = {name: connection.settings_dict[key] for name, key in wanted.items()}
        return {name: value for name, value in found.items() if value}

    def process(self):
        return connection.connection.info.backend_pid


READ = {
    "home": "coordinator",
    "dashboard:overview": "coordinator",
    "workitems:list": "contributor",
    "workitems:detail": "contributor",
    "returns:detail": "contributor",
}
WRITTEN = {"risks:change": {"title": "Another title"}}


@pytest.mark.postgresql
@pytest.mark.parametrize("name", [*READ, *WRITTEN])
def test_a_restart_before_any_statement_of_a_page_is_a_503(name, transactional_db):
    """The server is there again at once, so to ask it afterwards says nothing."""
    world = scene()
    client = client_of(world, READ.get(name, "contributor"))
    client.raise_request_exception = False
    address = reverse(name, args=RULES[name].arguments(world))
    ask = partial(client.get, address)
    if name in WRITTEN:
        form = fields_of(client.get(address), address) | WRITTEN[name]
        ask = partial(client.post, address, form)
    statuses = []
    for number in range(1000):
        ended = Ended(number)
        with connection.execute_wrapper(ended):
            status = ask().status_code
        # As at the end of every request but those of the tests' client.
        connection.close()
        if ended.count <= number:
            break
        statuses.append(status)
    assert status in (200, 302)
    assert statuses == [503] * len(statuses)
    assert len(statuses) > 3


@pytest.mark.parametrize(
    "error",
    [OperationalError, InterfaceError, psycopg.errors.AdminShutdown],
    ids=lambda x: x.__name__,
)
def test_an_error_that_followed_from_the_connection_is_of_the_connection(error, monkeypatch):
    monkeypatch.setattr("trafficking_plan.frame.middleware.database_answers", lambda: False)
    try:
        try:
            raise error("the connection is lost")
        except Exception:
            raise ValueError("of rendering")  # noqa: B904
    except ValueError as failure:
        assert any(map(is_of_connection, causes(failure)))
    assert not any(map(is_of_connection, causes(ValueError("a mistake"))))


def test_pages_work_again_when_the_database_is_back(
    client, django_user_model, monkeypatch, transactional_db
):
    user = django_user_model.objects.create_user("person@example.org", name="Person")
    client.force_login(user, backend=BACKEND)
    client.raise_request_exception = False
    connection.close()

    def refuse():
        raise OperationalError("connection refused")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "connect", refuse)
        away = client.get("/")
        assert (away.status_code, away.headers["Retry-After"]) == (503, "30")
    assert client.get("/").status_code == 200


@pytest.mark.django_db
def test_other_errors_are_not_reported_as_a_database_failure(
    client, django_user_model, monkeypatch
):
    def fail(*arguments, **more):
        raise ValueError("a mistake")

    user = django_user_model.objects.create_user("person@example.org", name="Person")
    client.force_login(user, backend=BACKEND)
    monkeypatch.setattr("trafficking_plan.frame.views.form_page", fail)
    client.raise_request_exception = False
    response = client.get("/account/colours/")
    assert response.status_code == 500
    assert "<h1>There is a problem with this page</h1>" in response.text
