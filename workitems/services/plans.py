"""Change a plan's settings."""

from django.db import transaction

from agencies import history
from agencies.models import User
from workitems.models import Plan
from workitems.services.refusals import Refused, locked, need_reason


@transaction.atomic
def set_quorum(
    *, plan: Plan, quorum: int | None, reason: str, by: User, version: int | None = None
) -> Plan:
    """Set how many agencies must take part in deciding a variation; None is the majority.

    Decisions that agencies are answering out of session keep theirs. Needs a reason.
    """
    plan = locked(plan, version=version)
    need_reason(reason, "Say why the quorum changes.")
    if quorum is not None and not 2 <= quorum <= plan.members.count():
        raise Refused(
            "Enter a number from 2 to that of the member agencies, or leave it empty.", "quorum"
        )
    if quorum == plan.quorum:
        raise Refused("That is the quorum already.", "quorum")
    plan.quorum = quorum
    return history.save_version(plan, "quorum", by=by, reason=reason)
