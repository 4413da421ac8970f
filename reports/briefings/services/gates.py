"""Refusals of what a briefing's state or its checks do not allow."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports import checks
from reports.document.wording import capitalised, number
from reports.drafting.paper import Drafted
from reports.models import Briefing
from workitems.plan.services.refusals import Refused


class Blocked(Refused):
    """Checks block a step. Their page lists them."""


def not_now(briefing: Briefing, words: str) -> Refused:
    """Return the refusal of what the briefing's state does not allow: "its text is locked"."""
    return Refused(
        _("This briefing is {state}; {words}.").format(
            state=briefing.get_state_display().lower(), words=words
        )
    )


def problems(count: int) -> str:
    """Return "Two problems must be fixed", or "No problem must be fixed"."""
    if not count:
        return _("No problem must be fixed")
    return ngettext(
        "{count} problem must be fixed", "{count} problems must be fixed", count
    ).format(count=capitalised(number(count)))


def refuse_while_blocked(drafted: Drafted, before: checks.Gate) -> None:
    """Raise `Blocked`, with the number of checks, if any check blocks the step."""
    found = checks.blocking(drafted, before)
    if found:
        raise Blocked(
            _("{problems} before {step}. “Checks” says what and where.").format(
                problems=problems(len(found)), step=before.before
            )
        )
