"""Test `check_service`: a sentence about each part, and an exit code."""

from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from trafficking_plan.running import service_checks
from trafficking_plan.running.service_checks import CHECKS, State

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(settings, monkeypatch):
    """A service where everything is well, as far as one machine can show it."""
    settings.SITE_URL = "https://plan.example.govt.nz"
    settings.BEHIND_TLS = True
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    headers = {"Strict-Transport-Security": "max-age=31536000"}
    monkeypatch.setattr(service_checks, "certificate_days", lambda host, port: 60)
    monkeypatch.setattr(service_checks, "answer_of", lambda address: (200, headers))
    return monkeypatch


def found(name):
    (check,) = [each for each in CHECKS if each.name == name]
    ((_, finding),) = service_checks.findings([check])
    return finding


def test_each_part_has_a_line_and_faults_end_with_an_error(service):
    service.setattr(service_checks, "unapplied_migrations", lambda: ["reports.0099_later"])
    said = StringIO()
    with pytest.raises(CommandError, match="1 thing is wrong"):
        call_command("check_service", stdout=said)
    lines = said.getvalue().splitlines()
    assert [line[8:].split("  ")[0] for line in lines] == [check.name for check in CHECKS]
    says = "wrong Migrations 1 migration not applied. Run migrate. reports.0099_later"
    assert says in [" ".join(line.split()) for line in lines]


def test_a_test_mail_is_sent(service):
    said = StringIO()
    call_command("check_service", "--mail", "operator@example.org", stdout=said)
    assert [message.to for message in mail.outbox] == [["operator@example.org"]]
    assert "The server accepted it for operator@example.org." in said.getvalue()


def test_a_test_mail_that_becomes_a_file_was_accepted_by_no_server(service, settings, tmp_path):
    settings.EMAIL_BACKEND = settings.MAIL_FILES
    settings.EMAIL_FILE_PATH = tmp_path
    said = StringIO()
    call_command("check_service", "--mail", "operator@example.org", stdout=said)
    says = " ".join(said.getvalue().split())
    assert (
        f"warning Mail Emails are written to files in {tmp_path}, because DEBUG is on. None is sent."
        in says
    )
    assert f"warning Test email It was written to {tmp_path}, and not sent." in says
    assert len(list(tmp_path.iterdir())) == 1


def test_a_mail_that_is_not_accepted_is_wrong(service):
    def refuse(*arguments, **more):
        raise ConnectionRefusedError("refused")

    service.setattr("trafficking_plan.management.commands.check_service.send_mail", refuse)
    with pytest.raises(CommandError, match="1 thing is wrong"):
        call_command("check_service", "--mail", "operator@example.org", stdout=StringIO())


@pytest.mark.parametrize(
    ("status", "days", "state", "sentence"),
    [
        (200, 60, State.WELL, "The site answers over TLS; the certificate is valid for 60 days."),
        (200, 3, State.WARNING, "The certificate expires in 3 days."),
        (502, 60, State.WRONG, "The sign-in page answers 502 through the proxy."),
        (
            301,
            60,
            State.WRONG,
            "The sign-in page redirects to itself: the proxy's X-Forwarded-Proto is not trusted. Set "
            "TRUST_PROXY_TLS_HEADER=yes, and let the proxy set that header.",
        ),
    ],
)
def test_the_way_through_the_proxy_is_tried(service, status, days, state, sentence):
    headers = {"Strict-Transport-Security": "max-age=31536000"}
    service.setattr(service_checks, "certificate_days", lambda host, port: days)
    service.setattr(service_checks, "answer_of", lambda address: (status, headers))
    finding = found("TLS and proxy")
    assert (finding.state, finding.sentence) == (state, sentence)


def test_a_proxy_that_is_not_counted_is_a_warning(service, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert found("TLS and proxy").state is State.WARNING


def test_a_full_disk_is_wrong(monkeypatch):
    usage = type("Usage", (), {"free": 1_000_000})
    monkeypatch.setattr("shutil.disk_usage", lambda folder: usage)
    finding = found("Disk")
    assert finding.state is State.WRONG
    assert finding.sentence.startswith("1 MB are free for ")


def test_a_storage_that_refuses_is_wrong_and_says_why_to_the_operator_alone(monkeypatch):
    def refuse(*arguments):
        raise PermissionError("/srv/plan/files")

    monkeypatch.setattr("django.core.files.storage.default_storage.save", refuse)
    finding = found("Storage")
    assert (finding.state, finding.sentence) == (
        State.WRONG,
        "Uploaded files cannot be stored.",
    )
    assert finding.detail == "PermissionError: /srv/plan/files"


def test_storage_leaves_no_file(settings):
    from django.core.files.storage import default_storage

    assert found("Storage").state is State.WELL
    assert default_storage.listdir("checks")[1] == []


def test_clocks_agree():
    assert found("Clock").state is State.WELL
