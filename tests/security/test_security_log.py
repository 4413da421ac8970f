"""Test the log of sign-ins, roles, tokens and signatures: what, who, from which network, and nothing else."""

import io
import json
import logging
from logging.config import DictConfigurator

import pytest
import structlog
from django.urls import reverse

from tests.factories import PASSWORD, SeatFactory, UserFactory
from tests.security.second_steps import set_up_app
from trafficking_plan.running import logs
from trafficking_plan.sign_in import security_log

pytestmark = pytest.mark.django_db

EMAIL = "contributor@example.org"


@pytest.fixture
def log():
    """The lines of the security log, each as what was parsed from its JSON."""
    structlog.contextvars.clear_contextvars()
    configuration = DictConfigurator(logs.configuration(plain=False))
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        configuration.configure_formatter(configuration.config["formatters"]["structured"])
    )
    logging.getLogger("security").addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger("security").removeHandler(handler)


@pytest.fixture
def person():
    return SeatFactory(user__email=EMAIL).user


def sign_in(client, password=PASSWORD, email=EMAIL):
    where = "192.0.2.17"
    return client.post(
        "/account/sign-in/", {"login": email, "password": password}, REMOTE_ADDR=where
    )


def events(log, *keys):
    return [tuple(line.get(key) for key in ("event", "user_id", *keys)) for line in log()]


def test_a_line_says_what_who_and_from_which_network(client, person, log):
    sign_in(client)
    (line,) = log()
    assert set(line) == {
        *("event", "user_id", "network", "request_id", "logger", "level", "timestamp")
    }
    assert (line["event"], line["user_id"]) == ("signed_in", person.pk)
    assert (line["network"], line["logger"]) == ("192.0.2.0/24", "security")


def test_a_request_without_an_address_is_from_no_network(rf):
    request = rf.get("/", REMOTE_ADDR="")
    assert security_log.network_behind(request) == "none"


def test_refusals_and_lock_outs_are_logged_without_what_was_typed(client, person, log):
    for _ in range(4):
        sign_in(client, "hunter two")
    sign_in(client, "hunter two", "stranger@example.org")
    assert events(log) == [
        *[("sign_in_refused", person.pk)] * 3,
        ("sign_in_locked_out", person.pk),
        ("sign_in_refused", None),
    ]
    assert not {"hunter", "stranger", "contributor"} & set(json.dumps(log()).split('"'))
    assert "example.org" not in json.dumps(log())


def test_the_second_step_and_signing_out_are_logged(client, person, log):
    codes = set_up_app(person)
    sign_in(client)
    client.post("/account/second-step/code/", {"code": "000000"})
    client.post("/account/second-step/code/", {"code": codes[0]})
    client.post("/account/sign-out/")
    assert events(log, "kind") == [
        ("second_step_refused", person.pk, "totp"),
        ("second_step_used", person.pk, "recovery_codes"),
        ("signed_in", person.pk, None),
        ("signed_out", person.pk, None),
    ]


def test_roles_and_accounts_are_logged_by_their_numbers(client, person, log):
    administrator = UserFactory(is_superuser=True)
    client.force_login(administrator)
    address = reverse("agencies:close-account", args=[person.pk])
    client.post(address, {"version": 1, "reason": "Left."})
    seat = person.seats.get()
    client.post(
        reverse("agencies:end", args=[seat.agency_id, seat.pk]),
        {"when": "at-once", "reason": "Left.", "confirmed": "on"},
    )
    found = events(log, "record_id")
    assert found[0][0] == "signed_in"
    assert found[1] == ("account_changed", administrator.pk, person.pk)
    assert found[2:] in ([("seat_changed", administrator.pk, seat.pk)], [])


def test_what_is_loaded_by_a_command_is_not_logged(log):
    SeatFactory()
    assert log() == []


def test_requests_say_no_network_and_the_security_log_has_a_file_of_its_own(tmp_path):
    configured = logs.configuration(plain=False, security_file=str(tmp_path / "security.log"))
    assert configured["loggers"]["security"] == {
        "handlers": ["security"],
        "level": "INFO",
        "propagate": False,
    }
    assert configured["handlers"]["security"]["filename"] == str(tmp_path / "security.log")
    line = {"event": "request_started", "logger": "django_structlog", "network": "192.0.2.0/24"}
    assert logs.drop_personal(None, "info", dict(line)) == {
        "event": "request_started",
        "logger": "django_structlog",
    }
