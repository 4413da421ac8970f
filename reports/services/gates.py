"""Refuses a step while checks block it."""

from reports import checks
from reports.document.wording import agree, capitalised, count_in_words
from reports.models import Briefing
from workitems.services.refusals import Refused


class Blocked(Refused):
    """Checks block a step. Their page lists them."""


def refuse_while_blocked(briefing: Briefing, before: checks.Gate) -> None:
    """Raise `Blocked`, with the number of checks, if any check blocks the step."""
    found = checks.blocking(briefing, before)
    if found:
        count = len(found)
        raise Blocked(
            f"{capitalised(count_in_words(count, 'check'))} {agree(count, 'stops', 'stop')} this paper from "
            f"{before.stopped}. “Checks” says what is wrong, and where."
        )
