"""Test what a paper says of how completed milestones are shown to be done."""

from datetime import date

import pytest

from reports.compose.annex_rows import work_item_table
from reports.document import SectionKind
from tests.reports.in_memory import LABOUR, facts, item, section_texts, step
from workitems.measures.completion import CompletedMilestone, Completion, Completions

DONE = date(2010, 5, 20)


def given(*classes):
    """Facts of an item with a completed milestone of each class."""
    steps = [step(DONE, completed_on=DONE, forecast_due=DONE) for _ in classes]
    of = item("1.1", *steps)
    rows = [
        CompletedMilestone(each.pk, of, each.number, "", "", LABOUR, DONE, "", Completion(name))
        for each, name in zip(of.milestones, classes, strict=True)
    ]
    return facts(of, completions=Completions(rows))


def test_achievements_end_with_how_they_are_shown_to_be_done():
    of = given(*["with_evidence"] * 5, "without", "business_as_usual")
    assert section_texts(of, SectionKind.ACHIEVEMENTS)[-1] == (
        "DoL cannot yet vouch fully for one of the six new milestones reported complete: it has no evidence on "
        "file; one more is business as usual."
    )


def test_what_lacks_evidence_is_said_first_with_what_rests_on_a_note_or_is_questioned():
    of = given("with_evidence", "without", "without", "note_only", "questioned", "before_plan")
    assert section_texts(of, SectionKind.ACHIEVEMENTS)[-1] == (
        "Of the four milestones for which DoL cannot yet vouch fully, two have no evidence on file, one rests on a note alone and DoL "
        "questions one; one more was done before the Plan."
    )


def test_the_summary_says_so_if_evidence_is_missing_for_more_than_a_sixth():
    says = "(DoL) cannot yet vouch fully for {} milestones reported complete."

    def summary(*classes):
        return " ".join(section_texts(given(*classes), SectionKind.PURPOSE))

    assert says.format("two of the five") in summary("without", "note_only", *["with_evidence"] * 3)
    assert "vouch" not in summary("without", *["with_evidence"] * 5)
    # Of one that has none at all, how many are complete says it.
    assert "vouch" not in summary("without", "without")


def test_the_coordinating_agency_is_named_where_it_questions_one():
    of = given("with_evidence", "questioned")
    assert section_texts(of, SectionKind.ACHIEVEMENTS)[-1] == (
        "Of two milestones completed since the Plan began, one has a document or a link on file; DoL questions one."
    )


@pytest.mark.parametrize(
    ("shown", "says"),
    [
        (
            "with_evidence",
            "The milestone completed since the Plan began has a document or a link on file.",
        ),
        ("questioned", "DoL questions the milestone completed since the Plan began."),
    ],
)
def test_the_only_completed_milestone_is_not_counted(shown, says):
    assert section_texts(given(shown), SectionKind.ACHIEVEMENTS)[-1] == says


def test_a_paper_on_a_plan_without_a_completed_milestone_says_nothing_of_evidence():
    assert "evidence" not in " ".join(section_texts(facts(item()), SectionKind.ACHIEVEMENTS))


@pytest.mark.parametrize(
    ("shown", "standing"),
    [
        ("with_evidence", "Done"),
        ("business_as_usual", "Done"),
        ("without", "no evidence"),
        ("note_only", "with a note only"),
        ("questioned", "questioned by DoL"),
    ],
)
def test_the_annex_of_items_says_what_is_lacking(shown, standing):
    of = given(shown)
    ((row,),) = [pillar.rows for pillar in work_item_table(of).pillars if pillar.rows]
    assert [each.standing for each in row.milestones] == [standing]
