"""What is announced, as this process knows it, and the sentences that say so. Reads only."""

import time
from datetime import datetime

from django.utils.timezone import localdate, localtime, now
from django.utils.translation import gettext as _

from agencies.models import Maintenance
from agencies.wording.translation import day_words
from workitems.models.meeting import time_in_words

# Each page has the banner, so a process asks the database again only after this time.
KNOWN_SECONDS = 10.0


class _Known:
    row: Maintenance | None = None
    until = 0.0


def current() -> Maintenance | None:
    """Return the maintenance that is announced, or None. Another process may have learnt of it 10 seconds ago."""
    if time.monotonic() >= _Known.until:
        _Known.row = Maintenance.objects.announced(now()).first()
        _Known.until = time.monotonic() + KNOWN_SECONDS
    row = _Known.row
    return row if row is not None and row.ends_at > now() else None


def forget() -> None:
    """Ask the database again the next time."""
    _Known.until = 0.0


def moment_in_words(at: datetime, beside: datetime) -> str:
    """Return "8 pm" for a moment on the same day as another, else "8 pm on 3 December 2026"."""
    local = localtime(at)
    clock = time_in_words(local.time().replace(second=0, microsecond=0))
    if local.date() == localtime(beside).date():
        return clock
    return _("{time} on {day}").format(time=clock, day=day_words(local.date()))


def banner_of(row: Maintenance, at: datetime) -> str:
    """Return what the banner says at a moment."""
    if row.is_under_way(at):
        says = _("Planned maintenance until {end}.")
        if row.is_read_only:
            says = _("Until {end} you can read everything, but nothing can be saved.")
        return says.format(end=moment_in_words(row.ends_at, at))
    begin, end = moment_in_words(row.begins_at, row.begins_at), moment_in_words(row.ends_at, row.begins_at)  # fmt: skip
    day = localdate(row.begins_at)
    if day == localdate(at):
        says = _("Planned maintenance today from {begin} to {end}.")
    else:
        says = _("Planned maintenance on {day} from {begin} to {end}.")
    if row.is_read_only:
        says = f"{says} {_('You can read everything, but nothing can be saved.')}"
    return says.format(day=day_words(day), begin=begin, end=end)


def refusal_of(row: Maintenance, at: datetime) -> str:
    """Return why nothing is saved, until when, and what the administrator adds."""
    says = _("Nothing was saved. Until {end} the register can only be read, because of planned maintenance.")  # fmt: skip
    return f"{says.format(end=moment_in_words(row.ends_at, at))} {row.message}".strip()
