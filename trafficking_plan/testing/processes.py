"""Start test tools in child processes."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent.parent


def announce(step: str) -> None:
    print(f"\n=== {step} ===", flush=True)


def environment(database_url: str) -> dict[str, str]:
    """Return the environment with every required setting, so that `.env` does not affect tests.

    Bytecode is kept, also where the machine asks for none: rewriting and compiling all tests takes
    six seconds, and each worker of each suite would do it again.
    """
    ours = {"DEBUG": "yes", "SECRET_KEY": "only-for-tests", "DATABASE_URL": database_url}
    ours["ENV_FILE"] = os.devnull
    ours["DJANGO_SETTINGS_MODULE"] = "trafficking_plan.settings"
    theirs = {name: os.environ[name] for name in os.environ if name != "PYTHONDONTWRITEBYTECODE"}
    return {**theirs, **ours}


def python(command: list[str], variables: dict[str, str], *, niceness: int = 0) -> int:
    """Run this Python with the arguments and return its exit code."""
    with started([sys.executable, *command], variables, niceness=niceness) as process:
        return process.wait()


@contextlib.contextmanager
def started(
    command: list[str],
    variables: dict[str, str],
    output: IO[str] | None = None,
    *,
    niceness: int = 0,
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a child process that prints to `output`, or to our own output, and lets others go first by `niceness`.

    If we are interrupted, interrupt it too and give it 20 seconds to clean up.
    """
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output else None,
        preexec_fn=partial(os.nice, niceness),
    )
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
