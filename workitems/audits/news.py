"""Notices of audits: every member agency is told that one is set up, and who may reply to a finding of it. A source of
`notices.news`."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agencies.models import WRITING_ROLES, Agency, Seat
from agencies.wording.translation import day_words
from workitems.models import Audit, Finding, Notice
from workitems.models.audit import REPLY_WITHIN
from workitems.notices.news import OtherNews, Seats, other_news
from workitems.plan.asat import end_of

# What happened longer ago is no news.
NEWS_FOR_DAYS = 14


def audit_news(on: date) -> Iterator[OtherNews]:
    """Yield the notices of audits that were set up, and of findings that wait for a reply. At most six queries."""
    since = end_of(on - timedelta(days=NEWS_FOR_DAYS))
    audits = Audit.objects.filter(set_up_at__gte=since, to_on__gte=on)
    rows = list(audits.select_related("plan__coordinating_agency", "agency"))
    members: dict[int, list[Agency]] = {row.plan_id: list(row.plan.agencies) for row in rows}
    waiting = [
        row
        for row in Finding.objects.filter(reply="", shown_from__gt=on).for_list()
        if not row.plan.has_ended(on)
    ]
    if not (rows or waiting):
        return
    agencies = {agency.pk for found in members.values() for agency in found}
    agencies |= {row.replies.pk for row in waiting}
    seats = Seats([*(row.plan for row in rows), *(row.plan for row in waiting)], agencies, on)
    for audit in rows:
        told: set[int] = set()
        for agency in members[audit.plan_id]:
            people = [
                each
                for each in seats.sitting(audit.plan, agency.pk, *WRITING_ROLES)
                if each[0].pk not in told
            ]
            told |= {person.pk for person, _role, _why in people}
            yield from other_news(
                people, plan=audit.plan, agency=agency, reason=Notice.Reason.AUDIT, occasion="set up",
                about=f"audit {audit.pk}", due_on=localdate(audit.set_up_at),
                title=_("Audit by {agency}").format(agency=audit.agency),
                sentence=_(
                    "{agency} audits the plan from {first} to {last}: its auditors read what you have reported and its evidence."
                ).format(
                    agency=audit.agency.name, first=day_words(audit.from_on), last=day_words(audit.to_on)
                ),
                state=_("is set up"), path=audit.get_absolute_url(), link=_("Open the audit"),
            )  # fmt: skip
    for row in waiting:
        roles = (Seat.Role.APPROVER,) if row.item else (Seat.Role.COORDINATOR,)
        yield from other_news(
            seats.sitting(row.plan, row.replies.pk, *roles), plan=row.plan, agency=row.replies,
            reason=Notice.Reason.FINDING, occasion="given", about=f"finding {row.pk}",
            due_on=row.given_on,
            title=_("Finding {reference} of the audit").format(reference=row.reference),
            sentence=_(
                "{agency} gave a finding on {what}. Reply by {day} if you wish: after {count} working days everyone in the plan sees it without a reply."
            ).format(
                agency=row.audit.agency.name, what=row.item or _("the whole plan"),
                day=day_words(row.shown_from), count=REPLY_WITHIN,
            ),
            state=_("waits for your reply"), path=row.get_absolute_url(), link=_("Open the finding"),
        )  # fmt: skip
