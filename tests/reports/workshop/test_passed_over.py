"""Test that a draft lists what could be a main result and is none, says why, and tells it by one press."""

from datetime import date

import pytest
from django.urls import reverse

from reports.compose.achievements import MAIN_RESULTS
from reports.compose.reported import WhyNot
from reports.compose.results_left_out import passed_over
from reports.drafting import concerns, draft_rows
from reports.drafting.draft import Origin
from reports.drafting.paper import composed, read_drafted
from reports.models import DraftAct
from reports.workshop.main_results import NEW, main_results
from reports.workshop.services import drafts, undoing
from tests.factories import (
    AuditFactory,
    DelayFactory,
    FindingFactory,
    GlossaryEntryFactory,
    MilestoneFactory,
    ReturnFactory,
    RoundFactory,
    SeatFactory,
    UpdateFactory,
    WorkItemFactory,
)
from tests.reports.drafted import BEFORE, BEFORE_ON, drafted

UNMARKED = (
    "Its agency did not mark it as a headline. Without the mark, a result says two of these: what there is now, what "
    "was completed, how many, and of how many."
)
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("before_the_paper"),
    pytest.mark.one_database(reason="what an act does to a draft; drafts are saved on both"),
]


@pytest.fixture
def report(plan):
    """Add an item of an agency that is called what it reports on it in the period, so that no result needs its name."""
    of_round = RoundFactory(plan=plan, period_start=date(2010, 1, 1), period_end=date(2010, 6, 30))
    returns = {}

    def add(agency, number, achieved, key="no", **item):
        if agency not in returns:
            returns[agency] = ReturnFactory(
                round=of_round, agency=agency, state="accepted", submitted_at=BEFORE,
                accepted_on=BEFORE_ON,
            )  # fmt: skip
        row = WorkItemFactory(
            plan=plan,
            number=number,
            lead_agency=agency,
            **{"stage": "under_way", "title": achieved[:100]} | item,
        )
        return UpdateFactory(
            of_return=returns[agency], item=row, achieved=achieved, key_achievement=key
        )

    return add


@pytest.fixture
def two(report, police, customs):
    """A headline of Police, and what Customs reports with a number."""
    return [
        report(police, "1.3", "Police trained 240 officers.", "headline"),
        report(customs, "1.4", "Customs trained 100 officers."),
    ]


@pytest.fixture
def briefing(plan, item, coordinator, two):
    return drafted(plan, item, coordinator)


def draft_of(briefing):
    return draft_rows.read_draft(briefing).draft


def offered(briefing):
    """What is offered: the item, the text and the reason."""
    found = main_results(read_drafted(briefing))
    return [(each.item, each.text, str(each.reason)) for each in found.offered] if found else None


def press(client, briefing, **fields):
    version = briefing.draft_paragraphs.get(key=MAIN_RESULTS).version
    return client.post(
        reverse("workshop:paragraph", args=[briefing.plan.slug, briefing.pk, MAIN_RESULTS]),
        {"act": "put-bullet", "place": 0, "version": version, **fields},
        follow=True,
    )


def others(briefing):
    return [part for part in draft_of(briefing).parts() if part.key != MAIN_RESULTS]


def test_each_report_that_is_passed_over_comes_with_the_reason(
    plan, item, coordinator, report, police
):
    for number in range(6):
        report(police, f"2.{number}", f"Police trained {number} boards.", "headline")
    late = report(police, "3.1", "Police wrote 3 guides.")
    DelayFactory(milestone=MilestoneFactory(item=late.item, original_due=date(2010, 1, 1)))
    report(police, "3.2", "As above.", "headline")
    report(police, "3.3", "Police are proud of their part.", "headline")
    report(police, "3.4", "A guide is written.", "headline")
    report(police, "3.5", "A card is printed.", stage="complete", completed_on=date(2010, 3, 1))
    report(police, "3.6", "A poster is drawn.")
    report(police, "3.7", "Police wrote 4 notes.", stage="withdrawn")
    report(police, "3.8", "Good progress has been made.", "headline")
    report(police, "3.9", f"Police {'and others ' * 40}wrote a guide.", "headline")
    report(police, "4.1", "12 shelters of ours are now open.")
    briefing = drafted(plan, item, coordinator)
    behind = "Other results came before it, and the list takes 6."
    assert sorted((item, reason) for item, _text, reason in offered(briefing)) == [
        ("3.1", UNMARKED),
        ("3.2", "It says nothing that the paper can print."),
        ("3.3", "A meeting or an announcement is no result."),
        ("3.4", behind),
        ("3.5", UNMARKED),
        ("3.8", "It says only that work goes on."),
        ("3.9", "Its first sentence is too long for the list."),
        (
            "4.1",
            "Its agency did not mark it as a headline, and it would have to be reworded: it speaks as “we”.",
        ),
    ]
    assert [text for item, text, _reason in offered(briefing) if item in ("3.2", "3.3")] == [
        "",
        "Police are proud of their part.",
    ]


def test_a_report_without_a_headlines_mark_is_offered_with_that_reason(briefing):
    assert offered(briefing) == [("1.4", "Customs trained 100 officers.", UNMARKED)]


def test_a_result_that_needs_no_mark_is_not_said_to_lack_one(
    plan, item, coordinator, report, police, customs
):
    rows = [
        report(police, f"2.{n}", f"Police’s house {n} is now open to {n} of 90 people.")
        for n in range(7)
    ]
    late = report(customs, "3.1", "The desk is now open to 40 people.")
    DelayFactory(milestone=MilestoneFactory(item=late.item, original_due=date(2010, 1, 1)))
    facts = read_drafted(drafted(plan, item, coordinator)).found.facts
    for in_list, reason in ((6, WhyNot.BEHIND), (4, WhyNot.NO_ROOM)):
        found, _more = passed_over(facts, {row.pk for row in rows[:in_list]}, set(), 20)
        assert {each.reason for each in found} == {reason}


@pytest.mark.parametrize(
    ("achieved", "told", "reason"),
    [
        ("The desk is now open to 40 people.", False, WhyNot.NO_ROOM),
        ("The desk is now open to 40 people.", True, WhyNot.ELSEWHERE),
    ],
)
def test_what_could_be_a_main_result_and_had_no_room_says_so(
    briefing, report, customs, achieved, told, reason
):
    row = report(customs, "3.1", achieved, "headline")
    facts = read_drafted(briefing).found.facts
    found, _more = passed_over(facts, set(), {row.pk} if told else set(), 10)
    assert [each.reason for each in found if each.update.pk == row.pk] == [reason]


def test_of_two_reports_with_the_same_words_one_says_so(briefing, report, customs):
    report(customs, "3.1", "Police trained 240 officers.", "headline")
    found, _more = passed_over(read_drafted(briefing).found.facts, set(), set(), 10)
    reasons = [each.reason for each in found if "240" in each.text]
    assert sorted(reasons) == [WhyNot.NO_ROOM, WhyNot.SAID]


def test_of_two_reports_on_an_item_the_second_says_that_the_other_came_before(briefing, two):
    trained, other = two
    UpdateFactory(
        of_return=other.of_return,
        item=trained.item,
        achieved="Customs trained a board.",
        key_achievement="headline",
    )
    told = "Customs trained a board (1.3, “Police trained 240 officers.”)."
    reason = "The list takes one report on an item, and another one on it came before."
    assert ("1.3", told, reason) in offered(briefing)


def test_what_the_records_have_in_the_list_since_the_draft_was_begun_says_so(
    briefing, report, police
):
    report(police, "2.1", "Police trained 9 boards.", "headline")
    assert ("2.1", "Police trained 9 boards.", str(NEW)) in offered(briefing)


def test_nothing_is_read_or_offered_where_nothing_was_passed_over(
    briefing, two, client, django_assert_num_queries
):
    press(client, briefing, add=two[1].pk)
    found = read_drafted(briefing)
    with django_assert_num_queries(0):
        assert main_results(found) is None


def test_what_is_told_in_another_paragraph_is_not_offered_unless_it_is_a_headline(
    plan, item, coordinator, report, police, two
):
    report(police, "2.1", "Police wrote 2 guides.", "yes")
    report(police, "2.2", "Police met 2 boards.", "headline")
    report(police, "2.3", "Police met boards.", "headline")
    briefing = drafted(plan, item, coordinator)
    assert [number for number, *_ in offered(briefing)] == ["2.3", "1.4"]


def test_a_swap_changes_the_one_bullet_and_nothing_else(client, briefing, two):
    before, version = others(briefing), briefing.draft_paragraphs.get(key=MAIN_RESULTS).version
    page = press(client, briefing, swap=two[1].pk)
    assert "Swapped. Nothing else has changed" in page.text
    part = draft_of(briefing).part(MAIN_RESULTS)
    assert part.text == "The year’s main result:\n- Customs trained 100 officers."
    assert [(each.model, each.pk) for each in part.sources] == [("workitems.update", two[1].pk)]
    assert part.origin == Origin.EDITED
    assert others(briefing) == before
    assert briefing.draft_paragraphs.get(key=MAIN_RESULTS).version == version + 1
    assert offered(briefing) == [
        ("1.3", "Police trained 240 officers.", "It was in the list until you took it out.")
    ]


def test_what_is_added_comes_last_with_its_source(client, briefing, two):
    press(client, briefing, add=two[1].pk)
    part = draft_of(briefing).part(MAIN_RESULTS)
    assert part.text.split("\n") == [
        "The year’s main results:",
        "- Police trained 240 officers.",
        "- Customs trained 100 officers.",
    ]
    assert [each.pk for each in part.sources] == [row.pk for row in two]


def test_a_swap_is_one_act_and_the_same_swap_back_is_as_generated(
    client, briefing, two, coordinator
):
    before, acts = draft_of(briefing), DraftAct.objects.count()
    press(client, briefing, swap=two[1].pk)
    assert DraftAct.objects.count() == acts + 1
    swapped = draft_of(briefing)
    act = DraftAct.objects.to_undo(coordinator, briefing)
    undoing.undo(briefing=briefing, act=act.pk, by=coordinator)
    assert draft_of(briefing) == before
    act = DraftAct.objects.to_redo(coordinator, briefing)
    undoing.redo(briefing=briefing, act=act.pk, by=coordinator)
    assert draft_of(briefing) == swapped
    press(client, briefing, swap=two[0].pk)
    assert draft_of(briefing) == before


@pytest.fixture
def of_acronyms(plan, report, police, customs):
    """A headline of Police, and what Customs reports, both with an acronym of the glossary."""
    GlossaryEntryFactory(plan=plan)
    return [
        report(police, "1.3", "Police trained 240 officers in CNS.", "headline"),
        report(customs, "1.4", "The CNS was shown to 100 officers."),
    ]


def test_a_result_that_is_swapped_in_has_its_acronyms_written_out(
    client, plan, item, coordinator, of_acronyms
):
    briefing = drafted(plan, item, coordinator)
    before = draft_of(briefing)
    press(client, briefing, swap=of_acronyms[1].pk)
    part = draft_of(briefing).part(MAIN_RESULTS)
    assert part.text == (
        "The year’s main result:\n- The customs notification system (CNS) was shown to 100 officers."
    )
    assert [each.model for each in part.sources] == ["workitems.update", "workitems.glossaryentry"]
    assert part.sources[0].pk == of_acronyms[1].pk
    press(client, briefing, swap=of_acronyms[0].pk)
    assert draft_of(briefing) == before


def test_a_result_that_is_added_does_not_write_out_what_the_list_has_already(
    client, plan, item, coordinator, of_acronyms, police, customs
):
    briefing = drafted(plan, item, coordinator)
    press(client, briefing, add=of_acronyms[1].pk)
    draft = draft_of(briefing)
    assert draft.part(MAIN_RESULTS).text.split("\n")[1:] == [
        "- Police trained 240 officers in customs notification system (CNS).",
        "- The CNS was shown to 100 officers.",
    ]
    assert concerns.owners_of(draft)[MAIN_RESULTS][customs.pk] == (
        "- The CNS was shown to 100 officers."
    )


def test_composing_again_keeps_the_choice(client, briefing, two, plan, report, police, coordinator):
    press(client, briefing, swap=two[1].pk)
    chosen = draft_of(briefing).part(MAIN_RESULTS)
    report(police, "1.5", "Police trained 900 officers.", "yes")
    drafts.refresh(briefing=briefing, composed=composed(briefing), by=coordinator)
    draft = draft_of(briefing)
    assert draft.part(MAIN_RESULTS) == chosen
    assert [part.text for part in draft.parts() if "900" in part.text] == [
        "Police trained 900 officers."
    ]
    assert read_drafted(briefing).drifts == ()


def test_a_chosen_bullet_is_its_own_agencys_to_clear(client, briefing, two, police, customs):
    press(client, briefing, add=two[1].pk)
    draft = draft_of(briefing)
    assert concerns.owners_of(draft)[MAIN_RESULTS] == {
        # The words above the list are of the one agency that owned all of it.
        police.pk: "The year’s main results:\n- Police trained 240 officers.",
        customs.pk: "- Customs trained 100 officers.",
    }
    press(client, briefing, swap=two[0].pk, place=1)
    press(client, briefing, swap=two[1].pk, place=0)
    assert concerns.owners_of(draft_of(briefing))[MAIN_RESULTS][customs.pk] == (
        "- Customs trained 100 officers."
    )


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"swap": 999_999}, "The reports have changed."),
        ({}, "The reports have changed."),
        ({"place": 7}, "The list has changed."),
        ({"version": 99}, "This was changed elsewhere"),
        ({"place": "x"}, "We could not read that."),
    ],
)
def test_what_cannot_be_told_is_refused_with_a_sentence(client, briefing, two, fields, says):
    before = draft_of(briefing)
    page = press(client, briefing, **({} if fields == {} else {"swap": two[1].pk} | fields))
    assert says in page.text
    assert draft_of(briefing) == before


def test_the_page_lists_it_beneath_the_main_results_for_who_may_change_them(
    client, briefing, labour
):
    where = reverse("workshop:draft", args=[briefing.plan.slug, briefing.pk])
    page = client.get(where).text
    assert "Passed over as main results (1)" in page
    assert page.index(f'id="{MAIN_RESULTS}"') < page.index('id="passed-over"')
    reader = SeatFactory(agency=labour, role="authorising_manager").user
    client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
    assert "Passed over" not in client.get(where).text


def test_without_main_results_the_section_offers_to_write_from_each(
    client, briefing, coordinator, two
):
    drafts.hide(briefing=briefing, key=MAIN_RESULTS, by=coordinator)
    page = client.get(reverse("workshop:draft", args=[briefing.plan.slug, briefing.pk])).text
    assert f"?into=achievements&amp;from=update-{two[1].pk}#new" in page
    assert 'name="swap"' not in page


def test_a_result_of_another_round_than_the_words_above_say_has_its_month(
    plan, coordinator, briefing, report, customs, client
):
    row = report(customs, "3.1", "Customs opened the desk to 40 people.", "headline")
    draft_row = briefing.draft_paragraphs.get(key=MAIN_RESULTS)
    above, rest = draft_row.text.split("\n", 1)
    drafts.edit(
        briefing=briefing, key=MAIN_RESULTS, version=draft_row.version, by=coordinator,
        text=f"{above.rstrip(':')}, as reported to June 2009:\n{rest}",
    )  # fmt: skip
    texts = [text for item, text, _reason in offered(briefing) if item == "3.1"]
    assert texts == ["Customs opened the desk to 40 people (June 2010)."]
    press(client, briefing, swap=row.pk)
    assert (
        "Customs opened the desk to 40 people (June 2010)."
        in draft_of(briefing).part(MAIN_RESULTS).text
    )


def test_what_an_audit_found_without_evidence_is_not_offered_and_it_is_said_why(
    briefing, report, customs, client
):
    row = report(customs, "3.1", "Customs opened the desk to 40 people.", "headline")
    audit = AuditFactory(plan=briefing.plan, from_on=date(2010, 3, 1))
    FindingFactory(audit=audit, item=row.item)
    reason = "An audit found that the evidence does not support what was reported on item 3.1."
    assert ("3.1", "Customs opened the desk to 40 people.", reason) in offered(briefing)
    text = draft_of(briefing).part(MAIN_RESULTS).text
    assert "The reports have changed" in press(client, briefing, swap=row.pk).text
    assert draft_of(briefing).part(MAIN_RESULTS).text == text


def test_a_report_with_one_whole_sentence_is_not_said_to_have_none(briefing, report, customs):
    report(customs, "3.1", "4 providers signed. All 23 of its points were answered in writing.")
    ((_item, text, reason),) = [each for each in offered(briefing) if each[0] == "3.1"]
    assert "All 23 of its points" in text
    assert "no whole sentence" not in reason
