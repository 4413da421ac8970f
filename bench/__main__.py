"""Runs the command line in `.venv`, after installing what it needs, unless SET_UP=no."""

import os
import signal
import sys

from trafficking_plan import bootstrap

if __name__ == "__main__":
    if os.environ.get("SET_UP", "yes") != "no":
        again = ["-m", "bench", *sys.argv[1:]]
        bootstrap.set_up(again, lock=bootstrap.DEV_LOCK, for_tests=False)
    from bench import command_line

    # So that servers are stopped in every case.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(not command_line.main(sys.argv[1:]))
