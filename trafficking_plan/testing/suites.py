"""Run the checks and the test suites, and count the tests.

Each suite is one run of pytest. The suites run one after another with a worker on every core, so their
output stays in order. Tests often wait: for the server of the database, a browser, a process of their
own. So the browser journeys run beside all others and go first, and no core is idle;
the output of a suite that runs beside others is printed when these have ended. The databases that the
suites copy are made beside the checks, because migrating uses one core.
"""

import contextlib
import json
import os
import signal
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trafficking_plan.testing import checks
from trafficking_plan.testing.postgresql import PostgresqlUnavailable, throwaway_server
from trafficking_plan.testing.processes import announce, environment, python, started

BROWSER_TESTS = "tests/browser"
ORDINARY_TESTS = ["tests", f"--ignore={BROWSER_TESTS}"]
# With more workers, starting them takes longer than they save.
MAX_WORKERS = 8

CORES = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
WORKERS = min(CORES, MAX_WORKERS)
# Of many short tests, a worker takes over from another what that has not begun.
ON_EVERY_CORE = ["-n", str(WORKERS), "--dist=worksteal"]
# Of few long ones, the workers get one by one, in the order in which they are collected: the longest first.
# A journey waits for more than half of its time. Of two cores, two browsers together take less than one; with a
# single one the journeys would be the last for minutes, and the other core idle.
JOURNEYS = min(WORKERS, max(2, WORKERS // 2))
ONE_BY_ONE = ["-n", str(JOURNEYS), "--dist=load", "--maxschedchunk=1"]

# A journey waits for many short answers, of the browser and of the server. A suite that is always busy
# lets them go first, and uses what they leave.
GIVES_WAY = 5

# So many journeys may fail by a hiccup of the machine and are run again, alone. More are a fault.
FEW = 3

# For each test that a suite found: why it was left out, or "" if it ran.
Ledger = dict[str, str]


@dataclass(frozen=True)
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    again: int = 0  # of those that passed: when they were run again

    def __add__(self, other: "Count") -> "Count":
        return Count(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.again + other.again,
        )

    def __str__(self) -> str:
        parts = [f"{self.passed} passed" + (f" ({self.again} run again)" if self.again else "")]
        parts += [f"{self.failed} failed"] if self.failed else []
        parts += [f"{self.skipped} skipped"] if self.skipped else []
        return ", ".join(parts)


@dataclass(frozen=True)
class Suite:
    """A run of pytest: its name in the summary, its title, its arguments, and how its workers share it."""

    name: str
    title: str
    arguments: list[str]
    workers: list[str]


# A test whose outcome cannot differ runs on one of both: see tests/suite_membership.py.
# Random examples are drawn in full on SQLite; the first ten show whether PostgreSQL differs.
ON_SQLITE = Suite(
    "SQLite",
    "Tests on SQLite",
    [*ORDINARY_TESTS, "--each-once", "--hypothesis-profile=full"],
    ON_EVERY_CORE,
)
ON_POSTGRESQL = Suite(
    "PostgreSQL",
    "Tests on PostgreSQL",
    [*ORDINARY_TESTS, "--each-once"],
    ON_EVERY_CORE,
)
BROWSER = Suite(
    "browser", "Browser journeys, on SQLite", [BROWSER_TESTS, "--each-once"], ONE_BY_ONE
)
BROWSER_ON_POSTGRESQL = Suite(
    "browser on PostgreSQL",
    "Browser journeys of people who write at the same time, on PostgreSQL",
    [BROWSER_TESTS, "--each-once", "-m", "one_database"],
    [],  # it is one journey
)


def run(arguments: list[str]) -> int:
    """Run everything, or with arguments only pytest on SQLite; return the exit code."""
    # Turn signals into an exception, so that the server and the folders are removed in every case.
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, stop)
    try:
        with tempfile.TemporaryDirectory(prefix="plan-test-") as folder:
            if arguments:
                return pytest(arguments, environment(sqlite(folder)))
            return run_everything(Path(folder))
    except KeyboardInterrupt:
        print("\nStopped before the end; the rest did not run.")
        return 130


def stop(number: int, frame: Any) -> None:
    raise KeyboardInterrupt


def run_everything(folder: Path) -> int:
    started = time.monotonic()
    run = Run(folder)
    on_sqlite = environment(sqlite(str(folder)))
    with contextlib.ExitStack() as afterwards:
        afterwards.enter_context(template_beside(on_sqlite))
        url = afterwards.enter_context(server_or_refusal())
        if not isinstance(url, PostgresqlUnavailable):
            afterwards.enter_context(template_beside(environment(url)))
        with run.beside(BROWSER, on_sqlite):
            announce("Checks")
            run.failures += checks.failed_checks(on_sqlite)
            run.suite(ON_SQLITE, on_sqlite)
            run_on_postgresql(run, url)

    total = sum(run.counts.values(), Count())
    print()
    if run.again:
        print("\n".join(["These failed, as printed above, and passed when run again:", *run.again]))
    if total.skipped:
        print("A skipped test is a test that did not run, so this run counts as failed.")
    if forgotten := tests_in_no_suite(run.ledgers()):
        print("\n".join(["These tests belong to no suite, so they did not run:", *forgotten]))
        run.failures.append("suites")
    if run.failures:
        print(f"Failed: {', '.join(run.failures)}")
    print(f"{time.monotonic() - started:.0f} seconds in all")
    print(", ".join(f"{name}: {count}" for name, count in run.counts.items()))
    print(
        f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped",
        flush=True,
    )
    return 1 if run.failures else 0


@contextlib.contextmanager
def template_beside(variables: dict[str, str]) -> Iterator[None]:
    """Start to make the database that the suites copy. If that fails, the first suite says why."""
    with (
        tempfile.TemporaryFile("w+") as output,
        started([sys.executable, "-m", "tests.template_databases"], variables, output),
    ):
        yield


@contextlib.contextmanager
def server_or_refusal() -> Iterator[str | PostgresqlUnavailable]:
    """Start a server of PostgreSQL and yield its URL, or why there is none."""
    with contextlib.ExitStack() as afterwards:
        found: str | PostgresqlUnavailable
        try:
            found = afterwards.enter_context(throwaway_server())
        except PostgresqlUnavailable as refusal:
            found = refusal
        yield found


def run_on_postgresql(run: "Run", server: str | PostgresqlUnavailable) -> None:
    """Run what belongs on PostgreSQL, and the journey of two people beside it."""
    if not isinstance(server, PostgresqlUnavailable):
        with run.beside(BROWSER_ON_POSTGRESQL, environment(server)):
            run.suite(ON_POSTGRESQL, environment(server))
        return
    print(server)
    for each in (ON_POSTGRESQL, BROWSER_ON_POSTGRESQL):
        run.counts[each.name] = Count(failed=1)
        run.failures.append(each.name)


class Run:
    """A run of everything: its folder, the count of each suite, and the failures."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.counts: dict[str, Count] = {}
        self.failures: list[str] = []
        self.again: list[str] = []

    def suite(self, suite: Suite, variables: dict[str, str]) -> None:
        announce(suite.title)
        code = pytest(self._arguments(suite), variables, niceness=GIVES_WAY)
        self._count(suite, count_of_suite(code, self._file(suite.name, "xml")))

    @contextlib.contextmanager
    def beside(self, suite: Suite, variables: dict[str, str]) -> Iterator[None]:
        """Run a suite that mostly waits while the block runs others; then print and count it.

        The few that failed are run again, once nothing else runs.
        """
        command = [sys.executable, "-m", "pytest", *self._arguments(suite)]
        with (
            tempfile.TemporaryFile("w+", errors="replace") as output,
            started(command, variables, output) as process,
        ):
            yield
            code = process.wait()
            announce(suite.title)
            output.seek(0)
            print(output.read().rstrip(), flush=True)
            count = count_of_suite(code, self._file(suite.name, "xml"))
            self._count(suite, self._run_again(suite, variables, count))

    def _run_again(self, suite: Suite, variables: dict[str, str], count: Count) -> Count:
        """Return the count of a suite after its few failures were run again; unless all of them pass, it stands."""
        if not 0 < count.failed <= FEW:
            return count
        announce(f"{suite.title}: again, what failed")
        results = self._file(f"{suite.name} again", "xml")
        code = pytest(
            [*self._shared(suite), "--last-failed", "--last-failed-no-failures=none"]
            + [f"--junit-xml={results}"],
            variables,
        )
        if count_of_suite(code, results) != Count(passed=count.failed):
            return count
        self.again += names_in(results)
        return Count(count.passed + count.failed, 0, count.skipped, again=count.failed)

    def _arguments(self, suite: Suite) -> list[str]:
        return [
            *self._shared(suite),
            *suite.workers,
            f"--ledger={self._file(suite.name, 'json')}",
            f"--junit-xml={self._file(suite.name, 'xml')}",
        ]

    def _shared(self, suite: Suite) -> list[str]:
        """What a suite is run with, and run again. What failed in it is kept in a folder of its own."""
        kept = self._file(suite.name, "cache")
        return [*suite.arguments, f"--papers={self.folder / 'papers'}", "-o", f"cache_dir={kept}"]

    def _count(self, suite: Suite, count: Count) -> None:
        self.counts[suite.name] = count
        if count.failed or count.skipped:
            self.failures.append(suite.name)

    def ledgers(self) -> dict[str, Ledger]:
        """Return the ledger of each suite that has run."""
        files = {name: self._file(name, "json") for name in self.counts}
        return {name: json.loads(file.read_text()) for name, file in files.items() if file.exists()}

    def _file(self, name: str, extension: str) -> Path:
        return self.folder / f"{name.replace(' ', '-')}.{extension}"


def tests_in_no_suite(ledgers: dict[str, Ledger]) -> list[str]:
    """Return the tests that were found but left out by every suite."""
    found = {test for ledger in ledgers.values() for test in ledger}
    ran = {test for ledger in ledgers.values() for test, reason in ledger.items() if not reason}
    return sorted(found - ran)


def sqlite(folder: str) -> str:
    return f"sqlite:///{folder}/suite.sqlite3"


def pytest(arguments: list[str], variables: dict[str, str], *, niceness: int = 0) -> int:
    return python(["-m", "pytest", *arguments], variables, niceness=niceness)


def count_of_suite(code: int, results: Path) -> Count:
    """Count the tests of a suite that ended with this exit code and wrote this JUnit file.

    An empty run, or one that pytest ended itself (collection error, crash), counts as one failure.
    """
    count = read_count(results)
    if (code != 0 or not count.passed) and not count.failed and not count.skipped:
        count += Count(failed=1)
    return count


def read_count(results: Path) -> Count:
    """Count the tests of a JUnit file. After a crash there is none, and the count is zero."""
    if not results.exists():
        return Count()
    passed = failed = skipped = 0
    for case in ElementTree.parse(results).iter("testcase"):
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            failed += 1
        elif "skipped" in kinds:
            skipped += 1
        else:
            passed += 1
    return Count(passed, failed, skipped)


def names_in(results: Path) -> list[str]:
    """Return the names of the tests of a JUnit file."""
    cases = ElementTree.parse(results).iter("testcase")
    return [f"{case.get('classname')}.{case.get('name')}" for case in cases]
