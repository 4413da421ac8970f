"""What holds a briefing up before a step: the checks that stop it."""

from reports import checks
from reports.document.wording import agree, capitalised, counted
from reports.models import Briefing
from workitems.services.refusals import Refused


class Blocked(Refused):
    """Checks stop the paper before a step; they are listed on their page."""


def refuse_while_blocked(briefing: Briefing, before: checks.Gate) -> None:
    """`Blocked`, with how many checks there are, while one stops the paper before that step."""
    found = checks.blocking(briefing, before)
    if found:
        count = len(found)
        raise Blocked(
            f"{capitalised(counted(count, 'check'))} {agree(count, 'stops', 'stop')} this paper from "
            f"{before.stopped}. “Checks” says what is wrong, and where."
        )
