"""Test log lines: enough to find an error, no personal data."""

import io
import json
import logging
from logging.config import DictConfigurator

import pytest
import structlog
from django.db import IntegrityError, transaction

from agencies.models import Agency
from tests.factories import AgencyFactory, SeatFactory
from trafficking_plan.running import logs

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def log():
    """The lines as a live service writes them, each as what was parsed from its JSON."""
    structlog.contextvars.clear_contextvars()
    configuration = DictConfigurator(logs.configuration(plain=False))
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        configuration.configure_formatter(configuration.config["formatters"]["structured"])
    )
    for name in configuration.config["handlers"]["console"]["filters"]:
        handler.addFilter(
            configuration.configure_filter(dict(configuration.config["filters"][name]))
        )
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


def test_a_request_is_one_line_with_what_it_cost(client, log):
    user = SeatFactory(user__name="Contributor", user__email="contributor@example.org").user
    client.force_login(user, backend=BACKEND)
    client.get("/?q=typed+text", headers={"user-agent": "Browser"}, REMOTE_ADDR="192.0.2.1")
    (line,) = log()
    assert set(line) == {
        *("event", "request", "request_id", "user_id", "view", "code"),
        *("ms", "cpu_ms", "statements", "level", "logger", "timestamp"),
    }
    assert (line["event"], line["request"], line["view"]) == ("request_finished", "GET /", "home")
    assert (line["code"], line["user_id"], line["level"]) == (200, user.pk, "info")
    assert line["statements"] > 1
    assert 0 < line["cpu_ms"] <= line["ms"] + 1


def test_a_request_that_signs_in_is_logged_with_its_user(client, log):
    user = SeatFactory(user__email="contributor@example.org").user
    user.set_password("long enough to be good")
    user.save()
    client.post(
        "/account/sign-in/",
        {"login": "contributor@example.org", "password": "long enough to be good"},
    )
    assert [line["user_id"] for line in log() if "code" in line] == [user.pk]


def test_a_refused_request_is_one_line_too(client, log):
    client.force_login(SeatFactory().user, backend=BACKEND)
    client.get("/agencies/")
    client.get("/nowhere/")
    client.get("/?q=%ff")
    assert [(line["code"], line["view"]) for line in log()] == [
        (403, "agencies:list"),
        (404, "none"),
        (400, "none"),
    ]


def test_a_crafted_path_is_logged_escaped_on_one_line(client, log):
    client.get('/nowhere%0a{"event":"forged"}/<script>')
    (line,) = log()
    assert line["request"] == "GET /nowhere%0A%7B%22event%22%3A%22forged%22%7D/%3Cscript%3E"


def test_a_failed_sign_in_logs_neither_address_nor_password(client, log):
    client.post("/account/sign-in/", {"login": "person@example.org", "password": "hunter two"})
    everything = json.dumps(log())
    assert "person" not in everything
    assert "hunter" not in everything


def test_the_key_of_a_password_email_is_not_logged(client, log):
    client.get("/account/password/reset/key/1-abc123-0123456789abcdef/")
    client.get("/account/password/reset/key/1-abc123-0123456789abcdef/and/more")
    client.get("/account/password/reset/key/done/")
    assert "abc123" not in json.dumps(log())
    paths = [line["request"] for line in log()]
    assert paths == [
        "GET /account/password/reset/key/(key)/",
        "GET /account/password/reset/key/(key)/and/more",
        "GET /account/password/reset/key/done/",
    ]


def test_an_error_is_logged_with_its_place_but_without_data(client, log, monkeypatch):
    AgencyFactory(short_name="Secret")

    def fail(*arguments, **more):
        try:
            with transaction.atomic():
                AgencyFactory(short_name="secret")
        except IntegrityError as error:
            raise ValueError(f"could not save {Agency.objects.model(name='Hidden')}") from error

    client.force_login(SeatFactory().user, backend=BACKEND)
    monkeypatch.setattr("trafficking_plan.frame.views.form_page", fail)
    client.raise_request_exception = False
    client.get("/account/colours/")
    (failed,) = log()
    assert (failed["event"], failed["code"], failed["level"]) == ("request_failed", 500, "error")
    kinds = [part for part in failed["exception"] if ":" not in part]
    assert kinds[-2:] == ["django.db.utils.IntegrityError", "builtins.ValueError"]
    assert failed["exception"][-1].endswith(" fail")
    assert "secret" not in json.dumps(log()).lower()


def test_an_error_is_shown_in_full_on_a_terminal():
    (renderer,) = [
        step
        for step in logs.configuration(plain=True)["formatters"]["structured"]["processors"]
        if isinstance(step, structlog.dev.ConsoleRenderer)
    ]
    try:
        raise ValueError("a mistake")
    except ValueError as error:
        shown = renderer(None, "", {"event": "failed", "exc_info": error})
    assert shown.rstrip().endswith("ValueError: a mistake")
