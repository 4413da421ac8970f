"""What a person may do with a briefing next: one step that leads on, and the others."""

from dataclasses import dataclass

from django.urls import reverse

from agencies.models import User
from reports.checks import Count, Gate
from reports.models import Briefing, Clearance

State = Briefing.State


@dataclass(frozen=True)
class Step:
    """A button: its words, where it leads, and whether pressing it does the step at once."""

    words: str
    url: str
    acts: bool = False


def _to(name: str, words: str, briefing: Briefing, *, acts: bool = False) -> Step:
    return Step(words, reverse(name, args=[briefing.plan.slug, briefing.pk]), acts)


def gate_of(briefing: Briefing) -> Gate | None:
    """The next step that checks stand before; none once the paper is authorised or withdrawn."""
    if briefing.state == State.DRAFTING and not briefing.is_corrected:
        return Gate.CONSULTATION
    if briefing.is_open or briefing.state == State.AWAITING:
        return Gate.AUTHORISATION
    return None


def next_step(user: User, briefing: Briefing, count: Count | None = None) -> Step | None:
    """The step that leads on from where the briefing is, where it is this person's to take. `count`
    of its checks, where they were read, leads to what stops that step instead."""
    state = briefing.state
    if user.has_perm("reports.change_briefing", briefing):
        gate = gate_of(briefing) if briefing.is_open and briefing.kind_id else None
        if count and gate and count.before(gate):
            return _to("briefings:checks", "See what stops it", briefing)
        if state == State.IN_CONSULTATION or (state == State.DRAFTING and briefing.is_corrected):
            return _to("briefings:ask", "Ask for authorisation", briefing, acts=True)
        if state == State.DRAFTING:
            words = "Open the draft" if briefing.kind_id else "Begin the draft"
            return _to("workshop:draft", words, briefing)
        if state == State.AUTHORISED:
            return _to("briefings:send", "It is with the Minister", briefing, acts=True)
        if state == State.RETURNED:
            return _to("briefings:close", "Close it", briefing, acts=True)
    if state == State.AWAITING and user.has_perm("reports.authorise_briefing", briefing):
        return _to("briefings:authorise", "Read and authorise", briefing)
    if state == State.WITH_MINISTER and user.has_perm("reports.answer_briefing", briefing):
        return _to("briefings:answer", "Record the answer", briefing)
    return None


def other_steps(user: User, briefing: Briefing) -> list[Step]:
    """Ways back and out, each of which asks for a reason on a page of its own."""
    state = briefing.state
    found = []
    if state == State.AWAITING and user.has_perm("reports.authorise_briefing", briefing):
        found.append(_to("briefings:send-back", "Send it back", briefing))
    if user.has_perm("reports.change_briefing", briefing):
        if state in (State.IN_CONSULTATION, State.AWAITING):
            found.append(_to("briefings:recall", "Take it back", briefing))
        if briefing.is_corrected and state == State.DRAFTING:
            found.append(_to("briefings:give-up", "Give up the correction", briefing))
        elif not briefing.is_corrected and State.WITHDRAWN in Briefing.NEXT[state]:
            found.append(_to("briefings:withdraw", "Withdraw it", briefing))
        if briefing.is_issued and state != State.CLOSED:
            found.append(_to("briefings:correct", "Correct the paper", briefing))
    if state in (State.RETURNED, State.CLOSED) and user.has_perm(
        "reports.answer_briefing", briefing
    ):
        found.append(_to("briefings:answer", "Correct the answer", briefing))
    return found


def clearing_step(user: User, clearance: Clearance) -> Step | None:
    """The agency's answer, where it is this person's to give."""
    is_open = clearance.briefing.state == State.IN_CONSULTATION and not clearance.is_answered
    if is_open and user.has_perm("reports.give_clearance", clearance):
        return Step("Give your clearance", f"{clearance.get_absolute_url()}#answer")
    return None


def home_of(briefing: Briefing) -> str:
    """The page that a step leads back to: the issued paper's, or that of the draft."""
    name = "issued" if briefing.is_issued else "detail"
    return reverse(f"briefings:{name}", args=[briefing.plan.slug, briefing.pk])
