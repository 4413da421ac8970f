"""Run mypy, and run it again without its cache if it reports an error.

The cache makes it fast. But django-stubs caches the modules of models, so that after a module has
moved mypy reports the old one as missing.
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
