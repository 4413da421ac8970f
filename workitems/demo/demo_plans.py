"""Load the demo's plans through the workbook import, with the current plan's dates moved to today."""

from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from agencies.models import Appointment
from agencies.records import history
from workitems.demo import current_round, demo_audit, fiji
from workitems.demo.people import ACTOR, COORDINATOR, PORTFOLIO, seat_people, user_of
from workitems.demo.plan_text import moved_by, workbook_of
from workitems.intake.workbook import import_workbook
from workitems.intake.workbook.record import morning
from workitems.models import Delay, Evidence, GlossaryEntry, Milestone, Plan

TEXT_OF_2009 = Path(__file__).parent / "plan-of-action-2009.toml"
CURRENT_TEXT = Path(__file__).parent / "plan-of-action-current.toml"
PLAN_OF_2009 = "plan-of-action-to-prevent-people-trafficking"
CURRENT_PLAN = "plan-of-action-against-forced-labour-people-trafficking-and-slavery"
SHORT_TITLE = "Forced Labour, Trafficking and Slavery"
# Some of the acronyms in the texts of the current plan; its page asks about the others.
GLOSSARY = {
    "INZ": "Immigration New Zealand",
    "NGO": "non-governmental organisation",
    "RFP": "request for proposals",
}


@transaction.atomic
def load(at: datetime) -> list[Plan]:
    """Load the missing plans and people as at a moment, and return the plans that were loaded.

    Existing plans and people are not changed.
    """
    today = timezone.localdate(at)
    known = set(Plan.objects.values_list("slug", flat=True))
    if settings.COUNTRY == "fiji":
        return [] if fiji.PLAN in known else [load_fiji(at, today)]
    loaded = []
    if PLAN_OF_2009 not in known:
        appoint_minister()
        loaded.append(import_text(TEXT_OF_2009, at=at))
        settle_staffing(loaded[-1])
    if CURRENT_PLAN not in known:
        loaded.append(import_text(CURRENT_TEXT, at=at, later_by=moved_by(today)))
        keep_glossary(loaded[-1], at)
        loaded[-1].short_title = SHORT_TITLE
        history.save(loaded[-1], by=None, actor=ACTOR, at=at, fields=["short_title"])
    demo_audit.add_agency()
    seat_people(today)
    if PLAN_OF_2009 not in known:
        show_what_was_done(Plan.objects.get(slug=PLAN_OF_2009))
    if CURRENT_PLAN not in known:
        current_round.play(Plan.objects.get(slug=CURRENT_PLAN), today)
    return loaded


def load_fiji(at: datetime, today: date) -> Plan:
    """Load the plan and people of Fiji, with the plan's dates moved to today."""
    plan = import_text(fiji.TEXT, at=at, later_by=moved_by(today))
    seat_people(today, fiji.PEOPLE)
    fiji.open_round(plan, today)
    return plan


def import_text(path: Path, *, at: datetime, later_by: timedelta = timedelta()) -> Plan:
    """Build a workbook from a plan's text and import it. History names it as a workbook."""
    file = workbook_of(path, later_by=later_by)
    return import_workbook(file, name=f"{path.stem}.xlsx", at=at).plan


def keep_glossary(plan: Plan, at: datetime) -> None:
    for acronym, words in GLOSSARY.items():
        entry = GlossaryEntry(plan=plan, acronym=acronym, words=words)
        history.save(entry, by=None, actor=ACTOR, at=at)


def settle_staffing(plan: Plan) -> None:
    """Record that the cause of the delay to 2.4 was settled once its advisers were back.

    A workbook has only how a delay stands now, and not since when.
    """
    delay = Delay.objects.get(milestone__item__plan=plan, milestone__item__number="2.4")
    delay.settlement, delay.settling_agency, delay.settling_by = (
        Delay.Settlement.SETTLED,
        None,
        None,
    )
    history.save(delay, by=None, actor=ACTOR, at=morning(date(2010, 6, 1)))


def show_what_was_done(plan: Plan) -> None:
    """Add evidence of most of the milestones of 2009 on the day that each was done: a page, or of some only a note."""
    done = Milestone.objects.filter(item__plan=plan, completed_on__isnull=False).in_order()
    for place, milestone in enumerate(done):
        assert milestone.completed_on is not None
        if place % 16 == 7:
            continue
        page = f"{milestone.item.number}/{milestone.number}"
        shown = {"link": f"https://example.org/plan-of-2009/{page}"}
        if place % 8 == 3:
            shown = {"note": "It is on the file of the agency."}
        at = morning(milestone.completed_on)
        piece = Evidence(milestone=milestone, **shown, added_by=user_of(COORDINATOR), added_at=at)
        history.save(piece, by=None, actor=ACTOR, at=at)


def appoint_minister() -> None:
    """Record the Minister of the 2010 briefing, for the period of his appointment."""
    term = Appointment(
        minister="Hon Dr Jonathan Coleman",
        portfolio=PORTFOLIO,
        from_on=date(2008, 11, 19),
        to_on=date(2011, 12, 13),
    )
    if Appointment.objects.holding(PORTFOLIO, date(2010, 7, 30)) is None:
        history.save(term, by=None, actor=ACTOR)
