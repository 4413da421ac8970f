"""Initial cover of a new briefing, from the plan, its last briefing and the briefing's date."""

from datetime import date, timedelta

from agencies.models import Agency, Seat
from reports.compose.standing_text import filled
from reports.models import Briefing
from reports.models.briefing import COVER_FIELDS
from workitems.models import Plan
from workitems.terms.spans import add_months

# Title of a briefing without a kind.
TITLE = "Progress on {plan}"

# Fields that are not copied from the plan's last briefing.
OF_ONE_BRIEFING = {
    *("title", "tracker_number", "period_start", "period_end", "dated", "deadline"),
    "agencies_consulted",
}
CARRIED_OVER = tuple(name for name in COVER_FIELDS if name not in OF_ONE_BRIEFING)


def next_period(plan: Plan, today: date) -> tuple[date, date, date]:
    """Return the first and last day of the next reporting period, and the date of its paper.

    The period is the year after the last briefing's period, or after the plan's release. It ends at
    `today` if the year is not over. Withdrawn briefings are ignored.
    """
    last = plan.briefings.exclude(state=Briefing.State.WITHDRAWN).newest_first().first()
    start = last.period_end + timedelta(days=1) if last else plan.released_on
    year = add_months(start, 12) - timedelta(days=1)
    end = min(year, today) if start < today else year
    return start, end, max(end, today)


def draft(
    plan: Plan,
    *,
    period_start: date,
    period_end: date,
    dated: date,
    tracker_number: str = "",
    title: str = TITLE,
) -> Briefing:
    """Return an unsaved briefing with a complete cover.

    `title` is the kind's title, with its placeholders. Contacts, manager, marking and copy
    recipients come from the plan's last briefing; the first briefing takes them from the plan and
    from the coordinating agency's authorising manager on the date.
    """
    found = Briefing(
        plan=plan,
        tracker_number=tracker_number,
        period_start=period_start,
        period_end=period_end,
        dated=dated,
        copied_to="\n".join(name.strip() for name in plan.copied_to.split(";") if name.strip()),
    )
    found.title = title_of(found, title)
    last = plan.briefings.newest_first().first()
    if last:
        for name in CARRIED_OVER:
            setattr(found, name, getattr(last, name))
        return found
    agency = plan.coordinating_agency
    seat = (
        Seat.objects.on(dated)
        .filter(agency=agency, role=Seat.Role.AUTHORISING_MANAGER)
        .select_related("user")
        .order_by("from_on", "pk")
        .first()
    )
    found.contact_role = f"Plan coordinator, {agency.name}"
    found.manager_name = seat.user.name if seat else f"Authorising manager, {agency.name}"
    return found


def title_of(briefing: Briefing, title: str) -> str:
    """Return a kind's title with its placeholders filled in for a briefing."""
    return filled(str(title), briefing).replace(r"\*", "*")


def other_members(plan: Plan, on: date) -> list[str]:
    """Return short names of the group's other agencies on a day, in the order they joined."""
    others = Agency.objects.valid_on(on).filter(memberships__plan=plan)
    others = others.exclude(pk=plan.coordinating_agency_id).order_by("memberships__pk")
    return list(others.values_list("short_name", flat=True))
