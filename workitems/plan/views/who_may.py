"""Say who may do what a user was refused, in a sentence that is true for every reader."""

from operator import attrgetter
from typing import Any

import rules
from django.contrib.auth.models import AnonymousUser
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agencies.models import Agency, Seat, User
from agencies.people.succession import agency_on
from workitems.models import Plan, Return
from workitems.rules import WRITERS, coordinates_plan, plan_of

APPROVERS = (Seat.Role.APPROVER,)
# By permission: where the row names the agency, and the roles there.
OF_AGENCY: dict[str, tuple[str, tuple[Seat.Role, ...]]] = {
    "workitems.update_item": ("lead_agency", WRITERS),
    "workitems.update_milestone": ("responsible_agency", WRITERS),
    "workitems.write_update": ("agency", WRITERS),
    "workitems.submit_return": ("agency", APPROVERS),
    "workitems.recall_return": ("agency", APPROVERS),
    "workitems.answer_proposal": ("item.lead_agency", WRITERS),
    "workitems.withdraw_proposal": ("agency", WRITERS),
    "workitems.release_held": ("agency", APPROVERS),
    "workitems.take_back_variation": ("requesting_agency", WRITERS),
    "workitems.answer_out_of_session": ("agency", APPROVERS),
    "workitems.give_measure": ("responsible", APPROVERS),
}


def who_may(user: User | AnonymousUser, permission: str, row: Any) -> str:
    """Return who may, or "" if neither the plan's coordinators nor one agency alone may."""
    if permission == "workitems.read_return" and isinstance(row, Return):
        return _reads_return(row, is_coordinator=coordinates_plan.test(user, row))
    if permission in OF_AGENCY:
        path, roles = OF_AGENCY[permission]
        says = (
            _("Only approvers of {agency} can do this.")
            if roles == APPROVERS
            else _("Only contributors and approvers of {agency} can do this.")
        )
        return says.format(agency=attrgetter(path)(row))
    plan = (
        plan_of(row) if rules.permissions.permissions.get(permission) is coordinates_plan else None
    )
    return (
        _("Only coordinators of {agency} can do this.").format(agency=_running(plan))
        if isinstance(plan, Plan)
        else ""
    )


def _running(plan: Plan) -> Agency:
    """Return the plan's coordinating agency or, if the plan has ended and that agency too, the one that succeeds it."""
    on = localdate()
    return (
        agency_on(plan.coordinating_agency, on) if plan.has_ended(on) else plan.coordinating_agency
    )


def _reads_return(of_return: Return, *, is_coordinator: bool) -> str:
    agency = of_return.agency
    if of_return.state == Return.State.MOVED:
        return _(
            "The return of {agency} moved to {successor}. You can read that one once it is accepted."
        ).format(agency=agency, successor=agency_on(agency, localdate()))
    if is_coordinator and not of_return.round.is_open:
        return _("{agency} did not submit its return before the round was closed.").format(
            agency=agency
        )
    if is_coordinator:
        return _(
            "{agency} has not submitted its return yet. You can read it once an approver has."
        ).format(agency=agency)
    return _("You can read the return of {agency} once it is accepted.").format(agency=agency)
