"""The test command itself: it counts rightly, cannot pass by accident, and cleans up."""

import os
import time
from pathlib import Path

import pytest

from trafficking_plan.testing import postgresql, suites


def run_suite(tmp_path, text):
    """Run one pytest file, away from this project's own configuration."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_sample.py").write_text(text)
    failures = []
    count = suites.suite(
        ["-c", str(tmp_path / "pytest.ini"), str(tmp_path)],
        {**suites.environment("sqlite:///unused"), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        tmp_path / "results.xml",
        failures,
        "sample",
    )
    return count, failures


PASSES = "def test_a():\n    pass\n"


def test_a_suite_that_passes_is_counted(tmp_path):
    assert run_suite(tmp_path, PASSES) == (suites.Count(passed=1), [])


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (PASSES + "def test_b():\n    assert False\n", suites.Count(passed=1, failed=1)),
        (
            "import pytest\n" + PASSES + "def test_b():\n    pytest.skip('no server')\n",
            suites.Count(passed=1, skipped=1),
        ),
        ("import nothing_of_that_name\n", suites.Count(failed=1)),
        ("", suites.Count(failed=1)),
        ("import os\ndef test_a():\n    os._exit(0)\n", suites.Count(failed=1)),
    ],
    ids=["failure", "skip", "collection error", "no test", "silent death"],
)
def test_a_suite_that_did_not_wholly_pass_is_a_failure(tmp_path, text, count):
    assert run_suite(tmp_path, text) == (count, ["sample"])


def test_counts_add_up_and_read_well():
    total = suites.Count(passed=3, skipped=1) + suites.Count(passed=2, failed=1)
    assert str(total) == "5 passed, 1 failed, 1 skipped"
    assert str(suites.Count(passed=7)) == "7 passed"


def test_a_check_that_fails_is_named_at_the_end(tmp_path, monkeypatch, capfd):
    checks = {"Lint": ["-c", "pass"], "Types": ["-c", "raise SystemExit(1)"]}
    monkeypatch.setattr(suites, "CHECKS", checks)
    monkeypatch.setattr(suites, "suite", lambda *args: suites.Count(passed=2))
    assert suites.run_everything(tmp_path) == 1
    lines = capfd.readouterr().out.splitlines()
    assert lines[-4] == "Failed: Types"
    assert lines[-2] == (
        "SQLite: 2 passed, PostgreSQL: 2 passed, browser on PostgreSQL: 2 passed, browser: 2 passed"
    )
    assert lines[-1] == "8 passed, 0 failed, 0 skipped"


def test_without_a_server_both_suites_on_postgresql_count_as_failed(tmp_path, monkeypatch):
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    failures = []
    failed = suites.Count(failed=1)
    assert suites.run_on_postgresql([], tmp_path, failures) == {
        "PostgreSQL": failed,
        "browser on PostgreSQL": failed,
    }
    assert sorted(failures) == ["PostgreSQL", "browser on PostgreSQL"]


# --- PostgreSQL ---------------------------------------------------------------------------


@pytest.fixture
def server_folders(monkeypatch):
    """The folders that servers of this test were given."""
    made = []
    plain = postgresql.tempfile.mkdtemp

    def mkdtemp(*args, **kwargs):
        made.append(Path(plain(*args, **kwargs)))
        return str(made[-1])

    monkeypatch.setattr(postgresql.tempfile, "mkdtemp", mkdtemp)
    return made


def ends(process_id):
    """Whether a process is gone within five seconds; its parent reaps it a moment later."""
    for _ in range(50):
        try:
            os.kill(process_id, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.sqlite  # once is enough: the suite on PostgreSQL is itself the proof that one starts
def test_the_server_and_its_folder_are_gone_after_an_interruption(server_folders):
    with pytest.raises(KeyboardInterrupt), postgresql.throwaway_server():
        (folder,) = server_folders
        process_id = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        raise KeyboardInterrupt
    assert not folder.exists()
    assert ends(process_id)


def test_a_server_that_cannot_start_leaves_no_folder(server_folders, tmp_path, monkeypatch):
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "initdb").write_text("#!/bin/sh\necho initdb 17.1\nexit 3\n")
    (programs / "initdb").chmod(0o755)
    monkeypatch.setenv("PG_BIN", str(programs))
    with pytest.raises(postgresql.PostgresqlUnavailable), postgresql.throwaway_server():
        pass
    assert [folder.exists() for folder in server_folders] == [False]


def test_a_wrong_folder_of_programs_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    with pytest.raises(postgresql.PostgresqlUnavailable, match="there is no initdb in it"):
        postgresql.find_programs()
