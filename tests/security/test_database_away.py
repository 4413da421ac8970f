"""Test an unreachable database: a plain page within seconds, and recovery without a restart."""

import json
import subprocess
import sys

import pytest
from django.db import OperationalError, connection

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
    answers[path] = (response.status_code, response.text, time.monotonic() - began < 8)
print(json.dumps(answers))
"""


def test_an_unreachable_database_gives_an_error_page(project_root, tmp_path):
    ran = subprocess.run(
        [sys.executable, "-c", ASK],
        # Nothing listens on the first port, so this is the real error of the real driver.
        env={
            "DEBUG": "yes",
            "DJANGO_SETTINGS_MODULE": "trafficking_plan.settings",
            "DATABASE_URL": "postgresql://plan@127.0.0.1:1/plan",
        },
        cwd=project_root,
        capture_output=True,
        text=True,
        check=True,
    )
    answers = json.loads(ran.stdout)
    # The process is well, and must not be restarted.
    assert answers.pop("/healthz") == [200, "ok\n", True]
    status, text, is_quick = answers.pop("/readyz")
    assert (status, is_quick) == (503, True)
    assert text.startswith("not ready\nDatabase: The database does not answer.\n")
    assert "127.0.0.1" not in text
    for status, text, is_quick in answers.values():
        assert (status, is_quick) == (503, True)
        assert "<h1>Back in a few minutes</h1>" in text


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
