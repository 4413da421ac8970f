"""Test composing a paper from the records on its date, with their versions as sources."""

from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.records import history
from reports.compose import compose
from reports.compose.facts import LastPaper, read_facts
from reports.document import DocumentError, Stage, from_json, to_json, words
from reports.drafting.cover import draft, other_members
from reports.models import BriefingKind, Clearance
from tests.factories import (
    AgencyFactory,
    AppointmentFactory,
    BriefingFactory,
    BriefingKindFactory,
    ClearanceFactory,
    DelayFactory,
    IssuedPaperFactory,
    MilestoneFactory,
    MitigationFactory,
    PlanFactory,
    ReturnFactory,
    RiskFactory,
    RoundFactory,
    UpdateFactory,
    UserFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.reports.in_memory import text_of
from workitems.models import Update

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

START, END, DATED = date(2009, 7, 31), date(2010, 7, 30), date(2010, 7, 30)
HEADINGS = ["Purpose", "Background", "Achievements", "Delay", "Mitigation", "Next steps"]


@contextmanager
def on(day):
    """Date the records made in the block on that day."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("Pacific/Auckland"))
    with time_machine.travel(noon, tick=False):
        yield


@pytest.fixture
def labour():
    return AgencyFactory(short_name="DoL", name="Department of Labour", name_mi="Te Tari Mahi")


@pytest.fixture
def plan(labour, police):
    AppointmentFactory(minister="Hon Dr Jonathan Coleman")
    return PlanFactory(
        title="Plan of Action to Prevent People Trafficking",
        coordinating_agency=labour,
        members=[police],
    )


@pytest.fixture
def item(plan, pillar):
    with on(date(2009, 8, 3)):
        return WorkItemFactory(
            plan=plan, pillar=pillar, number="1.1", title="Train staff", stage="under_way"
        )


@pytest.fixture
def round_of_2010(plan):
    return RoundFactory(plan=plan)


def briefing(plan, dated=DATED):
    return draft(
        plan, period_start=START, period_end=min(END, dated), dated=dated, tracker_number="10/96252"
    )


def section(document, heading):
    found = next(section for section in document.sections if section.heading == heading)
    return [text_of(paragraph) for paragraph in found.paragraphs]


def accepted(item, of_round, agency=None, accepted_on=date(2010, 7, 20), **texts):
    made = ReturnFactory(
        round=of_round,
        agency=agency or item.lead_agency,
        state="accepted",
        accepted_on=accepted_on,
    )
    return UpdateFactory(of_return=made, item=item, **texts)


# --- the whole paper ----------------------------------------------------------------------


def test_sections_are_in_order_and_paragraph_numbers_run_through_the_paper(plan, item):
    document = compose(briefing(plan))
    assert [section.heading for section in document.sections] == HEADINGS
    numbers = [paragraph.number for paragraph in document.paragraphs()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert [words(item.text) for item in document.recommendation.items] == [
        "the contents of this paper"
    ]
    assert document.recommendation.items[0].printed_options == ("noted",)


@pytest.mark.parametrize("count", [1, 3])
def test_composing_takes_the_same_queries_for_a_plan_of_any_size(
    plan, pillar, round_of_2010, count, django_assert_num_queries
):
    returned = ReturnFactory(round=round_of_2010, accepted=True)
    with on(date(2010, 5, 1)):
        for item in WorkItemFactory.create_batch(count, plan=plan, pillar=pillar):
            delay = DelayFactory(milestone=MilestoneFactory(item=item))
            MitigationFactory(delay=delay)
            UpdateFactory(of_return=returned, item=item, key_achievement="headline")
    paper = briefing(plan)
    # Minister, agencies, members, pillars; versions of updates and of the plan; updates and their returns;
    # milestones, delays, mitigations, items, supports and risks as at the date; those completed; the last paper, the
    # last answer and clearances; variations, terms, measures; whether there was an audit.
    with django_assert_num_queries(23):
        document = compose(paper)
    assert len(document.annexes[1].pillars[0].rows) == count


@pytest.mark.both_databases
def test_a_source_names_the_version_that_was_read(plan, item):
    with on(date(2010, 6, 1)):
        milestone = MilestoneFactory(item=item, original_due=date(2010, 12, 31))
    with on(date(2010, 9, 1)):
        milestone.forecast_due = date(2011, 6, 30)
        history.save(milestone, by=None, reason="The printer is late.")
    document = compose(briefing(plan))
    found = next(
        source
        for section in document.sections
        for paragraph in section.paragraphs
        for source in paragraph.sources
        if source.model == "workitems.milestone"
    )
    assert (found.pk, found.history_id) == (
        milestone.pk,
        milestone.history.earliest().history_id,
    )
    assert "31 December 2010" in "\n".join(section(document, "Next steps"))


def test_equal_records_give_equal_bytes_and_stable_keys(plan, item, round_of_2010):
    accepted(item, of_round=round_of_2010, key_achievement="yes")
    before = compose(briefing(plan))
    assert to_json(before) == to_json(compose(briefing(plan)))
    with on(date(2010, 7, 1)):
        WorkItemFactory(plan=plan, pillar=item.pillar, number="1.2")
    keys = {paragraph.key for paragraph in compose(briefing(plan)).paragraphs()}
    assert {paragraph.key for paragraph in before.paragraphs()} <= keys


def test_a_paper_without_a_minister_on_its_date_is_refused_with_the_reason(plan):
    with pytest.raises(DocumentError) as refusal:
        compose(briefing(plan, dated=date(2008, 10, 1)))
    assert str(refusal.value) == (
        "Nobody is recorded as Minister of Immigration on 1 October 2008. "
        "Enter the ministerial appointment, or correct the briefing’s date."
    )


def test_the_minister_is_the_one_who_held_the_portfolio_on_the_date(plan):
    plan.portfolio = "Minister of Police"
    AppointmentFactory(minister="Hon First", portfolio=plan.portfolio, to_on=date(2010, 7, 29))
    AppointmentFactory(minister="Hon Second", portfolio=plan.portfolio, from_on=date(2010, 7, 30))
    assert compose(briefing(plan)).cover.minister == "Hon Second"


# --- achievements -------------------------------------------------------------------------


LINES = st.text(st.sampled_from("aé .,:;*-•“”()!?\\_#<&\u200b\u202e\x07漢1"), max_size=30)


@settings(
    max_examples=min(60, settings.default.max_examples),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(LINES, max_size=6), st.sampled_from(["headline", "yes"]))
@pytest.mark.both_databases
def test_any_agency_text_is_printed_or_refused_with_a_message(
    plan, item, round_of_2010, lines, key
):
    update = Update.objects.first() or accepted(item, of_round=round_of_2010)
    texts = "\n".join(lines)
    Update.objects.filter(pk=update.pk).update(
        achieved=texts, planned_next=texts, key_achievement=key
    )
    try:
        document = compose(briefing(plan))
    except DocumentError as refusal:
        assert str(refusal).startswith("Update of item 1.1 by DoL, January to June 2010: ")
    else:
        assert from_json(to_json(document)) == document


@pytest.mark.parametrize(
    ("accepted_on", "period_end", "is_quoted"),
    [
        (date(2010, 7, 30), date(2010, 7, 30), True),
        (date(2010, 7, 31), date(2010, 6, 30), False),  # accepted after the paper's date
        (date(2009, 8, 20), date(2009, 7, 30), False),  # last year's round
        (date(2009, 9, 20), date(2009, 8, 31), False),  # a round that mostly lies in last year
        (date(2010, 7, 20), date(2010, 9, 30), False),  # a round that ends later
    ],
)
def test_only_updates_of_the_period_accepted_by_the_date_are_quoted(
    plan, item, accepted_on, period_end, is_quoted
):
    made = RoundFactory(plan=plan, period_start=date(2009, 1, 1), period_end=period_end)
    accepted(
        item,
        of_round=made,
        accepted_on=accepted_on,
        key_achievement="yes",
        achieved="It is printed.",
    )
    said = "\n".join(section(compose(briefing(plan)), "Achievements"))
    assert ("it is printed." in said) is is_quoted


# --- as at the date -----------------------------------------------------------------------


def test_changes_after_the_papers_date_are_left_out(plan, item):
    with on(date(2010, 6, 1)):
        milestone = MilestoneFactory(
            item=item, description="Brochure printed", original_due=date(2010, 9, 30)
        )
    with on(date(2010, 9, 1)):
        item.stage, item.completed_on = "complete", date(2010, 9, 1)
        history.save(item, by=None)
        milestone.completed_on = date(2010, 9, 1)
        history.save(milestone, by=None)
        WorkItemFactory(plan=plan, pillar=item.pillar, number="1.9")
    before = compose(briefing(plan))
    rows = before.annexes[1].pillars[0].rows
    assert [(row.number, row.stage) for row in rows] == [("1.1", Stage.UNDER_WAY)]
    assert rows[0].milestones[0].completed_on is None
    after = compose(briefing(plan, dated=date(2010, 9, 2)))
    rows = after.annexes[1].pillars[0].rows
    assert [(row.number, row.stage) for row in rows] == [
        ("1.1", Stage.COMPLETE),
        ("1.9", Stage.NOT_STARTED),
    ]
    assert rows[0].standing == "Completed 1 September 2010"


def test_the_later_of_two_versions_of_one_moment_is_used(plan, item):
    with on(date(2010, 6, 1)):
        item.stage = "ongoing"
        history.save(item, by=None)
        item.stage = "under_way"
        history.save(item, by=None)
    assert len(compose(briefing(plan)).annexes[1].pillars[0].rows) == 1
    assert compose(briefing(plan)).annexes[1].pillars[0].rows[0].stage == Stage.UNDER_WAY


# --- risks --------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_open_risks_escalated_to_the_minister_are_included(plan):
    with on(date(2010, 5, 1)):
        raised = {"escalated_to": "minister", "escalated_on": date(2010, 5, 1)}
        risk = RiskFactory(plan=plan, number=1, response="Train more of them", **raised)
        RiskFactory(
            plan=plan, number=2, description="It rains.", closed_on=date(2010, 6, 1), **raised
        )
        RiskFactory(plan=plan, number=3, description="It snows.")
        lowered = RiskFactory(plan=plan, number=4, description="It is cold.", **raised)
    with on(date(2010, 6, 1)):
        lowered.escalated_to = "group"
        history.save(lowered, by=None, reason="It is warm.")
    document = compose(briefing(plan))
    assert section(document, "Next steps")[0] == (
        "One risk raised with you remains open. Trained staff leave. DoL plans to train more of them."
    )
    paragraphs = next(each for each in document.sections if each.heading == "Next steps").paragraphs
    assert [(source.model, source.pk, source.history_id) for source in paragraphs[0].sources] == [
        ("workitems.risk", risk.pk, risk.history.get().history_id)
    ]


# --- the last paper, withdrawals, what waits ----------------------------------------------


def issued_paper(plan, dated, **others):
    """Issue a paper on the plan at the end of its date."""
    earlier = BriefingFactory(
        plan=plan, dated=dated, period_end=dated, period_start=dated.replace(month=1, day=1),
        state="with_minister", **others,
    )  # fmt: skip
    at = datetime(dated.year, dated.month, dated.day, 20, tzinfo=ZoneInfo("Pacific/Auckland"))
    return IssuedPaperFactory(briefing=earlier, authorised_at=at)


def test_the_last_paper_is_compared_as_its_records_were(plan, item, django_assert_num_queries):
    with on(date(2010, 2, 1)):
        milestone = MilestoneFactory(item=item, original_due=date(2010, 3, 31))
    issued_paper(plan, date(2010, 4, 30))
    with on(date(2010, 5, 20)):
        milestone.completed_on = date(2010, 5, 20)
        history.save(milestone, by=None)
    issued_paper(plan, date(2010, 8, 30))  # later
    paper = briefing(plan)
    with django_assert_num_queries(23 + 5):
        facts = read_facts(paper)
    assert facts.last_paper == LastPaper(
        date(2010, 4, 30), complete=0, late=1, late_items=frozenset({item.pk})
    )


def test_a_paper_of_another_kind_is_not_the_last_one(plan, item):
    annual, other = BriefingKindFactory.create_batch(2, plan=plan)
    issued_paper(plan, date(2010, 3, 31), kind=annual)
    issued_paper(plan, date(2010, 4, 30), kind=other)
    paper = briefing(plan)
    assert read_facts(paper).last_paper.dated == date(2010, 4, 30)
    paper.kind = annual
    assert read_facts(paper).last_paper.dated == date(2010, 3, 31)
    issued_paper(plan, date(2010, 5, 31), kind=annual)
    assert read_facts(paper).last_paper.dated == date(2010, 5, 31)


def test_a_kind_says_how_many_words_its_papers_have(plan):
    paper = briefing(plan)
    assert read_facts(paper).most_words == BriefingKind.USUAL_WORDS
    paper.kind = BriefingKindFactory(plan=plan, most_words=600)
    assert read_facts(paper).most_words == 600


@pytest.mark.parametrize(
    ("decided", "is_mentioned"),
    [
        (date(2009, 7, 30), False),
        (date(2009, 7, 31), True),
        (date(2010, 7, 30), True),
        (date(2010, 7, 31), False),
    ],
)
def test_the_reason_of_a_withdrawal_decided_in_the_period_is_read(
    plan, item, decided, is_mentioned, django_assert_num_queries
):
    with on(date(2010, 1, 4)):
        item.stage = "withdrawn"
        history.save(item, by=None)
    with on(decided):
        row = VariationFactory(
            approved=True, kind="withdrawal", milestone=None, item=item, plan=plan,
            due_before=None, due_after=None, reason="It is done elsewhere.",
            decided_at=timezone.now(),
        )  # fmt: skip
    paper = briefing(plan)
    with django_assert_num_queries(23):
        facts = read_facts(paper)
    found = {pk: (each.reason, each.decided_on) for pk, each in facts.withdrawals.items()}
    assert found == ({item.pk: (row.reason, decided)} if is_mentioned else {})


@pytest.mark.parametrize(
    ("state", "submitted", "waits"),
    [
        ("due", None, False),
        ("submitted", date(2010, 7, 29), True),
        ("submitted", date(2010, 7, 31), False),  # after the paper's date
        ("accepted", date(2010, 7, 29), True),  # accepted after it
    ],
)
def test_an_update_that_was_submitted_and_not_accepted_yet_makes_earlier_ones_old(
    plan, item, round_of_2010, state, submitted, waits
):
    noon = submitted and datetime(submitted.year, submitted.month, submitted.day, 2, tzinfo=UTC)
    returned = ReturnFactory(
        round=round_of_2010, state=state, submitted_at=noon,
        accepted_on=date(2010, 8, 2) if state == "accepted" else None,
    )  # fmt: skip
    UpdateFactory(of_return=returned, item=item)
    facts = read_facts(briefing(plan))
    assert facts.updates == {}
    assert facts.answered_since == ({item.pk: submitted} if waits else {})


# --- annexes and cover --------------------------------------------------------------------


def test_the_table_lists_items_in_natural_order(plan, pillar):
    with on(date(2009, 8, 3)):
        for number in ("1.10", "1.2", "1.1"):
            WorkItemFactory(plan=plan, pillar=pillar, number=number)
    table = compose(briefing(plan)).annexes[1]
    assert [row.number for row in table.pillars[0].rows] == ["1.1", "1.2", "1.10"]
    assert [row.standing for row in table.pillars[0].rows] == ["Cannot be judged"] * 3


def test_the_timeline_fits_its_page_and_says_what_it_leaves_out(plan, item):
    with on(date(2009, 8, 3)):
        for number in range(1, 31):
            MilestoneFactory(
                item=item,
                number=number,
                original_due=date(2011, 1, number),
                forecast_due=date(2011, 3, 1) if number == 30 else date(2011, 1, number),
            )
    picture = compose(briefing(plan)).annexes[0]
    assert len(picture.timeline) == 24
    assert picture.note == (
        "24 of 30 milestones: those that have slipped most, and those due next. "
        "“Later” and “earlier” count from the date first promised."
    )
    slips = [row.milestone.slip for row in picture.timeline]
    assert slips == [0] * 23 + [30]


@pytest.mark.both_databases
def test_other_members_are_those_that_exist_on_the_papers_date(plan, police):
    later = AgencyFactory(short_name="MBIE", valid_from=date(2012, 7, 1))
    gone = AgencyFactory(short_name="Gone", valid_to=date(2010, 1, 1))
    for agency in (later, gone):
        plan.members.create(agency=agency)
    assert other_members(plan, DATED) == ["Police"]


def test_agencies_that_were_asked_are_listed_before_those_named_on_the_cover(plan, police):
    paper = BriefingFactory(plan=plan, agencies_consulted="Treasury, police; N/A")
    assert compose(paper).cover.agencies_consulted == ("Treasury", "police", "N/A")
    ClearanceFactory(briefing=paper, agency=police)
    ClearanceFactory(briefing=paper, agency=AgencyFactory(short_name="ACC"), is_withdrawn=True)
    assert compose(paper).cover.agencies_consulted == ("Police", "Treasury")


@pytest.mark.both_databases
def test_an_agency_that_does_not_concur_is_on_the_cover_and_its_reason_in_an_annex(plan, police):
    paper = BriefingFactory(plan=plan)
    row = ClearanceFactory(briefing=paper, agency=police, concurs=True)
    assert compose(paper).cover.not_concurring == ()
    assert [annex.heading for annex in compose(paper).annexes][-1] != "Who was consulted"
    Clearance.objects.filter(pk=row.pk).update(answer="dissents", words="Not\r\nfunded.")
    found = compose(paper)
    assert found.cover.not_concurring == ("Police",)
    (row,) = found.annexes[-1].rows
    assert (row.answer, words(row.text)) == ("Does not concur", "Not funded.")


def test_what_came_with_a_plan_stands_before_the_answers_of_a_round(plan, item):
    """The spreadsheet may end on a later day than the round."""
    asked = RoundFactory(plan=plan, opened_by=UserFactory())
    came = RoundFactory(
        plan=plan,
        name="Sheet",
        period_end=date(2010, 7, 5),
        closed_at=datetime(2010, 7, 5, tzinfo=UTC),
    )
    for of in (came, asked):
        given = ReturnFactory(round=of, agency=item.lead_agency, accepted=True)
        UpdateFactory(of_return=given, item=item, achieved=of.name)
    found = read_facts(draft(plan, period_start=START, period_end=END, dated=DATED))
    assert [each.achieved for each in found.updates[item.pk]] == [came.name, asked.name]
    assert found.last_round == asked.period_end
