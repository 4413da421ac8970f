"""Rule 4: a due date known to the month or the quarter is a real value, kept and compared as one."""

from copy import deepcopy
from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from agencies.models import Seat
from tests.factories import (
    MeetingFactory,
    MilestoneFactory,
    PlanFactory,
    ReturnFactory,
    RoundFactory,
    SeatFactory,
    WorkItemFactory,
)
from tests.workitems.record import NOW, TODAY, item_history, ready_to_decide, refused, unchanged
from tests.workitems.workbooks import file_of, small
from workitems.calendar import due_calendar
from workitems.desk import to_dos as desk
from workitems.intake.workbook import import_workbook
from workitems.intake.workbook.export import export_workbook
from workitems.models import CalendarFeed, Milestone, Plan
from workitems.narrative.blocks import Field
from workitems.narrative.reading import Reader, Scope, Wanted, history_page
from workitems.plan.asat import Moment
from workitems.plan.plan_at.loading import delays_at, milestones_at
from workitems.plan.services import items
from workitems.returns.services import milestone_answers
from workitems.terms.known_dates import KnownDate
from workitems.terms.lateness import Late, milestone_lateness
from workitems.variations.services import held_entries, variations

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

MAY, JUNE, NEXT_JUNE = (KnownDate(day, "month") for day in (
    date(2010, 5, 31), date(2010, 6, 30), date(2011, 6, 30)
))  # fmt: skip
SUMMER, LAST_SPRING, THIRD_OF_2012 = (KnownDate(day, "quarter") for day in (
    date(2010, 9, 30), date(2010, 3, 31), date(2012, 9, 30)
))  # fmt: skip
FULL = {"cause": "funding", "mitigation": "Ask again.", "reason": "No money."}


@pytest.fixture
def plan(police):
    released, ends = date(2009, 7, 31), date(2012, 6, 30)
    return PlanFactory(members=[police], released_on=released, ends_on=ends, quorum=None)


@pytest.fixture
def milestone(plan, police):
    """Due in June 2010, known to the month."""
    item = WorkItemFactory(plan=plan, lead_agency=police, number="1.2", stage="under_way")
    return MilestoneFactory(
        item=item, number=1, description="Brochure printed", original_known_to="month"
    )


def move(milestone, by, due, **said):
    milestone.refresh_from_db()
    return items.move_forecast(
        milestone=milestone, version=milestone.version, forecast_due=due, by=by, on=TODAY,
        **{"reason": "So."} | said,
    )  # fmt: skip


def ask(milestone, by, police, due, **said):
    return variations.request_date(
        milestone=milestone, due_after=due, reason="So.", agency=police, by=by, at=NOW, **said
    )


# --- what is compared ---------------------------------------------------------------------------


def test_a_milestone_is_late_once_its_month_has_ended(milestone):
    last = JUNE.last_day
    assert milestone_lateness(milestone, last).state == Late.DUE_SOON
    late = milestone_lateness(milestone, last + timedelta(days=1))
    assert (late.state, late.days) == (Late.OVERDUE, 1)


def test_a_forecast_is_past_once_its_month_or_quarter_has_ended(milestone, writer):
    says = "A forecast cannot be before today. Enter a later date, or mark the milestone as done."
    for due in (MAY, LAST_SPRING):
        with unchanged(milestone), refused(says, "forecast_due"):
            move(milestone, writer, due)
    says = "That is already the forecast. Enter another date."
    with unchanged(milestone), refused(says, "forecast_due"):
        move(milestone, writer, JUNE)


def test_a_later_quarter_is_a_delay_from_month_to_quarter(milestone, writer):
    move(milestone, writer, SUMMER, **FULL)
    delay = milestone.delays.get()
    assert (delay.before, delay.after, delay.days) == (JUNE, SUMMER, 92)
    # The same quarter known more precisely is no further move.
    day = KnownDate(SUMMER.last_day)
    moved = move(milestone, writer, day)
    delay.refresh_from_db()
    assert (moved.forecast, delay.after, delay.times_moved) == (day, day, 1)
    move(milestone, writer, date(2010, 6, 15))
    delay.refresh_from_db()
    assert delay.ended_on == TODAY


@pytest.mark.both_databases
def test_history_and_the_plan_at_a_moment_have_how_dates_were_known(milestone, writer):
    before = Moment.at(milestone.history.get().history_date + timedelta(microseconds=1))
    move(milestone, writer, SUMMER, **FULL)
    of = {"pk": milestone.pk}

    def dates(moment):
        (row,) = milestones_at(moment, of)
        return row.original, row.agreed, row.forecast

    assert dates(before) == (JUNE, JUNE, JUNE)
    assert dates(Moment.today(TODAY)) == (JUNE, JUNE, SUMMER)
    (delay,) = delays_at(Moment.today(TODAY), {"milestone_id": milestone.pk})
    assert (delay.before, delay.after) == (JUNE, SUMMER)


# --- what is agreed -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "says"),
    [
        (JUNE, "That is already the agreed date. Enter another date."),
        (MAY, "A new agreed date must be after today. Enter a later date."),
        (
            THIRD_OF_2012,
            "The plan ends on 30 June 2012. Enter a date up to then, or tick that the date is after its end "
            "and say why in the reason.",
        ),
    ],
)
def test_a_new_agreed_date_is_measured_by_its_last_day(milestone, writer, police, due, says):
    with refused(says, "due_after"):
        ask(milestone, writer, police, due)


def test_knowing_an_agreed_date_better_takes_a_variation(milestone, writer, police, plan):
    day = KnownDate(JUNE.last_day)
    asked = ask(milestone, writer, police, JUNE.last_day)
    assert (asked.before, asked.after) == (JUNE, day)
    assert asked.asks == "Move “Brochure printed” to 30 June 2010"
    meeting = ready_to_decide(MeetingFactory(plan=plan, held_on=TODAY), asked)
    variations.recommend(variation=asked, recommendation="Yes.", by=writer, at=NOW)
    variations.decide(variation=asked, approve=True, meeting=meeting, by=writer, at=NOW)
    milestone.refresh_from_db()
    assert (milestone.original, milestone.agreed, milestone.forecast) == (JUNE, day, JUNE)


def test_a_request_does_not_count_once_the_date_is_known_otherwise(milestone, writer, police, plan):
    first = ask(milestone, writer, police, NEXT_JUNE)
    first = variations.recommend(variation=first, recommendation="Yes.", by=writer, at=NOW)
    meeting = ready_to_decide(MeetingFactory(plan=plan, held_on=TODAY), first)
    first.before_known_to = "day"
    first.save()
    with refused("The agreed date has moved since this was requested."):
        variations.decide(variation=first, approve=True, meeting=meeting, by=writer, at=NOW)


def test_a_month_waits_for_release_as_a_month(milestone, writer, police):
    entry = held_entries.hold_date(
        milestone=milestone, due_after=SUMMER, reason="So.", agency=police, by=writer, at=NOW
    )
    entry.refresh_from_db()
    assert (entry.after, entry.asks) == (
        SUMMER,
        "Move “Brochure printed” to July–September 2010",
    )
    approver = SeatFactory(agency=police, role=Seat.Role.APPROVER).user
    assert held_entries.release(entry=entry, by=approver, at=NOW).after == SUMMER


def test_a_return_holds_a_quarter_until_it_takes_effect(milestone, writer, police, plan):
    of_return = ReturnFactory(round=RoundFactory(plan=plan), agency=police)
    said = milestone_answers.answer(
        of_return=of_return, milestone=milestone, version=1, outcome="not_yet", day=SUMMER,
        by=writer, on=TODAY, at=NOW, **FULL,
    )  # fmt: skip
    said.refresh_from_db()
    assert said.when == SUMMER
    milestone_answers.take_effect(of_return, by=writer, on=TODAY, at=NOW)
    milestone.refresh_from_db()
    assert milestone.forecast == SUMMER


# --- what is shown ------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_the_history_tells_of_months_and_of_the_same_day_known_better(milestone, writer, police):
    move(milestone, writer, SUMMER, **FULL)
    move(milestone, writer, SUMMER.last_day)
    move(milestone, writer, NEXT_JUNE)
    ask(milestone, writer, police, NEXT_JUNE)
    told = [entry.what for entry in item_history(milestone.item)]
    name = "“Brochure printed”"
    assert told[:8] == [
        "requested variation V1, to move a date from June 2010 to June 2011.",
        f"recorded that {name} slipped again, from 30 September 2010 to June 2011.",
        f"moved the forecast of {name} from 30 September 2010 to June 2011.",
        f"recorded that {name} is now expected on 30 September 2010.",
        f"changed the forecast of {name} from July–September 2010 to 30 September 2010.",
        "recorded a mitigation: “Ask again.”.",
        f"recorded a delay to {name} (funding): from June 2010 to July–September 2010.",
        f"moved the forecast of {name} from June 2010 to July–September 2010.",
    ]
    scope, dates = Scope(item=milestone.item.pk), Wanted(field=Field.DATES)
    assert f"entered the milestone {name}, due in June 2010." in told
    found = [entry.what for entry in history_page(scope, Reader(), dates).entries]
    assert found == [what for what in told if "the forecast" in what or "entered the mil" in what]


def test_a_month_is_no_day_on_the_desk_and_in_the_calendar(milestone, writer, police, plan):
    for on, when in (
        (date(2010, 6, 27), "Due in June 2010"),
        (date(2010, 7, 3), "Overdue by three days"),
    ):
        (line,) = desk.lines_for(writer, on)
        assert (line.when, line.is_late) == (when, on > JUNE.last_day)
    milestone.forecast = SUMMER
    milestone.save()
    feed = CalendarFeed(plan=plan, agency=police)
    event, later = due_calendar.entries_of(due_calendar.Owing.of_feed(feed), TODAY)
    assert (event.day, event.title) == (JUNE.last_day, "Brochure printed (due in June 2010)")
    assert (later.day, later.title) == (
        SUMMER.last_day,
        "Brochure printed (agreed for June 2010, now expected July to September 2010)",
    )
    assert event.text.splitlines()[1] == "Forecast: July to September 2010"


# --- pages --------------------------------------------------------------------------------------


def test_the_milestones_page_takes_a_quarter_and_keeps_what_was_typed(browser, milestone):
    address = milestone.get_absolute_url()
    said = {"act": "move", "move-version": 1, "move-forecast_due": "May to July 2011"}
    answer = browser.post(address, said)
    assert answer.context["acted"].errors["forecast_due"] == [
        "A quarter is January to March, April to June, July to September or October to December."
    ]
    assert 'value="May to July 2011"' in answer.text
    said |= {f"move-{name}": text for name, text in FULL.items()}
    said |= {"move-forecast_due": "q3 2010", "move-owner_agency": milestone.responsible_agency_id}
    assert browser.post(address, said).status_code == 302
    milestone.refresh_from_db()
    assert milestone.forecast == SUMMER


def test_the_request_begins_with_the_forecast_and_takes_a_month(browser, milestone):
    milestone.forecast = SUMMER
    milestone.save()
    item = milestone.item
    address = reverse("variations:request-date", args=[item.plan.slug, item.number, 1])
    assert 'value="July to September 2010"' in browser.get(address).text
    said = {"version": 1, "due_after": "July 2012", "reason": "The law comes late."}
    answer = browser.post(address, said)
    assert "The plan ends on 30 June 2012." in str(answer.context["form"].errors["due_after"])
    assert "The date is after the plan’s end" in answer.text


def test_the_return_keeps_a_month_as_it_was_typed(browser, milestone, police, plan):
    of_return = ReturnFactory(round=RoundFactory(plan=plan), agency=police)
    where = [plan.slug, of_return.round.pk, police.pk]
    step = f"m{milestone.pk}"
    said = {"milestone": milestone.pk, f"{step}-version": 1, f"{step}-outcome": "not_yet"}
    said |= {f"{step}-{name}": text for name, text in FULL.items()}
    said |= {f"{step}-forecast_due": "sept 2010", f"{step}-answer_version": 0}
    address = reverse("returns:save", args=[*where, milestone.item.number])
    assert browser.post(address, said, headers={"accept": "application/json"}).status_code == 200
    answer = milestone.answers.get()
    assert str(answer.when) == "September 2010"
    page = browser.get(reverse("returns:detail", args=where)).text
    text = " ".join(page.split())
    assert "Now expected September 2010. </p> <p><strong>Cause:</strong> Funding." in text


# --- workbooks ----------------------------------------------------------------------------------


def with_dates(**dates):
    sheets = deepcopy(small())
    sheets["Milestones"][0] |= {name.replace("_", " "): due for name, due in dates.items()}
    return file_of(sheets)


@pytest.mark.both_databases
def test_a_workbook_brings_months_and_quarters_and_takes_them_away():
    file = with_dates(Original_due="March 2010", Agreed_due="2010-03", Forecast_due="Q3 2010")
    import_workbook(file, name="plan.xlsx", at=NOW)
    milestone = Milestone.objects.get()
    march = KnownDate(date(2010, 3, 31), "month")
    assert (milestone.original, milestone.agreed, milestone.forecast) == (march, march, SUMMER)
    assert (milestone.delays.get().before, milestone.delays.get().after) == (march, SUMMER)
    kept = {(row.agreed, row.forecast) for row in (h.instance for h in milestone.history.all())}
    assert kept == {(march, march), (march, SUMMER)}

    exported = export_workbook(Plan.objects.get())
    sheet = openpyxl.load_workbook(BytesIO(exported))["Milestones"]
    row = dict(zip(*([cell.value for cell in row] for row in sheet.iter_rows()), strict=True))
    assert [row[name] for name in ("Original due", "Agreed due", "Forecast due")] == [
        "March 2010",
        "March 2010",
        "July to September 2010",
    ]


def test_an_import_changes_a_forecast_to_a_month_and_no_agreed_date():
    import_workbook(with_dates(), name="plan.xlsx", at=NOW)
    plan, later = Plan.objects.get(), NOW + timedelta(minutes=1)
    file = with_dates(Agreed_due="March 2010", Forecast_due="Sep 2010")
    outcome = import_workbook(file, name="plan.xlsx", at=later, plan=plan)
    assert [(row.heading, row.was, row.now) for row in outcome.to_decide] == [
        ("Agreed due", "31 March 2010", "March 2010")
    ]
    milestone = Milestone.objects.get()
    assert milestone.agreed_known_to == "day"
    assert (milestone.forecast_due, milestone.forecast_known_to) == (date(2010, 9, 30), "month")


def test_a_date_that_a_spreadsheet_shows_as_a_month_is_a_month():
    """Spreadsheets turn "September 2010" into the first of September, shown as Sep-10."""
    book = openpyxl.load_workbook(with_dates())
    cells = {cell.value: cell for cell in book["Milestones"][1]}
    due = book["Milestones"].cell(2, cells["Forecast due"].column)
    due.value, due.number_format = date(2010, 9, 1), "[$-1409]mmm\\-yy;@"
    file = BytesIO()
    book.save(file)
    file.seek(0)
    import_workbook(file, name="plan.xlsx", at=NOW)
    assert str(Milestone.objects.get().forecast) == "September 2010"
