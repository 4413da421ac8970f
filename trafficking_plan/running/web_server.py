"""What gunicorn runs in each process besides the pages: `--config python:trafficking_plan.running.web_server`.

If it listens to two addresses, the second is for health checks alone. Its processes share that socket, so any of
them answers, also while the others stop.
"""

from typing import Any


def post_fork(server: Any, worker: Any) -> None:
    """Keep the second address from the threads that serve pages."""
    worker.sockets, worker.health_sockets = worker.sockets[:1], worker.sockets[1:]


def post_worker_init(worker: Any) -> None:
    # The code of this process, which may be newer than that of the one that started it.
    from trafficking_plan.running import health

    for each in worker.health_sockets:
        each.sock.setblocking(False)
        health.listen(each.sock)
