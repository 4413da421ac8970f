"""Test deploy/upgrade.sh: the order of its steps, what it refuses, and the way back. Nothing is installed."""

import os
import re
import subprocess

import pytest

import trafficking_plan
from tests.codebase.source import ROOT
from tests.security.stub_programs import stubs

NEW = trafficking_plan.__version__
PYTHON = """#!/bin/sh
case "$*" in *m.version*) cat "$(dirname "$0")/release";; *) exit 1;; esac
"""
CALLED = '#!/bin/sh\necho "$(basename "$0") $*" >> "$LOG"\n'


@pytest.fixture
def site(tmp_path):
    """An installation of 1.0.0 whose programs only note that they were called."""
    stubs(
        tmp_path,
        su='while [ "$1" != -c ]; do shift; done; exec sh -c "$2"',
        systemctl="",
        curl=f'printf "ready\\nRelease: {NEW}\\n"',
        sleep="",
    )
    programs = tmp_path / "venv/bin"
    programs.mkdir(parents=True)
    (programs / "release").write_text("1.0.0\n")
    for name, text in {"python": PYTHON, "pip": CALLED, "plan-register": CALLED}.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    (tmp_path / "backup.sh").write_text(CALLED)
    (tmp_path / "backup.sh").chmod(0o755)
    (tmp_path / "units").mkdir()
    (tmp_path / ".env").write_text(
        "DATABASE_URL=postgresql://plan@%2Fvar%2Frun%2Fpostgresql/plan\nSEALING_KEYS=key\n"
    )
    return tmp_path


def upgrade(site, *options):
    ran = subprocess.run(
        ["sh", ROOT / "deploy/upgrade.sh", *options],
        cwd=site,
        env={
            "PATH": f"{site}/stubs:{os.environ['PATH']}",
            "LOG": str(site / "log"),
            "UNITS": str(site / "units"),
        },
        capture_output=True,
        text=True,
    )
    log = (site / "log").read_text() if (site / "log").exists() else ""
    (site / "log").unlink(missing_ok=True)
    lines = [line for line in log.splitlines() if not line.startswith("su ")]
    return ran, [re.sub(r"^pip install .*", "pip install", line) for line in lines]


START = [
    "systemctl daemon-reload",
    "systemctl reload plan-register-web",
    "systemctl restart plan-register-worker",
    "curl --silent --max-time 5 http://127.0.0.1:8001/readyz",
    "plan-register check_service",
]


def test_it_backs_up_installs_migrates_reloads_and_checks(site):
    ran, log = upgrade(site)
    assert (ran.stderr, ran.returncode) == ("", 0)
    assert log == [
        f"backup.sh {site}/backups",
        "pip install",
        "pip install",
        "plan-register collectstatic --no-input",
        "plan-register migrate",
        *START,
    ]
    assert ran.stdout.splitlines()[0] == f"From 1.0.0 to {NEW}."
    assert (site / "units/plan-register-web.service").exists()
    assert (site / "units/plan-register-.service.d/closed.conf").exists()


def test_a_further_node_neither_backs_up_nor_migrates(site):
    ran, log = upgrade(site, "--further-node")
    assert ran.returncode == 0
    assert log == ["pip install", "pip install", "plan-register collectstatic --no-input", *START]


def test_a_dry_run_prints_the_steps_and_does_none(site):
    ran, log = upgrade(site, "--dry-run")
    assert (ran.stderr, ran.returncode, log) == ("", 0, [])
    assert "venv/bin/plan-register migrate" in ran.stdout
    assert not (site / "venv.before").exists()


def test_the_way_back_is_the_code_before_without_migrate(site):
    upgrade(site)
    (site / "venv/bin/release").write_text(f"{NEW}\n")
    ran, log = upgrade(site, "--back")
    assert (ran.stderr, ran.returncode) == ("", 0)
    assert ran.stdout.splitlines()[0].startswith(f"From {NEW} back to 1.0.0.")
    assert (site / "venv/bin/release").read_text() == "1.0.0\n"
    assert "plan-register migrate" not in log
    again, _ = upgrade(site, "--back")
    assert (again.returncode, "nothing to go back to" in again.stderr) == (1, True)


@pytest.mark.parametrize(
    ("program", "says"),
    [
        ("backup.sh", "Nothing was changed."),
        ("venv/bin/pip", "rm -r venv && mv venv.before venv"),
        ("venv/bin/plan-register", "the service still runs the old one"),
        ("stubs/curl", f"The database is of {NEW}, on which 1.0.0 runs too."),
    ],
)
def test_what_did_not_finish_says_where_it_stopped_and_the_way_out(site, program, says):
    (site / program).write_text("#!/bin/sh\ncase $* in collectstatic*) exit 0;; esac\nexit 1\n")
    ran, _ = upgrade(site)
    assert ran.returncode == 1
    assert "upgrade.sh did not finish." in ran.stderr
    assert says in ran.stderr


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda site: (site / "venv/bin/release").write_text("9.0.0\n"),
            f"{NEW} is earlier than 9.0.0, which is installed. To go back: upgrade.sh --back\n",
        ),
        (
            lambda site: (site / ".env").write_text("DATABASE_URL=postgresql://plan@/plan\n"),
            '.env has no SEALING_KEYS, which is needed. See docs/operations.md, "Configure".\n',
        ),
        (
            lambda site: (site / ".env").unlink(),
            "Start upgrade.sh in the folder of the installation, which has .env and venv.\n",
        ),
    ],
)
def test_what_cannot_end_well_is_not_begun(site, change, sentence):
    change(site)
    ran, log = upgrade(site)
    assert (ran.returncode, ran.stderr, log) == (1, sentence, [])
