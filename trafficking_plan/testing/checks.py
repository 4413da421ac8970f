"""Static checks: lint, formats, types, layers and migrations. They run concurrently."""

import contextlib
import signal
import sys
import tempfile
import time

from trafficking_plan.testing.processes import environment, started

# The slowest first. To add a check, add a line: its name, and what Python runs.
CHECKS = {
    "Types": ["-m", "trafficking_plan.testing.type_check"],
    "Migrations": ["-m", "django", "makemigrations", "--check", "--dry-run"],
    "Layers": ["-c", "from importlinter.cli import lint_imports_command as run; run()"],
    "Lint": ["-m", "ruff", "check", "."],
    "Format": ["-m", "ruff", "format", "--check", "."],
    "Templates": ["-m", "trafficking_plan.testing.templates", "--check"],
}


def run() -> int:
    """Run every check and return the exit code of `manage.py check_code`."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        failed = failed_checks(environment("sqlite:///:memory:"))
    except KeyboardInterrupt:
        print("\nStopped before the end.")
        return 130
    if failed:
        print(f"Failed: {', '.join(failed)}")
    return 1 if failed else 0


def failed_checks(variables: dict[str, str]) -> list[str]:
    """Run the checks concurrently and return the names of those that failed.

    Print a line for each check, followed by the output of a failed one.
    """
    began = time.monotonic()
    failed = []
    with contextlib.ExitStack() as afterwards:
        running = {}
        for name, command in CHECKS.items():
            output = afterwards.enter_context(tempfile.TemporaryFile("w+", errors="replace"))
            process = started([sys.executable, *command], variables, output)
            running[name] = (afterwards.enter_context(process), output)
        for name, (check, output) in running.items():
            code = check.wait()
            print(f"{name}: {'passed' if code == 0 else 'FAILED'}", flush=True)
            if code != 0:
                failed.append(name)
                output.seek(0)
                print(output.read().rstrip(), flush=True)
    print(f"{time.monotonic() - began:.0f} seconds", flush=True)
    return failed
