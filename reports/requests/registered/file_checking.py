"""The worker's job of official information: check the next file that would be released."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from reports.render.room import NotStarted, RoomLost, TooLong
from reports.requests.redaction.elsewhere.found import too_slow
from reports.requests.services import checking, file_checks

log = logging.getLogger(__name__)

WORK = "reports.requests.redaction.elsewhere.work.checked"
# Of the processor, in which the system ends a check. It ends by itself before (`examination.SECONDS`), between two steps.
SECONDS = 20.0


class Overtaken(Exception):
    """Another worker has taken over the check."""


def check_next(make: Callable[..., bytes], pause: Callable[[], datetime]) -> bool:
    """Check one file if one is waiting, in the worker's process. Return whether it did."""
    now = pause()
    row = file_checks.claim(at=now)
    if row is None:
        return False

    def report(_stage: str, _page: int, _pages: int) -> None:
        if not file_checks.beat(row, at=pause()):
            raise Overtaken

    try:
        checking.perform(row, partial(make, WORK, report=report, processor_seconds=SECONDS))
    except Overtaken:
        log.warning("Check left to another worker", extra={"check": row.pk})
    except TooLong:
        file_checks.finish(row, too_slow(SECONDS), b"")
    except NotStarted:
        file_checks.put_back(row)
    except RoomLost:
        log.exception("File not checked")
        file_checks.fail(row)
    except BaseException:
        file_checks.put_back(row)
        raise
    file_checks.delete_outdated(at=now)
    return True
