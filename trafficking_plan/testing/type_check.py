"""Runs mypy, and once more from nothing if it finds a fault.

Its cache makes it quick. But django-stubs remembers there which modules a file's models lie in, and
after a module has moved mypy reports the old place as missing.
"""

import os
import subprocess
import sys

MYPY = [sys.executable, "-m", "mypy"]


def run() -> int:
    if subprocess.run(MYPY, capture_output=True).returncode == 0:
        return 0
    return subprocess.run([*MYPY, f"--cache-dir={os.devnull}"]).returncode


if __name__ == "__main__":
    sys.exit(run())
