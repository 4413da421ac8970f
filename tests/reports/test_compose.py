"""Test composing a paper from the records on its date, with their versions as sources."""

from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies import history
from reports.compose import compose
from reports.document import DocumentError, Stage, from_json, to_json, words
from reports.drafting.cover import draft, other_members
from reports.models import Clearance
from tests.factories import (
    AgencyFactory,
    AppointmentFactory,
    BriefingFactory,
    ClearanceFactory,
    DelayFactory,
    MilestoneFactory,
    MitigationFactory,
    PillarFactory,
    PlanFactory,
    ReturnFactory,
    RiskFactory,
    RoundFactory,
    UpdateFactory,
    WorkItemFactory,
)
from workitems.models import Update

pytestmark = pytest.mark.django_db

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
def police():
    return AgencyFactory(short_name="Police", name="New Zealand Police")


@pytest.fixture
def plan(labour, police):
    AppointmentFactory(minister="Hon Dr Jonathan Coleman")
    return PlanFactory(
        title="Plan of Action to Prevent People Trafficking",
        coordinating_agency=labour,
        members=[police],
    )


@pytest.fixture
def pillar(plan):
    return PillarFactory(plan=plan, number=1, title="Prevention")


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


def text_of(paragraph):
    """Return the paragraph's text with its bullets, one line each."""
    lines = [words(paragraph.text)]
    for bullet in paragraph.bullets:
        lines.append("- " + words(bullet.text))
        lines += ["  - " + words(inner.text) for inner in bullet.bullets]
    return "\n".join(lines)


def section(document, heading):
    found = next(section for section in document.sections if section.heading == heading)
    return [text_of(paragraph) for paragraph in found.paragraphs]


def accepted(item, *, on_day=date(2010, 7, 20), of_round, agency=None, **said):
    made = ReturnFactory(
        round=of_round,
        agency=agency or item.lead_agency,
        state="accepted",
        accepted_on=on_day,
    )
    return UpdateFactory(of_return=made, item=item, **said)


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
    # milestones, delays, mitigations, items, supports and risks as at the date.
    with django_assert_num_queries(16):
        document = compose(paper)
    assert len(document.annexes[1].pillars[0].rows) == count


def test_every_paragraph_of_the_sections_has_its_sources(plan, item, round_of_2010):
    accepted(item, of_round=round_of_2010, key_achievement="yes")
    document = compose(briefing(plan))
    bare = [p.number for section in document.sections for p in section.paragraphs if not p.sources]
    assert bare == []


def test_a_source_names_the_version_that_was_read(plan, item):
    with on(date(2010, 6, 1)):
        milestone = MilestoneFactory(item=item, original_due=date(2011, 3, 31))
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
    assert "31 March 2011" in "\n".join(section(document, "Next steps"))


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


def test_text_that_cannot_be_printed_is_refused_with_the_name_of_its_record(
    plan, item, round_of_2010
):
    accepted(item, of_round=round_of_2010, key_achievement="yes", achieved="Done\u202e.")
    with pytest.raises(DocumentError) as refusal:
        compose(briefing(plan))
    assert str(refusal.value).startswith("Update of item 1.1 by DoL, January to June 2010: ")


# --- purpose and background ---------------------------------------------------------------


def test_a_period_of_a_year_makes_an_annual_report(plan):
    assert section(compose(briefing(plan)), "Purpose")[0] == (
        "This paper is your annual report on progress with the Plan of Action to Prevent People "
        "Trafficking (the Plan), which was released on 31 July 2009. It covers the 12 months to "
        "30 July 2010."
    )


def stages(plan, pillar, **counts):
    with on(date(2009, 8, 3)):
        for stage, count in counts.items():
            done = date(2010, 5, 1) if stage == "complete" else None
            WorkItemFactory.create_batch(
                count, plan=plan, pillar=pillar, stage=stage, completed_on=done
            )


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ({}, "On 30 July 2010, the Plan has no work items."),
        ({"under_way": 1}, "On 30 July 2010, the Plan’s one work item is under way. None is late."),
        ({"ongoing": 2}, "On 30 July 2010, both work items are ongoing work. None is late."),
        (
            {"complete": 1, "not_started": 3},
            "On 30 July 2010, one of the Plan’s four work items is complete and three have not "
            "started. None is late.",
        ),
        (
            {"complete": 2, "under_way": 10, "withdrawn": 1},
            "On 30 July 2010, 2 of the Plan’s 13 work items are complete, 10 are under way and 1 "
            "has been withdrawn. None is late.",
        ),
    ],
)
def test_figures_are_given_in_a_sentence(plan, pillar, counts, sentence):
    stages(plan, pillar, **counts)
    tail = " The annexes show how each item stands." if counts else ""
    assert section(compose(briefing(plan)), "Purpose")[1] == sentence + tail


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ([False], "One is late; it is not a key item."),
        ([True], "One is late, and it is a key item."),
        ([True, True], "Two are late, both of them key items."),
        ([True, True, True], "Three are late, all of them key items."),
        ([True, False], "Two are late, one of them a key item."),
        ([False, False], "Two are late; none of those is a key item."),
    ],
)
def test_late_items_are_counted_with_the_number_of_key_ones(plan, pillar, keys, sentence):
    with on(date(2009, 8, 3)):
        for is_key in keys:
            item = WorkItemFactory(plan=plan, pillar=pillar, stage="under_way", is_key=is_key)
            MilestoneFactory(item=item, original_due=date(2010, 6, 30))
    assert sentence in section(compose(briefing(plan)), "Purpose")[1]


def test_background_is_the_standing_text_then_the_working_group(plan):
    plan.background = "New Zealand ratified a protocol.\n\nIt is **binding**."
    assert section(compose(briefing(plan)), "Background") == [
        "New Zealand ratified a protocol.",
        "It is binding.",
        "The Department of Labour (DoL) coordinates the Plan on behalf of its working group, to "
        "which the New Zealand Police (Police) also belongs.",
    ]


def test_background_names_the_coordinator_only_once(plan):
    plan.background = "The Department of Labour coordinates the Plan."
    assert section(compose(briefing(plan)), "Background")[1] == (
        "Besides the Department of Labour (DoL), one agency belongs to the working group: the New "
        "Zealand Police (Police)."
    )


def test_te_reo_names_are_marked_with_their_language(plan):
    plan.background = "The Department of Labour (Te Tari Mahi) coordinates the Plan."
    runs = compose(briefing(plan)).sections[1].paragraphs[0].text
    assert [run.text for run in runs if run.lang == "mi"] == ["Te Tari Mahi"]


# --- achievements -------------------------------------------------------------------------


def test_headlines_form_one_list_and_key_achievements_are_paragraphs(
    plan, pillar, item, round_of_2010, police
):
    with on(date(2009, 8, 3)):
        other = WorkItemFactory(
            plan=plan, pillar=pillar, number="1.2", lead_agency=police, title="Write a policy"
        )
        third = WorkItemFactory(plan=plan, pillar=pillar, number="1.10", title="Ask around")
    mine = ReturnFactory(round=round_of_2010, agency=item.lead_agency, accepted=True)
    UpdateFactory(
        of_return=mine, item=item, key_achievement="headline", achieved="Staff were trained."
    )
    UpdateFactory(of_return=mine, item=third, key_achievement="no", achieved="We asked around.")
    accepted(
        other,
        of_round=round_of_2010,
        key_achievement="yes",
        achieved="A policy is written:\n- for new staff\n- for all others.\n\nIt is in use",
    )
    assert section(compose(briefing(plan)), "Achievements") == [
        "In the 12 months to 30 July 2010 the working group’s main achievement was:\n"
        "- Staff were trained.",
        "A policy is written:\n- for new staff\n- for all others.",
        "It is in use.",
    ]


def test_headlines_written_as_fragments_get_no_full_stop(plan, pillar, item, round_of_2010):
    with on(date(2009, 8, 3)):
        other = WorkItemFactory(plan=plan, pillar=pillar, number="1.2")
    mine = ReturnFactory(round=round_of_2010, agency=item.lead_agency, accepted=True)
    for each, said in [(item, "first training of staff."), (other, "profiles for visa staff")]:
        UpdateFactory(of_return=mine, item=each, key_achievement="headline", achieved=said)
    assert section(compose(briefing(plan)), "Achievements") == [
        "In the 12 months to 30 July 2010 the working group’s main achievements were:\n"
        "- first training of staff\n"
        "- profiles for visa staff."
    ]


def test_a_headline_can_have_its_own_bullets(plan, item, round_of_2010):
    said = "Profiles were written:\n- for agents\n  - at sea\n- for schools"
    accepted(item, of_round=round_of_2010, key_achievement="headline", achieved=said)
    assert section(compose(briefing(plan)), "Achievements")[0].splitlines()[1:] == [
        "- Profiles were written:",
        "  - for agents",
        "  - at sea",
        "  - for schools",
    ]


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("A policy is in use.", "A policy is in use (DoL, item 1.1)."),
        ("DoL has a policy", "DoL has a policy."),
        ("The Department of Labour has a policy.", "The Department of Labour has a policy."),
    ],
)
def test_an_achievement_that_does_not_name_its_agency_is_attributed(
    plan, item, round_of_2010, said, printed
):
    accepted(item, of_round=round_of_2010, key_achievement="yes", achieved=said)
    assert section(compose(briefing(plan)), "Achievements") == [printed]


def test_a_fragment_ending_in_bold_loses_its_full_stop_too(plan, pillar, item, round_of_2010):
    with on(date(2009, 8, 3)):
        other = WorkItemFactory(plan=plan, pillar=pillar, number="1.2")
    mine = ReturnFactory(round=round_of_2010, agency=item.lead_agency, accepted=True)
    for each, said in [(item, "training of **staff**."), (other, "profiles.")]:
        UpdateFactory(of_return=mine, item=each, key_achievement="headline", achieved=said)
    told = section(compose(briefing(plan)), "Achievements")[0]
    assert told.splitlines()[1:] == ["- training of staff", "- profiles."]


LINES = st.text(st.sampled_from("aé .,:;*-•“”()!?\\_#<&\u200b\u202e\x07漢1"), max_size=30)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LINES, max_size=6), st.sampled_from(["headline", "yes"]))
def test_any_agency_text_is_printed_or_refused_with_a_message(
    plan, item, round_of_2010, lines, key
):
    update = Update.objects.first() or accepted(item, of_round=round_of_2010)
    said = "\n".join(lines)
    Update.objects.filter(pk=update.pk).update(
        achieved=said, planned_next=said, key_achievement=key
    )
    try:
        document = compose(briefing(plan))
    except DocumentError as refusal:
        assert str(refusal).startswith("Update of item 1.1 by DoL, January to June 2010: ")
    else:
        assert from_json(to_json(document)) == document


def test_the_paper_says_when_no_report_was_accepted(plan, item, round_of_2010):
    UpdateFactory(
        of_return=ReturnFactory(round=round_of_2010, state="submitted"),
        item=item,
        key_achievement="headline",
    )
    assert section(compose(briefing(plan)), "Achievements") == [
        "No agency’s report on the 12 months to 30 July 2010 had been accepted by 30 July 2010, so "
        "this paper can name no achievement."
    ]


def test_the_paper_says_when_no_report_has_a_key_achievement(plan, item, round_of_2010):
    accepted(item, of_round=round_of_2010)
    assert section(compose(briefing(plan)), "Achievements") == [
        "Agencies reported on one work item in the 12 months to 30 July 2010. None of the accepted "
        "reports names a key achievement."
    ]


@pytest.mark.parametrize(
    ("accepted_on", "period_end", "is_quoted"),
    [
        (date(2010, 7, 30), date(2010, 7, 30), True),
        (date(2010, 7, 31), date(2010, 6, 30), False),  # accepted after the paper's date
        (date(2009, 8, 20), date(2009, 7, 30), False),  # last year's round
        (date(2010, 7, 20), date(2010, 9, 30), False),  # a round that ends later
    ],
)
def test_only_updates_of_the_period_accepted_by_the_date_are_quoted(
    plan, item, accepted_on, period_end, is_quoted
):
    made = RoundFactory(plan=plan, period_start=date(2009, 1, 1), period_end=period_end)
    accepted(item, of_round=made, on_day=accepted_on, key_achievement="yes", achieved="It is done.")
    said = "\n".join(section(compose(briefing(plan)), "Achievements"))
    assert ("It is done" in said) is is_quoted


def test_items_completed_in_the_period_are_named(plan, pillar):
    with on(date(2010, 5, 1)):
        WorkItemFactory(
            plan=plan, pillar=pillar, number="1.3", title="Publish advice", complete=True
        )
    assert section(compose(briefing(plan)), "Achievements") == [
        "One work item was completed in the period: “Publish advice” (item 1.3)."
    ]


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


# --- delay and mitigation -----------------------------------------------------------------


def late_item(plan, pillar, **changes):
    with on(date(2009, 8, 3)):
        item = WorkItemFactory(
            plan=plan, pillar=pillar, stage="under_way", **{"number": "1.1", **changes}
        )
    return item


def slip(item, forecast=date(2010, 8, 31), **changes):
    with on(date(2010, 5, 1)):
        milestone = MilestoneFactory(
            item=item,
            description="Brochure printed",
            original_due=date(2010, 6, 30),
            forecast_due=forecast,
        )
        return DelayFactory(milestone=milestone, **changes)


def test_a_key_delay_is_described_with_cause_dates_and_days(plan, pillar):
    item = late_item(plan, pillar, title="Inform the public", is_key=True, months=12)
    slip(item, explanation="No money was set aside", effect="Victims are not reached.")
    assert section(compose(briefing(plan)), "Delay") == [
        "Inform the public (item 1.1, led by DoL) is a key work item with an anticipated timeframe "
        "of 12 months. “Brochure printed” was due on 30 June 2010 and is now expected by 31 August "
        "2010, 62 days later. It is held up by a lack of funding. No money was set aside. Victims "
        "are not reached."
    ]


def test_key_items_come_first_and_the_others_share_a_paragraph(plan, pillar):
    slip(late_item(plan, pillar, title="Ask around"))
    for number in ("1.2", "1.3"):
        slip(late_item(plan, pillar, number=number, title=f"Key {number}", is_key=True))
    told = section(compose(briefing(plan)), "Delay")
    assert told[0] == (
        "Two key work items have slipped: “Key 1.2” (item 1.2) and “Key 1.3” (item 1.3)."
    )
    assert [line.split(" (item")[0] for line in told[1:3]] == ["Key 1.2", "Key 1.3"]
    assert told[3].splitlines()[0] == "One other work item also slipped:"
    assert told[3].splitlines()[1].startswith("- Ask around (item 1.1, DoL): “Brochure printed”")


def test_several_delays_of_one_milestone_share_a_bullet(plan, pillar):
    delay = slip(late_item(plan, pillar), times_moved=2, explanation="No money.")
    with on(date(2010, 6, 1)):
        DelayFactory(
            milestone=delay.milestone,
            number=2,
            cause="prior_commitments",
            explanation="An Act came first.",
            times_moved=3,
        )
    told = section(compose(briefing(plan)), "Delay")[0]
    assert told.endswith(
        "62 days later. Its date has moved five times. It is held up by a lack of funding and "
        "prior commitments. No money. An Act came first."
    )


@pytest.mark.parametrize(
    ("dates", "told"),
    [
        (
            {"completed_on": date(2010, 7, 1)},
            "was due on 30 June 2010 and was completed on 1 July 2010, 1 day later.",
        ),
        (
            {"completed_on": date(2010, 6, 30)},
            "was due on 30 June 2010 and was completed in time, on 30 June 2010.",
        ),
        (
            {"forecast_due": date(2010, 6, 30)},
            "was due on 30 June 2010, is 30 days overdue and has no new date yet.",
        ),
        (
            {
                "original_due": date(2010, 3, 31),
                "agreed_due": date(2010, 10, 29),
                "forecast_due": date(2010, 11, 30),
            },
            "is first due",
        ),
        (
            {
                "original_due": date(2010, 9, 30),
                "agreed_due": date(2010, 9, 30),
                "forecast_due": date(2010, 9, 30),
            },
            "is due on 30 September 2010 and is expected by then again.",
        ),
        (
            {
                "original_known_to": "month",
                "agreed_due": date(2010, 9, 30),
                "agreed_known_to": "quarter",
                "forecast_due": date(2010, 10, 31),
                "forecast_known_to": "month",
            },
            "was first due in June 2010 and then, by agreement, between July and September 2010 "
            "and is now expected in October 2010, 31 days later.",
        ),
        ({"withdrawn_on": date(2010, 7, 1)}, "was due on 30 June 2010 and has been withdrawn."),
    ],
)
def test_each_state_of_a_date_has_its_sentence(plan, item, dates, told):
    with on(date(2010, 5, 1)):
        milestone = MilestoneFactory(item=item, description="Brochure printed", **dates)
        DelayFactory(milestone=milestone)
    if told == "is first due":
        told = (
            "was first due on 31 March 2010 and then, by agreement, on 29 October 2010 and is now "
            "expected by 30 November 2010, 32 days later."
        )
    assert f"“Brochure printed” {told}" in section(compose(briefing(plan)), "Delay")[0]


def test_the_paper_says_when_there_is_no_delay_and_no_mitigation(plan, item):
    document = compose(briefing(plan))
    assert section(document, "Delay") == [
        "No delay was recorded in the 12 months to 30 July 2010, and no milestone is overdue."
    ]
    assert section(document, "Mitigation") == ["There is no delay to make good."]


def test_an_overdue_milestone_is_included_without_a_recorded_delay(plan, item):
    with on(date(2009, 8, 3)):
        MilestoneFactory(item=item, description="Brochure printed")
    document = compose(briefing(plan))
    assert section(document, "Delay")[0].endswith("The cause has not been recorded.")
    assert section(document, "Mitigation") == [
        "Nothing has been recorded yet against the delay of “Train staff” (item 1.1)."
    ]


@pytest.mark.parametrize(
    ("found_on", "ended_on", "is_told"),
    [
        (date(2009, 5, 1), None, True),
        (date(2009, 5, 1), date(2009, 6, 1), False),
        (date(2009, 5, 1), date(2009, 9, 1), True),
        (date(2010, 5, 1), date(2010, 6, 1), True),
        (date(2010, 7, 31), None, False),
    ],
)
def test_a_delay_is_included_if_it_overlaps_the_period(plan, item, found_on, ended_on, is_told):
    with on(date(2009, 8, 3)):
        milestone = MilestoneFactory(item=item, original_due=date(2010, 12, 1))
        DelayFactory(milestone=milestone, found_on=found_on, ended_on=ended_on)
    told = section(compose(briefing(plan)), "Delay")[0]
    assert told.startswith("One work item slipped") is is_told


@pytest.mark.parametrize(
    ("facts", "note"),
    [
        ({"due_on": date(2010, 8, 31)}, "Print it (Police, by 31 August 2010)."),
        ({"done_on": date(2010, 7, 1)}, "Print it (Police, done on 1 July 2010)."),
        ({"due_on": date(2010, 7, 1)}, "Print it (Police, due by 1 July 2010 and not yet done)."),
        ({}, "Print it (Police, no date set)."),
    ],
)
def test_a_mitigation_is_described_with_owner_and_date(plan, pillar, police, facts, note):
    delay = slip(late_item(plan, pillar, title="Inform the public", is_key=True))
    with on(date(2010, 5, 1)):
        MitigationFactory(delay=delay, owner_agency=police, description="print it.", **facts)
    assert section(compose(briefing(plan)), "Mitigation") == [
        f"Inform the public (item 1.1): {note}"
    ]


def test_owner_and_date_are_not_repeated_if_the_mitigation_names_them(plan, pillar, police):
    delay = slip(late_item(plan, pillar, title="Inform the public", is_key=True))
    said = "Police print it by 31 August 2010."
    with on(date(2010, 5, 1)):
        for number in (1, 2):
            MitigationFactory(
                delay=delay,
                number=number,
                owner_agency=police,
                description=said,
                due_on=date(2010, 8, 31),
            )
    assert section(compose(briefing(plan)), "Mitigation") == [
        f"Inform the public (item 1.1). These steps are being taken by Police:\n- {said}\n- {said}"
    ]


def test_next_steps_name_a_single_agency_once_and_several_agencies_each(
    plan, pillar, police, labour
):
    delay = slip(late_item(plan, pillar, title="Inform the public", is_key=True))
    with on(date(2010, 5, 1)):
        for number in (1, 2):
            MitigationFactory(
                delay=delay, number=number, owner_agency=police, description=f"Step {number}."
            )
    assert section(compose(briefing(plan)), "Mitigation") == [
        "Inform the public (item 1.1). These steps are being taken by Police:\n"
        "- Step 1 (no date set).\n- Step 2 (no date set)."
    ]
    with on(date(2010, 5, 2)):
        MitigationFactory(delay=delay, number=3, owner_agency=labour, description="Step 3.")
    assert section(compose(briefing(plan)), "Mitigation")[0].splitlines()[::3] == [
        "Inform the public (item 1.1). These steps are being taken by the agencies named:",
        "- Step 3 (DoL, no date set).",
    ]


# --- next steps ---------------------------------------------------------------------------


def test_next_steps_list_plans_and_milestones_of_the_next_twelve_months(
    plan, pillar, item, round_of_2010
):
    with on(date(2009, 8, 3)):
        for due in (date(2010, 7, 30), date(2010, 7, 31), date(2011, 7, 30), date(2011, 7, 31)):
            MilestoneFactory(item=item, original_due=due)
        for due, known_to in ((date(2010, 8, 31), "month"), (date(2010, 9, 30), "quarter")):
            MilestoneFactory(item=item, original_due=due, original_known_to=known_to)
        other = WorkItemFactory(plan=plan, pillar=pillar, number="1.2", title="Ask around")
        MilestoneFactory(item=other, description="All asked", original_due=date(2010, 12, 1))
        MilestoneFactory(
            item=other,
            description="Told",
            original_due=date(2011, 3, 31),
            original_known_to="quarter",
        )
    # The quarter is named, so it is not printed again.
    planned = "hold a second course between July and September 2010"
    accepted(item, of_round=round_of_2010, planned_next=planned)
    assert section(compose(briefing(plan)), "Next steps") == [
        "The working group will continue to meet, to carry out the Plan and to monitor its "
        "progress.",
        "Under Prevention, agencies plan the following:\n"
        "- Train staff (1.1): Hold a second course between July and September 2010 (milestones due "
        "31 July 2010, August 2010 and 30 July 2011).\n"
        "- Ask around (1.2): “All asked” due 1 December 2010 and “Told” due January to March 2011.",
        "You will be told of any new risk to the Plan, or of anything else under it that needs your "
        "attention, as soon as it is identified.",
    ]


def test_the_latest_next_step_is_used_and_no_change_keeps_the_last_one(plan, item):
    for half, planned in ((1, "Hold a course."), (2, "Hold two courses."), (3, "")):
        made = RoundFactory(
            plan=plan,
            period_start=date(2009, 8, half),
            period_end=date(2010, 1 + half, 1),
            closed_at=datetime(2010, 6, 1, tzinfo=UTC),
        )
        accepted(item, of_round=made, planned_next=planned)
    told = section(compose(briefing(plan)), "Next steps")[1]
    assert told.splitlines()[1] == "- Train staff (1.1): Hold two courses."


def test_complete_and_withdrawn_items_have_no_next_step(plan, pillar, round_of_2010):
    with on(date(2010, 5, 1)):
        done = WorkItemFactory(plan=plan, pillar=pillar, complete=True)
    accepted(done, of_round=round_of_2010, planned_next="Review it each year.")
    assert len(section(compose(briefing(plan)), "Next steps")) == 2


def test_late_key_items_are_brought_to_attention(plan, pillar):
    slip(late_item(plan, pillar, title="Inform the public", is_key=True))
    assert section(compose(briefing(plan)), "Next steps")[0].endswith(
        "Over the next 12 months it will give most attention to the late key item: “Inform the "
        "public” (item 1.1)."
    )


def test_open_risks_escalated_to_the_minister_are_included(plan):
    with on(date(2010, 5, 1)):
        raised = {"escalated_to": "minister", "escalated_on": date(2010, 5, 1)}
        told = RiskFactory(plan=plan, number=1, response="Train more of them", **raised)
        RiskFactory(
            plan=plan, number=2, description="It rains.", closed_on=date(2010, 6, 1), **raised
        )
        RiskFactory(plan=plan, number=3, description="It snows.")
        lowered = RiskFactory(plan=plan, number=4, description="It is cold.", **raised)
    with on(date(2010, 6, 1)):
        lowered.escalated_to = "group"
        history.save(lowered, by=None, reason="It is warm.")
    document = compose(briefing(plan))
    assert section(document, "Next steps")[1] == (
        "One risk has been raised with you and remains open:\n"
        "- Trained staff leave. Train more of them (owner: DoL)."
    )
    paragraphs = next(each for each in document.sections if each.heading == "Next steps").paragraphs
    assert [(source.model, source.pk, source.history_id) for source in paragraphs[1].sources] == [
        ("workitems.risk", told.pk, told.history.get().history_id)
    ]


def test_a_risk_is_described_as_on_the_papers_date(plan):
    with on(date(2010, 5, 1)):
        risk = RiskFactory(plan=plan, escalated_to="minister", escalated_on=date(2010, 5, 1))
    with on(date(2010, 9, 1)):
        risk.closed_on, risk.response = date(2010, 9, 1), "They stayed."
        history.save(risk, by=None, reason="Over.")
    assert section(compose(briefing(plan)), "Next steps")[1] == (
        "One risk has been raised with you and remains open:\n- Trained staff leave (owner: DoL)."
    )


# --- annexes and cover --------------------------------------------------------------------


def test_the_table_lists_items_in_natural_order(plan, pillar):
    with on(date(2009, 8, 3)):
        for number in ("1.10", "1.2", "1.1"):
            WorkItemFactory(plan=plan, pillar=pillar, number=number)
    table = compose(briefing(plan)).annexes[1]
    assert [row.number for row in table.pillars[0].rows] == ["1.1", "1.2", "1.10"]
    assert [row.standing for row in table.pillars[0].rows] == ["No date set"] * 3


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
        "Shown: the 24 milestones with the largest slips or the nearest dates, of 30."
    )
    slips = [row.milestone.slip for row in picture.timeline]
    assert slips == [0] * 23 + [30]


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
