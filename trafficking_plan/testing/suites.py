"""Runs the checks and the four suites, each in a process of its own, and counts the tests."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trafficking_plan.testing.postgresql import PostgresqlUnavailable, throwaway_server

ROOT = Path(__file__).resolve().parent.parent.parent
BROWSER_TESTS = "tests/browser"

CHECKS = {
    "Lint": ["-m", "ruff", "check", "."],
    "Format": ["-m", "ruff", "format", "--check", "."],
    "Types": ["-m", "mypy"],
    "Migrations": ["-m", "django", "makemigrations", "--check", "--dry-run"],
    "Layers": ["-c", "from importlinter.cli import lint_imports_command as run; run()"],
}


@dataclass(frozen=True)
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )

    def __str__(self) -> str:
        parts = [f"{self.passed} passed"]
        parts += [f"{self.failed} failed"] if self.failed else []
        parts += [f"{self.skipped} skipped"] if self.skipped else []
        return ", ".join(parts)


def run(arguments: list[str]) -> int:
    """Run everything, or with arguments only pytest on SQLite; return the exit code."""
    # However we are ended, the server and the folders must go: make it an ordinary exception.
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, stop)
    try:
        with tempfile.TemporaryDirectory(prefix="plan-test-") as folder:
            if arguments:
                return pytest(arguments, environment(sqlite(folder)))
            return run_everything(Path(folder))
    except KeyboardInterrupt:
        print("\nStopped before the end; nothing can be said of the rest.")
        return 130


def stop(number: int, frame: Any) -> None:
    raise KeyboardInterrupt


def run_everything(folder: Path) -> int:
    started = time.monotonic()
    failures = []
    on_sqlite = environment(sqlite(str(folder)))
    for name, command in CHECKS.items():
        announce(name)
        if python(command, on_sqlite) != 0:
            failures.append(name)

    without_browser = ["tests", f"--ignore={BROWSER_TESTS}"]
    counts = {}
    announce("Tests on SQLite")
    counts["SQLite"] = suite(without_browser, on_sqlite, folder / "sqlite.xml", failures, "SQLite")

    counts |= run_on_postgresql(without_browser, folder, failures)

    announce("Browser journeys, on SQLite")
    counts["browser"] = suite(
        [BROWSER_TESTS], on_sqlite, folder / "browser.xml", failures, "browser"
    )

    total = sum(counts.values(), Count())
    print()
    if total.skipped:
        print("A skipped test is a test that did not run, so this run counts as failed.")
    if failures:
        print(f"Failed: {', '.join(failures)}")
    print(f"{time.monotonic() - started:.0f} seconds in all")
    print(", ".join(f"{name}: {count}" for name, count in counts.items()))
    print(
        f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped",
        flush=True,
    )
    return 1 if failures else 0


def run_on_postgresql(
    without_browser: list[str], folder: Path, failures: list[str]
) -> dict[str, Count]:
    """What SQLite ran, and of the browser's journeys those in which people meet in the database."""
    suites = {
        "PostgreSQL": ("Tests on PostgreSQL", without_browser),
        "browser on PostgreSQL": (
            "Browser journeys that need both databases, on PostgreSQL",
            [BROWSER_TESTS, "-m", "both_databases"],
        ),
    }
    counts = {}
    try:
        with throwaway_server() as url:
            for name, (step, arguments) in suites.items():
                announce(step)
                results = folder / f"{name.replace(' ', '-')}.xml"
                counts[name] = suite(arguments, environment(url), results, failures, name)
    except PostgresqlUnavailable as refusal:
        print(refusal)
        for name in [name for name in suites if name not in counts]:
            counts[name] = Count(failed=1)
            failures.append(name)
    return counts


def announce(step: str) -> None:
    print(f"\n=== {step} ===", flush=True)


def sqlite(folder: str) -> str:
    return f"sqlite:///{folder}/suite.sqlite3"


def environment(database_url: str) -> dict[str, str]:
    """What the settings read, said in full, so that no `.env` changes what is tested."""
    ours = {"DEBUG": "yes", "SECRET_KEY": "only-for-tests", "DATABASE_URL": database_url}
    ours["DJANGO_SETTINGS_MODULE"] = "trafficking_plan.settings"
    return {**os.environ, **ours}


def python(command: list[str], variables: dict[str, str]) -> int:
    with started([sys.executable, *command], variables) as process:
        return process.wait()


@contextlib.contextmanager
def started(command: list[str], variables: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A child that is ended when we are, and waited for, so that it can clean up after itself."""
    process = subprocess.Popen(command, cwd=ROOT, env=variables, stdin=subprocess.DEVNULL)
    try:
        yield process
    except KeyboardInterrupt:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=20)
        raise
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def pytest(arguments: list[str], variables: dict[str, str]) -> int:
    return python(["-m", "pytest", *arguments], variables)


def suite(
    arguments: list[str],
    variables: dict[str, str],
    results: Path,
    failures: list[str],
    name: str,
) -> Count:
    """Run pytest once and count. A skip, or no test at all, is a failure as well."""
    code = pytest([*arguments, f"--junit-xml={results}"], variables)
    count = read_count(results)
    if code != 0 or count.skipped or not count.passed:
        failures.append(name)
        if not count.failed and not count.skipped:
            # pytest itself broke (a collection error, a crash): never report that as no failure.
            count += Count(failed=1)
    return count


def read_count(results: Path) -> Count:
    """The tests of one JUnit file; a crash leaves none, and then nothing passed."""
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
