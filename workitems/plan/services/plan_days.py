"""Which days may be entered: within the plan's life, and on the right side of today.

Each function yields what is wrong as (sentence, form field). Services refuse with all of them at
once; forms ask before, so that they stand beside the errors of other fields.
"""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from agencies.typed.asking import Fault
from agencies.wording.translation import day_words
from workitems.models import Plan
from workitems.terms.known_dates import KnownDate

# What is wrong.
Faults = Iterator[Fault]


def done_day(day: date, *, plan: Plan, on: date, reason: str, field: str) -> Faults:
    """Yield what is wrong with the day on which something of the plan was done."""
    if day > on:
        yield (
            _("{day} has not come yet. Enter the day it was done, up to today.").format(
                day=day_words(day)
            ),
            field,
        )
    elif day < plan.released_on and not reason:
        yield (
            _(
                "The plan was released on {day}, after that day. Enter a later day, or give the "
                "reason why it was done before."
            ).format(day=day_words(plan.released_on)),
            field,
        )


def agreed_day(due: KnownDate, *, plan: Plan, on: date, after_end: bool, field: str) -> Faults:
    """Yield what is wrong with the date to which an agreed date is to move."""
    if due.last_day <= on:
        yield _("A new agreed date must be after today. Enter a later date."), field
    elif plan.ends_on is not None and due.last_day > plan.ends_on and not after_end:
        yield (
            _(
                "The plan ends on {day}. Enter a date up to then, or tick that the date is after its "
                "end and say why in the reason."
            ).format(day=day_words(plan.ends_on)),
            field,
        )


def later_faults(day: date | None, *, on: date, field: str) -> Faults:
    """Yield what is wrong with a day by which something is asked for. None is at no fault."""
    if day is not None and day <= on:
        yield _("Enter a date after today."), field
