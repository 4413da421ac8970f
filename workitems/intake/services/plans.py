"""Change a plan's settings."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.records import history
from workitems.models import Member, Plan
from workitems.plan.services.refusals import Refused, locked, need_reason


@transaction.atomic
def set_quorum(
    *, plan: Plan, quorum: int | None, reason: str, by: User, version: int | None = None
) -> Plan:
    """Set how many agencies must take part in deciding a variation; None is the majority.

    Decisions that agencies are answering out of session keep theirs. Needs a reason.
    """
    plan = locked(plan, version=version)
    need_reason(reason, _("Say why the quorum changes."))
    if quorum is not None and not 2 <= quorum <= plan.members.count():
        raise Refused(
            _("Enter a number from 2 to the number of member agencies, or leave it blank."),
            "quorum",
        )
    if quorum == plan.quorum:
        raise Refused(_("That is already the quorum."), "quorum")
    plan.quorum = quorum
    return history.save_version(plan, "quorum", by=by, reason=reason)


@transaction.atomic
def change_about(
    *,
    plan: Plan,
    version: int,
    short_title: str = "",
    portfolio: str,
    background: str,
    copied_to: str,
    quotes_notes: bool,
    joining: Iterable[Agency] = (),
    reason: str,
    by: User,
    on: date,
) -> Plan:
    """Change what an adopted plan says of itself beside its official wording, and let agencies join.

    Needs a reason. An agency leaves by a variation. Without a change, write nothing.
    """
    plan = locked(plan, version=version)
    need_reason(reason, _("Say why this changes."))
    inside = set(plan.members.values_list("agency", flat=True))
    new = [agency for agency in joining if agency.pk not in inside]
    for agency in new:
        if not agency.exists_on(on):
            raise Refused(
                _("{agency} does not exist today. Choose another agency.").format(agency=agency),
                "joining",
            )
        # An agency that left comes back as the member that it was.
        member = Member._base_manager.filter(plan=plan, agency=agency).first()
        member = member or Member(plan=plan, agency=agency)
        member.left_on = None
        history.save(member, by=by, reason=reason)
    values: dict[str, Any] = {
        "short_title": short_title,
        "portfolio": portfolio,
        "background": background,
        "copied_to": copied_to,
        "quotes_notes": quotes_notes,
    }
    changed = [name for name, value in values.items() if getattr(plan, name) != value]
    for name in changed:
        setattr(plan, name, values[name])
    return history.save_version(plan, *changed, by=by, reason=reason) if changed or new else plan
