"""The steps that a user may take with a briefing: the next one (`whats_next` says which), and the others."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.models import User
from reports.briefings.whats_next import Act, Next, Standing, Who
from reports.models import Briefing, Clearance

# Checks load what composes a paper, and most pages with a next step have none.
if TYPE_CHECKING:
    from reports.checks import Check, Gate

State = Briefing.State


@dataclass(frozen=True)
class Step:
    """A button: its words and URL, and whether it submits a POST."""

    words: str
    url: str
    acts: bool = False


def _to(name: str, words: str, briefing: Briefing, *, acts: bool = False) -> Step:
    return Step(words, reverse(name, args=[briefing.plan.slug, briefing.pk]), acts)


def gate_of(briefing: Briefing) -> "Gate | None":
    """Return the next step that checks can block; None once authorised or withdrawn."""
    from reports.checks import Gate

    if briefing.state == State.DRAFTING and not briefing.is_corrected:
        return Gate.CONSULTATION
    if briefing.is_open or briefing.state == State.AWAITING:
        return Gate.AUTHORISATION
    return None


def standing_of(
    briefing: Any, found: "Iterable[Check] | None" = None, on: date | None = None
) -> Standing:
    """Return how far a briefing is that was loaded `with_standing`, or whose failed checks are known `on` a day.

    The checks tell of agencies and comments too, so that a page with its checks needs no query for them.
    """
    known: dict[str, Any] = {}
    if found is not None:
        from reports.checks import Gate

        checks = list(found)
        gate = gate_of(briefing)
        known = {
            "problems": sum(
                each.is_blocking
                and not each.waits
                and (gate != Gate.CONSULTATION or each.stops == gate)
                for each in checks
            ),
            "unresolved": sum(each.key.startswith("comment-") for each in checks),
        }
        due = [each.due for each in checks if each.agency and each.due]
        late = sum(on is not None and day < on for day in due)
        known |= {"unanswered": len(due), "first_due": min(due, default=None), "late": late}
    elif hasattr(briefing, "unanswered"):
        known = {
            name: getattr(briefing, name)
            for name in ("unanswered", "late", "first_due", "unresolved", "to_follow_up")
        }
    return Standing(
        state=briefing.state,
        dated=briefing.dated,
        deadline=briefing.deadline,
        is_drafted=briefing.kind_id is not None,
        is_corrected=briefing.is_corrected,
        **known,
    )


# Where a step is taken, and whether by a POST; by the permission that it takes.
_PLACES: dict[Act, tuple[str, bool]] = {
    Act.BEGIN: ("workshop:draft", False),
    Act.FIX: ("briefings:checks", False),
    Act.EDIT: ("workshop:draft", False),
    Act.CONSULT: ("briefings:ask-agencies", False),
    Act.RESOLVE: ("briefings:clearance", False),
    Act.REMIND: ("briefings:clearance", False),
    Act.ANSWERS: ("briefings:clearance", False),
    Act.ASK: ("briefings:ask", True),
    Act.AUTHORISE: ("briefings:authorise", False),
    Act.SEND: ("briefings:send", True),
    Act.ANSWER: ("briefings:answer", False),
    Act.FOLLOW_UP: ("briefings:issued", False),
    Act.CLOSE: ("briefings:close", True),
}
_PERMISSIONS = {
    Who.COORDINATOR: "reports.change_briefing",
    # The coordinator sees who has not answered.
    Who.AGENCIES: "reports.change_briefing",
    Who.MANAGER: "reports.authorise_briefing",
    Who.OFFICE: "reports.answer_briefing",
}


def step_of(user: User, briefing: Briefing, found: Next | None) -> Step | None:
    """Return the next step as a button or link, if this user may take it."""
    if found is None or not user.has_perm(_PERMISSIONS[found.who], briefing):
        return None
    name, acts = _PLACES[found.act]
    return _to(name, found.words, briefing, acts=acts)


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
