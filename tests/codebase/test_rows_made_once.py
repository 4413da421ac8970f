"""Test that rows of fixtures are made once for the tests of a module, and that no test notices (decision 132)."""

import subprocess
import sys
from pathlib import Path

import pytest

from trafficking_plan.testing.processes import environment
from trafficking_plan.testing.suites import sqlite

ROOT = Path(__file__).parents[2]
# One test after another, each with what it may expect of the one before.
TESTS = """
import pytest
from django.core import mail
from django.core.mail import send_mail
from django.db import connection

from agencies.models import Agency, Unit
from tests.factories import AgencyFactory, UserFactory

pytestmark = pytest.mark.django_db
MADE = []


@pytest.fixture
def agency():
    MADE.append("agency")
    return AgencyFactory(name="Police")


@pytest.fixture
def user(agency, client):
    MADE.append("user")
    user = UserFactory(name=agency.name)
    client.raise_request_exception = False
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


@pytest.fixture
def invited(user):
    MADE.append("invited")
    send_mail("Come", "Come", "from@example.org", [user.email])
    return Agency.objects.create(name="Invited", short_name="I")


@pytest.fixture
def both(agency, user):
    MADE.append("both")
    agency.name = "Renamed"
    agency.save()
    return [agency, user]


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setattr("tests.factories.PASSWORD", "another")


@pytest.fixture(params=["Customs", "Health"])
def named(request):
    MADE.append("named")
    return AgencyFactory(name=request.param)


def names():
    return sorted(Agency.objects.values_list("name", flat=True))


def test_a(agency):
    agency.name = "Changed"
    agency.save()
    AgencyFactory(name="Another")
    assert (names(), MADE) == (["Another", "Changed"], ["agency"])


@pytest.mark.parametrize("time", [1, 2])
def test_b_has_a_copy_of_what_the_last_changed(time, agency):
    assert (agency.name, names(), MADE) == ("Police", ["Police"], ["agency"])
    agency.name = "Changed"


def test_c_goes_on_from_there(user, client):
    assert client.session["_auth_user_id"] == str(user.pk)
    assert (names(), MADE) == (["Police"], ["agency", "user"])
    client.logout()


def test_d_is_signed_in_again(client, user, agency):
    assert client.session["_auth_user_id"] == str(user.pk)
    assert (user.name, MADE) == ("Police", ["agency", "user"])
    assert not client.raise_request_exception
    with pytest.raises(Exception), connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")


def test_e_has_objects_as_the_last_fixture_left_them(both, agency):
    assert both[0] is agency
    assert (agency.name, names(), MADE) == ("Renamed", ["Renamed"], ["agency", "user", "both"])


def test_f_again(agency, user, both):
    assert both[0] is agency
    assert (agency.name, names(), MADE) == ("Renamed", ["Renamed"], ["agency", "user", "both"])


def test_g_needs_less(agency):
    assert (agency.name, names(), MADE) == ("Police", ["Police"], ["agency", "user", "both"])


@pytest.mark.parametrize("time", [1, 2])
def test_h_sends_a_mail_each_time(time, invited):
    assert (len(mail.outbox), MADE.count("invited"), MADE.count("user")) == (1, time, 2)


def test_i_makes_its_own_after_another_clock(clock, agency):
    assert MADE.count("agency") == 2


def test_j_has_no_agency():
    assert names() == []


def test_k_has_its_own_parameter(named):
    assert names() == [named.name]


@pytest.mark.django_db(transaction=True)
def test_l_commits(named):
    assert names() == [named.name]


def test_m_begins_anew(agency):
    assert (names(), MADE.count("agency")) == (["Police"], 3)


def test_n_closes_the_connection(agency):
    connection.close()


def test_o_begins_anew_after_that(agency):
    assert (names(), MADE.count("agency")) == (["Police"], 4)
"""


@pytest.mark.sqlite
def test_rows_are_made_once_and_no_test_notices(tmp_path):
    (tmp_path / "test_sample.py").write_text(TESTS)
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["tests.conftest"]')
    outcome = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        + ["-c", str(ROOT / "pyproject.toml"), f"--rootdir={ROOT}", f"--confcutdir={tmp_path}"]
        + [str(tmp_path / "test_sample.py")],
        cwd=ROOT,
        env=environment(sqlite(str(tmp_path))),
        capture_output=True,
        text=True,
    )
    assert outcome.returncode == 0, outcome.stdout
    assert "19 passed" in outcome.stdout
