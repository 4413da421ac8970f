"""Initial cover of a new briefing, from the plan, its last briefing and the briefing's date."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from agencies.models import Seat
from agencies.wording.translation import _, day_words, list_in_words
from reports.compose.standing_text import filled
from reports.document import Verb
from reports.drafting.draft import Ask
from reports.models import Briefing
from reports.models.briefing import COVER_FIELDS
from workitems.models import Plan, Return, Round
from workitems.models.round import period_told
from workitems.terms.spans import add_months

# The action sought of a paper that begins with recommendations to agree to decisions.
WITH_OWN_DECISIONS = "Take decisions on which new dates depend"
# What earlier drafts have instead.
ON_DECISIONS = "Note which new dates depend on decisions"
FORMERLY = f"{ON_DECISIONS}, and agree to decide"
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

    The period is the year after the last issued briefing's period (the last draft's before one is issued), or after the
    plan's release. It ends at `today` if the year is not over, and with the last round that has an accepted return if that ends later, so that what agencies
    have just reported is in the paper. It is then never longer than a year, or than that round: it begins with the
    first such round of the year that ends with it. After an issued briefing on a year it begins on the next day, in the
    future if need be. After one on less than a year, or one that is not issued, it is the year, as a reader of an annual
    report expects. Withdrawn briefings are ignored. Two queries.
    """
    rows = list(_newest_first(plan))
    before = next((row for row in rows if row.is_issued), rows[0] if rows else None)
    last = before.period_end if before else None
    start = last + timedelta(days=1) if last else plan.released_on
    follows = (
        before is not None and before.is_issued and add_months(before.period_start, 12) <= start
    )
    year = add_months(start, 12) - timedelta(days=1)
    if last and start >= today and not follows:
        # Another paper on the year that ends then, such as after a draft that was given up.
        start, year = max(plan.released_on, add_months(start, -12)), last
    elif start >= today:
        return start, year, year
    end = min(year, today)
    rounds = Round.objects.filter(
        Exists(Return.objects.filter(round=OuterRef("pk"), state=Return.State.ACCEPTED)),
        plan=plan,
        period_end__gte=start,
    )
    reported = list(rounds.order_by("period_end").values_list("period_start", "period_end"))
    if reported:
        end = max(end, reported[-1][1])
    if end > year:
        first_day = add_months(end + timedelta(days=1), -12)
        begun = [first for first, _ in reported if first >= first_day]
        start = max(start, min(begun, default=reported[-1][0]))
    if last and not follows:
        # A year, though another paper has reported on a part of it.
        start = min(start, max(plan.released_on, add_months(end + timedelta(days=1), -12)))
    return start, end, max(end, today)


def _newest_first(plan: Plan) -> QuerySet[Briefing]:
    rows = plan.briefings.exclude(state=Briefing.State.WITHDRAWN)
    return rows.order_by("-period_end", "-dated", "-pk")


def before_in_words(plan: Plan) -> str:
    """Return a sentence on what came before a new briefing's period. One query."""
    if last := _newest_first(plan).first():
        says = (
            _("The last briefing reports to {day}. An interim report begins after it.")
            if last.is_issued
            else _(
                "The last briefing, which is not issued, reports to {day}. An interim report begins after it."
            )
        )
        return says.format(day=day_words(last.period_end))
    return _("This is the plan’s first briefing. The plan was released on {day}.").format(
        day=day_words(plan.released_on)
    )


def rounds_in_words(plan: Plan, start: date, end: date) -> str:
    """Return a sentence on the rounds of which a paper on a period tells, and one on those that ended later with accepted
    returns. One query."""
    of_plan = Round.objects.filter(plan=plan)
    told = of_plan.told_of(**period_told(start, end))
    rounds = of_plan.filter(Q(pk__in=told) | Q(period_end__gt=end)).order_by("period_end", "pk")
    rows = rounds.annotate(
        accepted=Count("returns", filter=Q(returns__state=Return.State.ACCEPTED))
    )
    within, later = [], []
    for row in rows:
        if row.period_end <= end:
            within.append(f"“{row.name}”")
        elif row.accepted:  # type: ignore[attr-defined]
            later.append(f"“{row.name}”")
    text = (
        _("This period has the reports of {rounds}.").format(rounds=list_in_words(within))
        if within
        else _("No round of reports ends in this period.")
    )
    if later:
        text += " " + _("It leaves out {rounds}, though returns of it are accepted.").format(
            rounds=list_in_words(later)
        )
    return text


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


def action_sought(before: str, asks: Iterable[Ask]) -> str:
    """Return the action sought for the recommendations with which a draft begins: decisions, if one asks for them, else that it
    is for information. What somebody typed stays."""
    if before not in (_usual(), ON_DECISIONS, WITH_OWN_DECISIONS, FORMERLY):
        return before
    return WITH_OWN_DECISIONS if any(ask.verb == Verb.AGREE for ask in asks) else _usual()


def still_sought(before: str, asks: Iterable[Ask]) -> str:
    """Return the action sought once the recommendations of a draft have changed: that it is for information, if the cover was
    given decisions and no recommendation asks for anything any more, as to direct or approve also does."""
    is_for_information = all(ask.verb in (Verb.NOTE, Verb.FORWARD) for ask in asks)
    if before in (WITH_OWN_DECISIONS, FORMERLY) and is_for_information:
        return _usual()
    return before


def _usual() -> str:
    usual: str = Briefing._meta.get_field("action_sought").get_default()
    return usual


def title_of(briefing: Briefing, title: str) -> str:
    """Return a kind's title with its placeholders filled in for a briefing."""
    return filled(str(title), briefing).replace(r"\*", "*")


def other_members(plan: Plan, on: date) -> list[str]:
    """Return short names of the group's other agencies on a day, in the order they joined."""
    others = (
        plan.agencies_on(on).exclude(pk=plan.coordinating_agency_id).order_by("memberships__pk")
    )
    return list(others.values_list("short_name", flat=True))
