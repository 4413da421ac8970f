"""What gunicorn runs in each process besides the pages: `--config python:trafficking_plan.running.web_server`.

If it listens to two addresses, the second is for health checks alone. Its processes share that socket, so any of
them answers, also while the others stop.
"""

from typing import Any

# Packages that others import and pages do not use. Each process would keep them: 2 MiB.
HARDLY_USED = ("sqlparse", "django.contrib.admin")

# Functions import what they need, so that it is the code of their process, which may be newer than that of the one that
# started it.


def post_fork(server: Any, worker: Any) -> None:
    """Keep the second address from the threads that serve pages, and what they do not use from being loaded."""
    from trafficking_plan.sign_in.late_modules import run_late

    worker.sockets, worker.health_sockets = worker.sockets[:1], worker.sockets[1:]
    for name in HARDLY_USED:
        run_late(name)


def post_worker_init(worker: Any) -> None:
    from trafficking_plan.running import health

    for each in worker.health_sockets:
        each.sock.setblocking(False)
        health.listen(each.sock)
