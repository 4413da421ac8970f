"""Test the test command: it counts correctly, cannot pass by accident, and cleans up."""

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.suite_membership import why_left_out
from tests.template_databases import template_key
from trafficking_plan.testing import checks, postgresql, processes, suites


def run_suite(tmp_path, text):
    """Run one pytest file, away from this project's own configuration."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_sample.py").write_text(text)
    results = tmp_path / "results.xml"
    code = suites.pytest(
        ["-c", str(tmp_path / "pytest.ini"), str(tmp_path), f"--junit-xml={results}"],
        {**processes.environment("sqlite:///unused"), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )
    return suites.count_of_suite(code, results)


PASSES = "def test_a():\n    pass\n"


def test_a_suite_that_passes_is_counted(tmp_path):
    assert run_suite(tmp_path, PASSES) == suites.Count(passed=1)


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
def test_a_suite_that_did_not_pass_completely_counts_as_failed(tmp_path, text, count):
    assert run_suite(tmp_path, text) == count


def test_counts_add_up_and_read_well():
    total = suites.Count(passed=3, skipped=1) + suites.Count(passed=2, failed=1)
    assert str(total) == "5 passed, 1 failed, 1 skipped"
    assert str(suites.Count(passed=7)) == "7 passed"


def test_a_failing_check_is_named_with_its_output(monkeypatch, capfd):
    fails = "print('line 3 is wrong'); raise SystemExit(1)"
    monkeypatch.setattr(checks, "CHECKS", {"Lint": ["-c", "print()"], "Types": ["-c", fails]})
    assert checks.failed_checks(processes.environment("sqlite:///:memory:")) == ["Types"]
    lines = capfd.readouterr().out.splitlines()
    assert lines[:3] == ["Lint: passed", "Types: FAILED", "line 3 is wrong"]


def test_workers_load_what_the_first_has_compiled_also_where_no_bytecode_is_asked_for(monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("TZ", "UTC")
    variables = processes.environment("sqlite:///:memory:")
    assert ("PYTHONDONTWRITEBYTECODE" in variables, variables["TZ"]) == (False, "UTC")


@pytest.fixture
def runs(monkeypatch):
    """Every suite ends at once with the exit code given for it, or 0; return each one's options.

    A suite that ends with 0 passed two tests, and another one failed one.
    """
    started, codes, templates, niceness_of = {}, {}, [], {}

    def end_at_once(options, variables, output=None, niceness=0):
        [results] = [o.partition("=")[2] for o in options if o.startswith("--junit-xml=")]
        name = Path(results).stem
        started[name], niceness_of[name] = options, niceness
        print(f"output of {name}", file=output, flush=True)
        case = "<testcase><failure/></testcase>" if codes.get(name) else "<testcase/>" * 2
        Path(results).write_text(f"<testsuite>{case}</testsuite>")
        return codes.get(name, 0)

    def start(command, variables, output):
        if "tests.template_databases" in command:
            templates.append(variables["DATABASE_URL"].partition(":")[0])
            return contextlib.nullcontext()
        code = end_at_once(command, variables, output)
        return contextlib.nullcontext(SimpleNamespace(wait=lambda: code))

    monkeypatch.setattr(suites, "pytest", end_at_once)
    monkeypatch.setattr(suites, "started", start)
    monkeypatch.setattr(suites, "throwaway_server", lambda: contextlib.nullcontext("postgresql:"))
    return SimpleNamespace(
        started=started, codes=codes, templates=templates, niceness_of=niceness_of
    )


def test_a_failed_check_fails_the_run_and_the_last_lines_count(tmp_path, monkeypatch, capfd, runs):
    monkeypatch.setattr(checks, "CHECKS", {"Types": ["-c", "raise SystemExit(1)"]})
    assert suites.run_everything(tmp_path) == 1
    lines = capfd.readouterr().out.splitlines()
    assert lines[-4] == "Failed: Types"
    assert lines[-2] == (
        "SQLite: 2 passed, PostgreSQL: 2 passed, browser on PostgreSQL: 2 passed, browser: 2 passed"
    )
    assert lines[-1] == "8 passed, 0 failed, 0 skipped"


def test_one_suite_has_all_examples_and_the_journeys_begin_first(tmp_path, monkeypatch, runs):
    monkeypatch.setattr(checks, "CHECKS", {})
    assert suites.run_everything(tmp_path) == 0
    assert [*runs.started] == ["browser", "SQLite", "browser-on-PostgreSQL", "PostgreSQL"]
    full = [name for name, given in runs.started.items() if "--hypothesis-profile=full" in given]
    assert full == ["SQLite"]
    # A suite of one journey has no workers.
    alone = [name for name, arguments in runs.started.items() if "-n" not in arguments]
    assert alone == ["browser-on-PostgreSQL"]


def test_suites_that_are_always_busy_let_the_journeys_go_first(tmp_path, monkeypatch, runs):
    begun = []
    monkeypatch.setattr(checks, "failed_checks", lambda variables: begun.extend(runs.started) or [])
    assert suites.run_everything(tmp_path) == 0
    assert begun == ["browser"]
    way = suites.GIVES_WAY
    assert runs.niceness_of == {
        "browser": 0, "SQLite": way, "browser-on-PostgreSQL": 0, "PostgreSQL": way
    }  # fmt: skip
    says = "import os, sys; sys.exit(os.nice(0))"
    variables = processes.environment("sqlite:///unused")
    assert processes.python(["-c", says], variables, niceness=way) == os.nice(0) + way


def test_the_databases_that_the_suites_copy_are_made_beside_the_checks(tmp_path, monkeypatch, runs):
    at_the_checks = []
    monkeypatch.setattr(
        checks, "failed_checks", lambda variables: at_the_checks.extend(runs.templates) or []
    )
    assert suites.run_everything(tmp_path) == 0
    assert at_the_checks == ["sqlite", "postgresql"]


def test_a_suite_that_runs_beside_another_is_printed_and_counted_after_it(tmp_path, capfd, runs):
    runs.codes |= {"browser-on-PostgreSQL": 1, "browser-on-PostgreSQL-again": 1}
    run = suites.Run(tmp_path)
    suites.run_on_postgresql(run, "postgresql:")
    assert capfd.readouterr().out.split("\n") == [
        "",
        "=== Tests on PostgreSQL ===",
        "output of PostgreSQL",
        "",
        "=== Browser journeys of people who write at the same time, on PostgreSQL ===",
        "output of browser-on-PostgreSQL",
        "",
        "=== Browser journeys of people who write at the same time, on PostgreSQL: again, what failed ===",
        "output of browser-on-PostgreSQL-again",
        "",
    ]
    assert run.counts == {
        "PostgreSQL": suites.Count(passed=2),
        "browser on PostgreSQL": suites.Count(failed=1),
    }
    assert run.failures == ["browser on PostgreSQL"]


SOMETIMES = """
import pathlib
seen = pathlib.Path(__file__).with_name("seen")

def test_a_hiccup():
    before = seen.exists()
    seen.touch()
    assert before

def test_another():
    pass
"""
ALWAYS = SOMETIMES + "\ndef test_a_fault():\n    assert False\n"
OFTEN = "".join(f"\ndef test_{n}():\n    assert False\n" for n in range(suites.FEW + 1))


@pytest.mark.parametrize(
    ("text", "count", "again", "runs"),
    [
        (PASSES, suites.Count(passed=1), [], 1),
        (SOMETIMES, suites.Count(passed=2, again=1), ["test_sample.test_a_hiccup"], 2),
        (ALWAYS, suites.Count(passed=1, failed=2), [], 2),
        (OFTEN, suites.Count(failed=suites.FEW + 1), [], 1),
        ("import os\ndef test_a():\n    os._exit(0)\n", suites.Count(failed=1), [], 2),
    ],
    ids=["success", "hiccup", "hiccup and fault", "too many", "silent death"],
)
def test_the_few_journeys_that_failed_are_run_again_once_and_named(
    tmp_path, capfd, text, count, again, runs
):
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "conftest.py").write_text(
        "def pytest_addoption(parser):\n"
        "    for name in ('--papers', '--ledger'):\n"
        "        parser.addoption(name)\n"
    )
    (tmp_path / "test_sample.py").write_text(text)
    arguments = ["-c", str(tmp_path / "pytest.ini"), str(tmp_path)]
    run = suites.Run(tmp_path)
    variables = {
        **processes.environment("sqlite:///unused"),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    with run.beside(suites.Suite("browser", "Journeys", arguments, []), variables):
        pass
    assert (run.counts["browser"], run.again) == (count, again)
    assert run.failures == (["browser"] if count.failed else [])
    assert capfd.readouterr().out.count("=== Journeys") == runs


def test_what_passed_when_run_again_is_said_at_the_end(tmp_path, monkeypatch, capfd, runs):
    monkeypatch.setattr(checks, "CHECKS", {})
    hiccup = suites.Count(passed=2, again=1)
    monkeypatch.setattr(suites.Run, "_run_again", lambda run, *_: run.again.append("a") or hiccup)
    assert suites.run_everything(tmp_path) == 0
    lines = capfd.readouterr().out.splitlines()
    assert lines[-6:-3] == ["These failed, as printed above, and passed when run again:", "a", "a"]
    assert lines[-2].endswith("browser: 2 passed (1 run again)")


def test_what_runs_beside_a_suite_that_is_stopped_is_stopped_too(tmp_path, monkeypatch):
    (tmp_path / "test_sample.py").write_text("import time\ndef test_a():\n    time.sleep(60)\n")
    journeys = suites.Suite("browser", "Journeys", ["-c", os.devnull, str(tmp_path)], [])
    begun = []

    @contextlib.contextmanager
    def start(*arguments):
        with processes.started(*arguments) as process:
            begun.append(process)
            yield process

    monkeypatch.setattr(suites, "started", start)
    run = suites.Run(tmp_path)
    variables = processes.environment("sqlite:///unused")
    with pytest.raises(KeyboardInterrupt), run.beside(journeys, variables):
        raise KeyboardInterrupt
    assert begun[0].poll() is not None
    assert run.counts == {}


def test_without_a_server_both_suites_on_postgresql_count_as_failed(tmp_path, monkeypatch):
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    run = suites.Run(tmp_path)
    with suites.server_or_refusal() as refusal:
        suites.run_on_postgresql(run, refusal)
    failed = suites.Count(failed=1)
    assert run.counts == {"PostgreSQL": failed, "browser on PostgreSQL": failed}
    assert run.failures == ["PostgreSQL", "browser on PostgreSQL"]


# --- which suite a test belongs to --------------------------------------------------------


class Item:
    """What pytest knows of a test before it runs."""

    cls = None

    def __init__(self, nodeid, *fixtures, marks=(), file="test_words.py"):
        self.nodeid, self.fixturenames, self.marks = nodeid, fixtures, marks
        self.path = Path(file)

    def get_closest_marker(self, name):
        """Find a mark by its name; one that says "name:database" is on that database."""
        for mark, _, database in (each.partition(":") for each in self.marks):
            if mark == name:
                on = {"on": database} if database else {}
                return SimpleNamespace(kwargs={"reason": "words", **on})
        return None


WITHOUT = Item("pure", "tmp_path", "django_db_blocker")  # pytest-django gives it to every test
MARKED = Item("marked", marks=["django_db"])
ASKING = Item("asking", "db", "django_db_setup")
SERVED = Item("served", "live_server")
ON_SQLITE = Item("on SQLite", marks=["sqlite"])
ON_POSTGRESQL = Item("on PostgreSQL", "django_db_setup", marks=["postgresql"])
WORDS = Item("words", "db", marks=["django_db", "one_database"])
MATRIX = Item("matrix", "db", marks=["django_db", "one_database:postgresql"])
PAGE = Item("page", "db", "django_db_setup", file="test_item_pages.py")
ITS_PAGE = Item("its page", "db", marks=["postgresql"], file="test_item_pages.py")
GUARD = Item("guard", marks=["django_db", "one_database", "both_databases"])
ITEMS = [WITHOUT, MARKED, ASKING, SERVED, ON_SQLITE, ON_POSTGRESQL]
ITEMS += [WORDS, GUARD, MATRIX, PAGE, ITS_PAGE]
BOTH = {"marked", "asking", "served", "guard"}


@pytest.mark.parametrize(
    ("each_once", "vendor", "run"),
    [
        (True, "sqlite", {*BOTH, "pure", "words", "page", "on SQLite"}),
        (True, "postgresql", {*BOTH, "matrix", "on PostgreSQL", "its page"}),
        (False, "sqlite", {*BOTH, "pure", "words", "matrix", "page", "on SQLite"}),
        (
            False,
            "postgresql",
            {*BOTH, "pure", "words", "matrix", "page", "on PostgreSQL", "its page"},
        ),
    ],
)
def test_the_fixtures_and_marks_of_a_test_decide_its_suites(each_once, vendor, run):
    assert {item.nodeid for item in ITEMS if not why_left_out(item, each_once, vendor)} == run


def test_a_test_left_out_by_every_suite_fails_the_run(tmp_path, monkeypatch, capfd, runs):
    monkeypatch.setattr(checks, "CHECKS", {})
    ledgers = {"SQLite": {"a": "", "b": "asks for no database"}}
    monkeypatch.setattr(suites.Run, "ledgers", lambda run: ledgers)
    assert suites.run_everything(tmp_path) == 1
    lines = capfd.readouterr().out.splitlines()
    assert lines[-6:-3] == [
        "These tests belong to no suite, so they did not run:",
        "b",
        "Failed: suites",
    ]


def test_a_suite_records_the_tests_that_it_ran_and_left_out(tmp_path):
    ledger = tmp_path / "ledger.json"
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--collect-only", "tests/api/test_schema.py"]
        + [
            "tests/codebase/test_layers.py",
            "--each-once",
            f"--ledger={ledger}",
            "-p",
            "no:cacheprovider",
        ],
        env=processes.environment("sqlite:////nowhere/none.sqlite3"),
        cwd=processes.ROOT,
        capture_output=True,
        check=False,
    )
    reasons = set(json.loads(ledger.read_text()).values())
    assert reasons == {"", "runs on postgresql: admission, forms and schemas refuse"}


# --- databases copied from a template -----------------------------------------------------


def test_a_template_database_is_rebuilt_when_a_migration_guard_or_model_changes(tmp_path):
    names = ["trafficking_plan/settings.py", "requirements-dev.lock"]
    names += ["agencies/migrations/0001_a.py", "reports/models/draft.py"]
    names += ["agencies/records/guards.py", "workitems/models/guards.py"]
    names += ["workitems/views.py"]
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    keys = [template_key(tmp_path)]
    for name in names:
        (tmp_path / name).write_text("# changed\n")
        keys.append(template_key(tmp_path))
    assert len(set(keys)) == len(names)
    assert keys[-1] == keys[-2], "views make no tables"


# --- PostgreSQL ---------------------------------------------------------------------------


@pytest.fixture
def server_folders(monkeypatch):
    """Collect the folders given to the servers of this test."""
    made = []
    plain = postgresql.tempfile.mkdtemp

    def mkdtemp(*args, **kwargs):
        made.append(Path(plain(*args, **kwargs)))
        return str(made[-1])

    monkeypatch.setattr(postgresql.tempfile, "mkdtemp", mkdtemp)
    return made


def ends(process_id):
    """Return whether a process ends within five seconds; its parent reaps it a moment later."""
    for _ in range(50):
        try:
            os.kill(process_id, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def test_the_server_and_its_folder_are_removed_after_an_interruption(server_folders):
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
