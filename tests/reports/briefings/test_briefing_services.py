"""Test the services of briefings and the database's constraints."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from agencies.models import Seat
from reports.briefings import services
from reports.briefings.services import COVER_FIELDS
from reports.checks.material import missing_returns
from reports.compose.facts import read_facts
from reports.drafting.cover import before_in_words, draft, next_period, rounds_in_words
from reports.models import Briefing
from tests.factories import (
    AgencyFactory,
    AppointmentFactory,
    BriefingFactory,
    MemberFactory,
    OfficeSeatFactory,
    PlanFactory,
    ReturnFactory,
    RoundFactory,
    SeatFactory,
    UserFactory,
    WorkItemFactory,
)
from workitems.plan.services import Conflict, Refused

pytestmark = pytest.mark.django_db

NOW = datetime(2010, 7, 30, tzinfo=UTC)
COVER = {
    "title": "Progress on the Plan",
    "tracker_number": "10/96252",
    "period_start": date(2009, 7, 31),
    "period_end": date(2010, 7, 30),
    "dated": date(2010, 7, 30),
    "contact_name": "Business Advisor",
    "manager_name": "Group Manager",
}


@pytest.fixture
def coordinator():
    return UserFactory(name="Coordinator")


@pytest.fixture
def plan():
    return PlanFactory(
        title="Plan of Action to Prevent People Trafficking",
        coordinating_agency__short_name="DoL",
        coordinating_agency__name="Department of Labour",
        copied_to="Hon A, Associate Minister; Hon B",
    )


def create(plan, by, **changes):
    return services.create_briefing(plan=plan, by=by, at=NOW, **{**COVER, **changes})


def test_a_new_briefing_records_its_author(plan, coordinator):
    briefing = create(plan, coordinator, deadline=date(2010, 8, 31))
    briefing.refresh_from_db()
    assert (briefing.plan, briefing.created_by, briefing.created_at) == (plan, coordinator, NOW)
    assert {name: getattr(briefing, name) for name in COVER} == COVER
    assert briefing.deadline == date(2010, 8, 31)
    assert [(row.history_type, row.history_actor) for row in briefing.history.all()] == [
        ("+", "Coordinator")
    ]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        (
            {"period_end": date(2009, 7, 31)},
            None,
            "The period ends before it begins.",
        ),
        (
            {"dated": date(2010, 7, 29)},
            None,
            "Date the briefing on or after the last day that it reports on.",
        ),
        (
            {"marking": "SECRET"},
            "marking",
            "This service holds papers up to SENSITIVE. Anything higher belongs elsewhere.",
        ),
        ({"manager_name": ""}, "manager_name", "This field cannot be blank."),
        (
            {"title": "x" * 251},
            "title",
            "Ensure this value has at most 250 characters (it has 251).",
        ),
    ],
)
def test_an_incomplete_cover_is_refused(plan, coordinator, changes, field, sentence):
    with pytest.raises(Refused) as refusal:
        create(plan, coordinator, **changes)
    assert (refusal.value.field, str(refusal.value)) == (field, sentence)
    assert Briefing.objects.count() == 0


def test_a_tracker_number_is_unique_across_plans(plan, coordinator):
    create(plan, coordinator)
    with pytest.raises(Refused) as refusal:
        create(PlanFactory(), coordinator)
    assert (refusal.value.field, str(refusal.value)) == (
        "tracker_number",
        "Another briefing has this tracker number.",
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"marking": "TOP SECRET"},
        {"period_end": date(2009, 7, 31)},
        {"dated": date(2010, 7, 29)},
        {"tracker_number": "10/96252"},
    ],
)
def test_the_database_refuses_what_the_service_refuses(plan, coordinator, changes):
    create(plan, coordinator)
    other = Briefing(plan=plan, created_at=NOW, **{**COVER, "tracker_number": "10/2", **changes})
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save()


def test_a_field_that_is_not_on_the_cover_is_a_type_error(plan, coordinator):
    with pytest.raises(TypeError):
        create(plan, coordinator, version=7)


def test_a_changed_cover_keeps_its_history(plan, coordinator):
    briefing = create(plan, coordinator)
    changed = services.change_cover(
        briefing=briefing, version=1, by=coordinator, tracker_number="10/96253"
    )
    assert (changed.tracker_number, changed.version) == ("10/96253", 2)
    kept = [row.tracker_number for row in briefing.history.order_by("history_id")]
    assert kept == ["10/96252", "10/96253"]


def test_saving_an_unchanged_cover_writes_nothing(plan, coordinator):
    briefing = create(plan, coordinator)
    services.change_cover(briefing=briefing, version=1, by=coordinator, **COVER)
    assert (Briefing.objects.get().version, briefing.history.count()) == (1, 1)


def test_the_second_of_two_changes_is_a_conflict_with_the_current_row(plan, coordinator):
    briefing = create(plan, coordinator)
    services.change_cover(briefing=briefing, version=1, by=coordinator, title="Theirs")
    with pytest.raises(Conflict) as conflict:
        services.change_cover(briefing=briefing, version=1, by=coordinator, title="Mine")
    assert (conflict.value.current.title, conflict.value.current.version) == ("Theirs", 2)
    assert Briefing.objects.get().title == "Theirs"


# --- values of a new briefing -------------------------------------------------------------


def start(plan, dated=date(2010, 7, 30)):
    return draft(plan, period_start=date(2009, 7, 31), period_end=dated, dated=dated)


def test_the_first_draft_is_filled_in_from_the_plan(plan):
    found = start(plan)
    assert found.title == "Progress on the Plan of Action to Prevent People Trafficking"
    assert found.copied_to == "Hon A, Associate Minister\nHon B"
    assert found.agencies_consulted == ""
    assert found.contact_name == ""
    assert found.contact_role == "Plan coordinator, Department of Labour"
    assert found.manager_name == "Authorising manager, Department of Labour"
    assert (found.marking, found.deadline, found.for_referral_to) == ("UNCLASSIFIED", None, "")


def test_the_authorising_manager_is_the_holder_of_the_seat_on_the_date(plan):
    for name, begins, ends in (
        ("First manager", date(2009, 1, 1), date(2010, 7, 29)),
        ("Second manager", date(2010, 7, 30), None),
    ):
        SeatFactory(
            user__name=name,
            agency=plan.coordinating_agency,
            role=Seat.Role.AUTHORISING_MANAGER,
            from_on=begins,
            to_on=ends,
        )
    assert start(plan, date(2010, 7, 29)).manager_name == "First manager"
    assert start(plan, date(2010, 7, 30)).manager_name == "Second manager"


def test_a_later_draft_copies_the_last_cover_and_starts_after_its_period(plan, coordinator):
    create(
        plan,
        coordinator,
        marking="IN CONFIDENCE",
        deadline=date(2010, 8, 31),
        on_behalf_of="Secretary of Labour",
        title="A title for one year",
    )
    begins, ends, dated = next_period(plan, date(2011, 9, 1))
    assert (begins, ends, dated) == (date(2010, 7, 31), date(2011, 7, 30), date(2011, 9, 1))
    found = draft(plan, period_start=begins, period_end=ends, dated=dated)
    assert (found.marking, found.on_behalf_of) == ("IN CONFIDENCE", "Secretary of Labour")
    assert found.manager_name == "Group Manager"
    # A deadline, a number and a title belong to one paper.
    assert (found.deadline, found.tracker_number) == (None, "")
    assert found.title == "Progress on the Plan of Action to Prevent People Trafficking"


@pytest.mark.parametrize(
    ("today", "end", "dated"),
    [
        (date(2010, 1, 1), date(2010, 1, 1), date(2010, 1, 1)),
        (date(2010, 7, 30), date(2010, 7, 30), date(2010, 7, 30)),
        (date(2010, 9, 1), date(2010, 7, 30), date(2010, 9, 1)),
        # Nothing has passed yet, so it is the coming year.
        (date(2009, 7, 31), date(2010, 7, 30), date(2010, 7, 30)),
    ],
)
def test_the_first_period_is_the_elapsed_part_of_the_plans_first_year(plan, today, end, dated):
    assert next_period(plan, today) == (date(2009, 7, 31), end, dated)


def reported(plan, end, state="accepted"):
    """Add a closed round that ends on a day, with a return."""
    row = RoundFactory(
        plan=plan,
        name=f"To {end:%B %Y}",
        period_start=date(end.year, 1, 1),
        period_end=end,
        closed_at=NOW,
    )
    at = {"submitted_at": NOW, "accepted_on": date(2010, 9, 1)} if state == "accepted" else {}
    ReturnFactory(round=row, state=state, **at)
    return row


def test_the_period_ends_with_the_last_round_that_has_an_accepted_return(plan):
    reported(plan, date(2010, 8, 31))
    reported(plan, date(2010, 9, 30), state="due")
    assert next_period(plan, date(2010, 9, 1)) == (
        *(date(2010, 1, 1), date(2010, 8, 31), date(2010, 9, 1)),
    )


def test_a_paper_never_reports_on_two_years_unless_asked(plan):
    reported(plan, date(2011, 6, 30))
    assert next_period(plan, date(2011, 9, 1)) == (
        *(date(2011, 1, 1), date(2011, 6, 30), date(2011, 9, 1)),
    )
    for begins, ends in (
        (date(2009, 7, 31), date(2010, 6, 30)),
        (date(2010, 7, 1), date(2010, 12, 31)),
    ):
        row = reported(plan, ends)
        row.period_start = begins
        row.save()
    assert next_period(plan, date(2011, 9, 1)) == (
        *(date(2010, 7, 1), date(2011, 6, 30), date(2011, 9, 1)),
    )


def test_after_a_briefing_on_less_than_a_year_the_period_is_the_year(plan):
    BriefingFactory(plan=plan, period_start=date(2009, 7, 31), period_end=date(2010, 7, 30))
    period = {"period_start": date(2010, 7, 31), "period_end": date(2010, 12, 31)}
    BriefingFactory(plan=plan, **period, dated=date(2011, 1, 10))
    reported(plan, date(2011, 6, 30))
    assert next_period(plan, date(2011, 6, 20)) == (
        *(date(2010, 7, 1), date(2011, 6, 30), date(2011, 6, 30)),
    )


@pytest.mark.parametrize("ends", [date(2010, 9, 30), date(2010, 10, 5)])
def test_after_a_draft_on_the_year_to_today_the_period_is_that_year_again(plan, ends):
    period = {"period_start": date(2009, 10, 1), "period_end": ends}
    BriefingFactory(plan=plan, **period, dated=ends)
    assert next_period(plan, date(2010, 9, 30)) == (
        *(date(2009, 10, 1), date(2010, 9, 30), date(2010, 9, 30)),
    )


@pytest.mark.parametrize(
    ("today", "end", "dated"),
    [
        (date(2011, 3, 1), date(2011, 3, 1), date(2011, 3, 1)),
        # As soon as the paper on the year is signed, the coming year.
        (date(2010, 7, 31), date(2011, 7, 30), date(2011, 7, 30)),
    ],
)
def test_after_a_signed_paper_on_a_year_the_period_begins_on_the_next_day(plan, today, end, dated):
    paper = BriefingFactory(
        plan=plan,
        period_start=date(2009, 7, 31),
        period_end=date(2010, 7, 30),
        dated=date(2010, 8, 2),
    )
    Briefing.objects.filter(pk=paper.pk).update(state="closed")
    # A draft on a part of the next year changes nothing.
    part = {"period_start": date(2010, 7, 31), "period_end": date(2010, 12, 31)}
    BriefingFactory(plan=plan, **part, dated=date(2011, 1, 10))
    assert next_period(plan, today) == (date(2010, 7, 31), end, dated)


def test_the_year_does_not_begin_before_the_plan(plan):
    period = {"period_start": date(2009, 7, 31), "period_end": date(2009, 12, 31)}
    BriefingFactory(plan=plan, **period, dated=date(2010, 1, 10))
    assert next_period(plan, date(2010, 5, 31)) == (
        *(date(2009, 7, 31), date(2010, 5, 31), date(2010, 5, 31)),
    )


def test_a_sentence_says_what_came_before_a_new_briefing(plan, coordinator):
    assert before_in_words(plan) == (
        "This is the plan’s first briefing. The plan was released on 31 July 2009."
    )
    create(plan, coordinator)
    says = "The last briefing, which is not issued, reports to 30 July 2010. An interim report begins after it."
    assert before_in_words(plan) == says
    plan.briefings.update(state=Briefing.State.CLOSED)
    says = "The last briefing reports to 30 July 2010. An interim report begins after it."
    assert before_in_words(plan) == says
    # One dated earlier that reports further is the last.
    plan.briefings.update(dated=date(2010, 12, 9))
    period = {"period_start": date(2010, 7, 31), "period_end": date(2010, 8, 31)}
    BriefingFactory(plan=plan, dated=date(2010, 9, 1), **period)
    says = "The last briefing, which is not issued, reports to 31 August 2010. An interim report begins after it."
    assert before_in_words(plan) == says


def test_a_sentence_says_which_rounds_a_period_has_and_leaves_out(plan):
    period = date(2009, 7, 31), date(2010, 7, 30)
    assert rounds_in_words(plan, *period) == "No round of reports ends in this period."
    reported(plan, date(2010, 6, 30))
    reported(plan, date(2010, 9, 30), state="due")
    assert rounds_in_words(plan, *period) == "This period has the reports of “To June 2010”."
    reported(plan, date(2010, 8, 31))
    assert rounds_in_words(plan, *period) == (
        "This period has the reports of “To June 2010”. It leaves out “To August 2010”, though returns of it are "
        "accepted."
    )


def test_a_round_with_a_month_in_the_period_is_told_of_and_a_shorter_one_only_if_it_is_alone(plan):
    begins, ends = date(2010, 10, 1), date(2010, 12, 31)
    AppointmentFactory(portfolio=plan.portfolio)
    paper = BriefingFactory(plan=plan, period_start=begins, period_end=ends, dated=ends)

    def told():
        missing = [row.round.name for row in missing_returns(paper)]
        return rounds_in_words(plan, begins, ends), missing, read_facts(paper).last_round

    def missed(end):
        agency = reported(plan, end, state="due").returns.get().agency
        WorkItemFactory(plan=plan, lead_agency=agency)

    missed(date(2010, 10, 20))
    assert told() == (
        *("This period has the reports of “To October 2010”.", ["To October 2010"]),
        date(2010, 10, 20),
    )
    missed(ends)
    assert told() == (
        "This period has the reports of “To December 2010”.", ["To December 2010"], ends,
    )  # fmt: skip


def test_the_period_of_a_withdrawn_briefing_is_proposed_again(plan, coordinator):
    create(plan, coordinator)
    Briefing.objects.update(state="withdrawn")
    begins, *_ = next_period(plan, date(2011, 9, 1))
    assert begins == date(2009, 7, 31)


def test_every_field_that_a_cover_prints_can_be_changed():
    kept_by_the_service = {"id", "plan", "created_by", "created_at", "version"}
    # Drafting and states have separate services.
    kept_by_the_service |= {
        "kind",
        "annexes",
        "shared_words",
        "is_tight",
        "state",
        "correction_note",
    }
    columns = {field.name for field in Briefing._meta.concrete_fields}
    assert columns - kept_by_the_service == set(COVER_FIELDS)


def test_drafts_are_visible_to_those_who_write_and_authorise_them(plan, coordinator):
    briefing = create(plan, coordinator)
    seen = {}
    for role in set(Seat.Role) - {Seat.Role.MINISTERS_OFFICE}:
        user = SeatFactory(agency=plan.coordinating_agency, role=role).user
        seen[role.value] = list(Briefing.objects.visible_to(user))
    assert {role for role, found in seen.items() if found == [briefing]} == {
        "coordinator",
        "authorising_manager",
    }
    assert list(Briefing.objects.visible_to(OfficeSeatFactory().user)) == []
    member = AgencyFactory()
    MemberFactory(plan=plan, agency=member)
    elsewhere = SeatFactory(agency=member, role=Seat.Role.COORDINATOR).user
    assert list(Briefing.objects.visible_to(elsewhere)) == []


def test_history_of_a_briefing_cannot_be_rewritten(plan, coordinator):
    briefing = create(plan, coordinator)
    with pytest.raises(IntegrityError), transaction.atomic():
        briefing.history.update(title="Another")


def test_several_briefings_may_wait_for_their_tracker_number(plan, coordinator):
    first, second = (create(plan, coordinator, tracker_number="") for _ in range(2))
    assert (first.tracker_number, second.tracker_number) == ("", "")
    assert (first.name, first.reference) == ("Progress on the Plan", "No tracker number yet")
    numbered = services.change_cover(
        briefing=second, version=1, by=coordinator, tracker_number="10/1"
    )
    assert (numbered.name, numbered.reference) == ("10/1", "10/1")
    with pytest.raises(Refused, match="Another briefing has this tracker number."):
        services.change_cover(briefing=first, version=1, by=coordinator, tracker_number="10/1")


@pytest.mark.parametrize("state", Briefing.State)
def test_the_database_holds_a_number_for_what_is_authorised(plan, coordinator, state):
    briefing = create(plan, coordinator, tracker_number="")
    rows = Briefing.objects.filter(pk=briefing.pk)
    if state in (*Briefing.OPEN, Briefing.State.WITHDRAWN):
        assert rows.update(state=state) == 1
        return
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(state=state)


def test_a_paper_that_is_corrected_keeps_its_number(plan, coordinator):
    briefing = create(plan, coordinator)
    Briefing.objects.filter(pk=briefing.pk).update(correction_note="A name.")
    with pytest.raises(Refused, match="keeps its tracker number") as refusal:
        services.change_cover(briefing=briefing, version=1, by=coordinator, tracker_number="")
    assert refusal.value.field == "tracker_number"
    with pytest.raises(IntegrityError), transaction.atomic():
        Briefing.objects.filter(pk=briefing.pk).update(tracker_number="")
