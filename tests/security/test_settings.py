"""Test which settings a live service requires. What starts runs in a process of its own."""

import json
import os
import runpy
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

LIVE = {
    "SECRET_KEY": "a-key-of-a-live-service-0123456789-abcdefghijklmnopqrstuvwxyz",
    "SEALING_KEYS": "MpdBLyFYpmgF4ZkoeR1dgNQ3Dc3bn0XSHuYm8dYQ-lE",
    "ALLOWED_HOSTS": "plan.example.govt.nz, register.example.govt.nz",
    "DATABASE_URL": "postgresql://plan@db.example.govt.nz/plan",
    "SITE_URL": "https://plan.example.govt.nz/",
    "REQUIRE_SECOND_STEP": "administrator, coordinator",
}
SHOW = """
import json
from trafficking_plan import settings
print(json.dumps({name: getattr(settings, name) for name in %r}))
"""


def python(arguments, environment, root):
    """Run Python with a minimal environment."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, *arguments],
        env={
            **inherited,
            "ENV_FILE": os.devnull,
            "DJANGO_SETTINGS_MODULE": "trafficking_plan.settings",
            **environment,
        },
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )


def settings_of(environment, names, root):
    ran = python(["-c", SHOW % names], environment, root)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.mark.parametrize(
    ("environment", "complaint"),
    [
        ({**LIVE, "SECRET_KEY": ""}, "SECRET_KEY is not set. See .env.example."),
        ({**LIVE, "ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is not set. See .env.example."),
        (
            {**LIVE, "SECRET_KEY": "too-short"},
            "SECRET_KEY has 9 characters. Use at least 50 random ones.",
        ),
        ({**LIVE, "SEALING_KEYS": ""}, "SEALING_KEYS is not set. See .env.example."),
        (
            {**LIVE, "SEALING_KEYS": f"{LIVE['SEALING_KEYS']}, too-short"},
            "A key of SEALING_KEYS has 9 characters. Each is 32 random bytes, written with 43: "
            'python3 -c "import secrets; print(secrets.token_urlsafe(32))"',
        ),
        (
            {**LIVE, "DEBUG": "yes"},
            "DEBUG is on and DATABASE_URL is a server on another machine. DEBUG shows records and "
            "settings to anyone; turn it off, or use a database on this machine.",
        ),
        ({**LIVE, "SITE_URL": ""}, "SITE_URL is not set. See .env.example."),
        ({}, "SECRET_KEY is not set. See .env.example."),
        ({**LIVE, "DEBUG": "true"}, "DEBUG must be yes or no, not 'true'."),
        ({**LIVE, "PROXIES": "one"}, "PROXIES must be a number, not 'one'."),
        (
            {**LIVE, "FILES_BUCKET": "files", "FILES_DIR": "/srv/files"},
            "FILES_DIR and FILES_BUCKET are both set. Keep files in one place.",
        ),
        (
            {**LIVE, "FILES_BUCKET": "s3://files"},
            "FILES_BUCKET is 's3://files', which cannot be the name of a bucket.",
        ),
        (
            {**LIVE, "FILES_BUCKET": "files", "AWS_ACCESS_KEY_ID": "key"},
            "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or neither.",
        ),
        (
            {**LIVE, "FILES_BUCKET": "files", "AWS_ENDPOINT_URL_S3": "http://files.example.org"},
            "AWS_ENDPOINT_URL_S3 does not begin with https://, so files would travel readable.",
        ),
        (
            {**LIVE, "SCANNER": "clamd.example.org"},
            "SCANNER must be the path of clamd's socket, or HOST:PORT, not 'clamd.example.org'.",
        ),
        (
            {**LIVE, "SECURITY_CONTACT": "security@example.org"},
            "SECURITY_CONTACT must begin with https://, mailto: or tel:, not 'security@example.org'.",
        ),
        (
            {**LIVE, "OTEL_EXPORTER_OTLP_ENDPOINT": "127.0.0.1:4318"},
            "OTEL_EXPORTER_OTLP_ENDPOINT must begin with https:// or http://.",
        ),
        (
            {**LIVE, "METRICS_TOKEN": "too-short"},
            "METRICS_TOKEN has 9 characters. Use at least 32 random ones.",
        ),
        (
            {**LIVE, "OIDC_SERVER": "https://id.example"},
            "OIDC_SERVER is set, but OIDC_CLIENT_ID is not.",
        ),
    ],
)
def test_a_live_service_refuses_to_start_with_unsafe_settings(
    environment, complaint, project_root, monkeypatch
):
    for name in list(os.environ):
        monkeypatch.delenv(name)
    monkeypatch.setenv("ENV_FILE", os.devnull)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as refusal:
        runpy.run_path(str(project_root / "trafficking_plan" / "settings.py"))
    assert str(refusal.value) == complaint


def test_a_live_service_hides_errors_and_secures_cookies(project_root):
    expected = {
        "DEBUG": False,
        "ALLOWED_HOSTS": ["plan.example.govt.nz", "register.example.govt.nz"],
        "SESSION_COOKIE_NAME": "__Host-session",
        "CSRF_COOKIE_NAME": "__Host-csrf",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31536000,
        "SECURE_PROXY_SSL_HEADER": None,
        "SITE_URL": "https://plan.example.govt.nz",
        "EMAIL_BACKEND": "agencies.people.outbox.Outbox",
    }
    assert settings_of(LIVE, [*expected], project_root) == expected


def test_deployment_check_warns_of_sqlite_and_of_administrators_with_a_password_alone(project_root):
    ran = python(
        ["-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        {
            **LIVE,
            "DATABASE_URL": "sqlite:///unused.sqlite3",
            "REQUIRE_SECOND_STEP": "coordinator",
        },
        project_root,
    )
    assert ran.returncode == 1
    assert "(trafficking_plan.W001) The records are in an SQLite file." in ran.stderr
    assert "(trafficking_plan.W002) Administrators sign in with a password alone." in ran.stderr


def test_unknown_roles_in_the_settings_are_refused(project_root):
    organisation = {
        "OIDC_SERVER": "https://id.example",
        "OIDC_CLIENT_ID": "plan",
        "OIDC_CLIENT_SECRET": "secret",
        "OIDC_NAME": "Police",
        "OIDC_DOMAINS": "police.example",
        "OIDC_SEATS": "staff=Police:boss",
    }
    ran = python(
        ["-m", "django", "check"],
        {**LIVE, **organisation, "REQUIRE_SECOND_STEP": "boss"},
        project_root,
    )
    assert ran.returncode == 1
    assert "(trafficking_plan.E001) REQUIRE_SECOND_STEP has boss." in ran.stderr
    assert "(trafficking_plan.E002) OIDC_SEATS has the role boss" in ran.stderr


def test_deployment_check_finds_nothing(project_root):
    """Silenced is the check for a unique address, which the database holds by a constraint."""
    ran = python(
        ["-m", "django", "check", "--deploy", "--fail-level", "WARNING"], LIVE, project_root
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == "System check identified no issues (1 silenced).\n"


def test_a_secret_may_be_in_a_file_of_its_own(project_root, tmp_path):
    without = {name: LIVE[name] for name in LIVE if name != "SECRET_KEY"}
    (tmp_path / "key").write_text(LIVE["SECRET_KEY"] + "\n")
    given = {**without, "SECRET_KEY_FILE": str(tmp_path / "key")}
    assert settings_of(given, ["SECRET_KEY"], project_root) == {"SECRET_KEY": LIVE["SECRET_KEY"]}
    assert settings_of(
        {**given, "SECRET_KEY": LIVE["SECRET_KEY"] + "1"}, ["SECRET_KEY"], project_root
    ) == {"SECRET_KEY": LIVE["SECRET_KEY"] + "1"}
    ran = python(
        ["-c", SHOW % ["SECRET_KEY"]], {**without, "SECRET_KEY_FILE": "/gone"}, project_root
    )
    assert (ran.returncode, "No such file or directory: '/gone'" in ran.stderr) == (1, True)
