"""Set up and end an audit, give a finding, and reply to it."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.people.confirming import after_working_days
from agencies.records import history
from agencies.wording.translation import day_words
from workitems.models import Audit, Finding, Plan, WorkItem
from workitems.models.audit import REPLY_WITHIN
from workitems.plan.services.refusals import Refused, locked, need_reason
from workitems.terms.spans import add_months


@transaction.atomic
def set_up(
    *,
    plan: Plan,
    agency: Agency,
    scope: str,
    from_on: date,
    to_on: date,
    reason: str,
    by: User,
    on: date,
    at: datetime,
) -> Audit:
    """Let the auditors of an agency read the plan from a first to a last day. The member agencies are told.

    Raise `Refused` for a member agency, for days that have passed, for more than a year, or without a reason.
    """
    plan = locked(plan)
    need_reason(reason, _("Say why the plan is audited, or by whose decision."))
    if plan.members.filter(agency=agency).exists():
        raise Refused(
            _(
                "{agency} is a member of the working group. Choose an agency that is not in it."
            ).format(agency=agency),
            "agency",
        )
    if to_on < max(from_on, on):
        raise Refused(_("Enter a last day from the first day on that has not passed."), "to_on")
    if to_on >= (latest := add_months(from_on, 12)):
        raise Refused(
            _("An audit lasts a year at most. Enter a day before {day}.").format(
                day=day_words(latest)
            ),
            "to_on",
        )
    audit = Audit(
        plan=plan, agency=agency, scope=scope, from_on=from_on, to_on=to_on, set_up_by=by, set_up_at=at
    )  # fmt: skip
    return history.save(audit, by=by, reason=reason)


@transaction.atomic
def end(*, audit: Audit, version: int, reason: str, by: User, on: date) -> Audit:
    """Make today the last day of an audit. Raise `Refused` if it has not begun or is over, or without a reason."""
    audit = locked(audit, version=version, related=("plan", "agency"))
    need_reason(reason, _("Say why it ends sooner."))
    if not audit.is_on(on):
        raise Refused(_("This audit has not begun, or is over."))
    audit.to_on = on
    return history.save_version(audit, "to_on", by=by, reason=reason)


@transaction.atomic
def give_finding(
    *,
    audit: Audit,
    item: WorkItem | None,
    as_at: date,
    verdict: str,
    note: str,
    by: User,
    on: date,
    at: datetime,
) -> Finding:
    """Give a finding on an item, or on the whole plan. It never changes; a later one on the same item replaces it.

    The item's lead, or the coordinator, may reply; it is shown when they have, or after `REPLY_WITHIN` working days.
    """
    plan = locked(audit.plan)
    if not audit.is_on(on):
        raise Refused(_("This audit has not begun, or is over."))
    if as_at > on:
        raise Refused(_("That day has not come yet. Enter a day up to today."), "as_at")
    last = Finding.objects.of(plan).aggregate(last=Max("number"))["last"] or 0
    finding = Finding(
        audit=audit, number=last + 1, item=item, as_at=as_at, verdict=verdict, note=note, written_by=by,
        written_at=at, given_on=on, shown_from=after_working_days(on, REPLY_WITHIN),
    )  # fmt: skip
    return history.save(finding, by=by)


@transaction.atomic
def reply(*, finding: Finding, version: int, text: str, by: User, on: date) -> Finding:
    """Reply to a finding for the agency that leads its item, or for the coordinating agency. The finding is then shown.

    Raise `Refused` if it has a reply.
    """
    related = ("audit__plan__coordinating_agency", "item__lead_agency")
    finding = locked(finding, version=version, related=related)
    if finding.reply:
        raise Refused(_("This finding has a reply."))
    finding.reply, finding.replied_for, finding.replied_by = text, finding.replies, by
    finding.replied_on = on
    return history.save_version(finding, "reply", "replied_for", "replied_by", "replied_on", by=by)
