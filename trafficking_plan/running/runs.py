"""When each command of the timers last succeeded, so that one that no longer runs is noticed.

Noted in the cache, which all nodes share; if an entry is lost, the command counts as never run until its next time.
"""

from datetime import datetime, timedelta

# How often each runs. `note_backup` is run by backup.sh once a backup is whole.
TIMED = {
    "send_notices": timedelta(days=1),
    "clearsessions": timedelta(days=1),
    "digests add": timedelta(days=1),
    "note_backup": timedelta(days=1),
    "digests check": timedelta(days=7),
    "verify_issued": timedelta(days=7),
    "purge_requesters": timedelta(days=31),
}


def key(command: str) -> str:
    return f"last-run:{command.replace(' ', '-')}"


def note(arguments: list[str]) -> None:
    """Note that a command succeeded, if it is one of the timers and the database can keep it."""
    commands = [each for each in TIMED if arguments[: len(each.split())] == each.split()]
    if not commands:
        return
    from django.core.cache import cache
    from django.db import DatabaseError, InterfaceError
    from django.utils import timezone

    try:
        cache.set(key(commands[0]), timezone.now(), timeout=None)
    except (DatabaseError, InterfaceError):
        # Before the first `migrate`, or the database has just gone: nobody would read it.
        return


def last_runs() -> dict[str, datetime | None]:
    """Return when each command of this installation last succeeded, or None."""
    from django.conf import settings
    from django.core.cache import cache

    names = [each for each in TIMED if settings.REQUESTS or each != "purge_requesters"]
    found = cache.get_many([key(each) for each in names])
    return {each: found.get(key(each)) for each in names}
