"""The steps that a user may take with a briefing: the main next one, and the others."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.models import User
from reports.checks import Count, Gate
from reports.models import Briefing, Clearance

State = Briefing.State


@dataclass(frozen=True)
class Step:
    """A button: its words and URL, and whether it submits a POST."""

    words: str
    url: str
    acts: bool = False


def _to(name: str, words: str, briefing: Briefing, *, acts: bool = False) -> Step:
    return Step(words, reverse(name, args=[briefing.plan.slug, briefing.pk]), acts)


def gate_of(briefing: Briefing) -> Gate | None:
    """Return the next step that checks can block; None once authorised or withdrawn."""
    if briefing.state == State.DRAFTING and not briefing.is_corrected:
        return Gate.CONSULTATION
    if briefing.is_open or briefing.state == State.AWAITING:
        return Gate.AUTHORISATION
    return None


def next_step(user: User, briefing: Briefing, count: Count | None = None) -> Step | None:
    """Return the main next step, if this user may take it.

    If `count` is given and checks block the step, it leads to the checks instead.
    """
    state = briefing.state
    if user.has_perm("reports.change_briefing", briefing):
        gate = gate_of(briefing) if briefing.is_open and briefing.kind_id else None
        if count and gate and count.before(gate):
            return _to("briefings:checks", _("See the problems to fix"), briefing)
        if state == State.IN_CONSULTATION or (state == State.DRAFTING and briefing.is_corrected):
            return _to("briefings:ask", _("Ask for authorisation"), briefing, acts=True)
        if state == State.DRAFTING:
            words = _("Open the draft") if briefing.kind_id else _("Begin the draft")
            return _to("workshop:draft", words, briefing)
        if state == State.AUTHORISED:
            return _to("briefings:send", _("Mark as sent to the Minister"), briefing, acts=True)
        if state == State.RETURNED:
            return _to("briefings:close", _("Close the briefing"), briefing, acts=True)
    if state == State.AWAITING and user.has_perm("reports.authorise_briefing", briefing):
        return _to("briefings:authorise", _("Read and authorise"), briefing)
    if state == State.WITH_MINISTER and user.has_perm("reports.answer_briefing", briefing):
        return _to("briefings:answer", _("Read and answer"), briefing)
    return None


def other_steps(user: User, briefing: Briefing) -> list[Step]:
    """Return the steps that undo or end something. Each asks for a reason on its own page."""
    state = briefing.state
    found = []
    if state == State.AWAITING and user.has_perm("reports.authorise_briefing", briefing):
        found.append(_to("briefings:send-back", _("Send back"), briefing))
    if user.has_perm("reports.change_briefing", briefing):
        if state in (State.IN_CONSULTATION, State.AWAITING):
            found.append(_to("briefings:recall", _("Recall"), briefing))
        if briefing.is_corrected and state == State.DRAFTING:
            found.append(_to("briefings:give-up", _("Abandon the correction"), briefing))
        elif not briefing.is_corrected and State.WITHDRAWN in Briefing.NEXT[state]:
            found.append(_to("briefings:withdraw", _("Withdraw"), briefing))
        if briefing.is_issued and state != State.CLOSED:
            found.append(_to("briefings:correct", _("Correct the paper"), briefing))
    if state in (State.RETURNED, State.CLOSED) and user.has_perm(
        "reports.answer_briefing", briefing
    ):
        found.append(_to("briefings:answer", _("Correct the answer"), briefing))
    return found


def clearing_step(user: User, clearance: Clearance) -> Step | None:
    """Return the step to answer for an agency, if this user may take it."""
    is_open = clearance.briefing.state == State.IN_CONSULTATION and not clearance.is_answered
    if is_open and user.has_perm("reports.give_clearance", clearance):
        return Step(_("Give your clearance"), f"{clearance.get_absolute_url()}#answer")
    return None


def home_of(briefing: Briefing) -> str:
    """Return the URL of the issued paper or, before that, of the draft."""
    name = "issued" if briefing.is_issued else "detail"
    return reverse(f"briefings:{name}", args=[briefing.plan.slug, briefing.pk])
