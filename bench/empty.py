"""The row of the empty database: what the first `migrate` of an installation takes."""

import os
import resource
import subprocess
import sys

from bench.rows import Line
from bench.server import ROOT, production, seconds


def migrate(url: str) -> Line:
    command = [sys.executable, "-m", "django", "migrate", "--verbosity=0"]
    environment = os.environ | production(url)
    before = used_by_others()
    taken = seconds(lambda: subprocess.run(command, cwd=ROOT, env=environment, check=True))
    cpu = used_by_others() - before
    return Line("migrate", 0, {"cpu": round(cpu * 1000), "ms": round(taken * 1000)})


def used_by_others() -> float:
    """Return the seconds of CPU that finished processes of ours took. PostgreSQL's are not among them."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
