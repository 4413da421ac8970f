"""Test how completed milestones are shown to be done, in each class and in words."""

from datetime import UTC, date, datetime
from itertools import product

import pytest
import time_machine

from tests.factories import (
    EvidenceFactory,
    MilestoneAnswerFactory,
    MilestoneFactory,
    ReturnFactory,
    UpdateFactory,
    UserFactory,
    WorkItemFactory,
)
from workitems.measures.completion import (
    CompletedMilestone,
    Completion,
    Completions,
    Shown,
    Writing,
    completion_of,
    completions_of,
    sentence,
)
from workitems.plan.asat import Moment
from workitems.plan.plan_at import plan_at
from workitems.plan.services import evidence as evidence_services
from workitems.plan.services.items import close_milestone, reopen_milestone

DONE, TODAY = date(2010, 7, 1), date(2010, 9, 1)
FILE, NOTE = Shown(True, False), Shown(False, True)


def given(**values):
    return completion_of(**{
        "completed_on": DONE, "released_on": date(2009, 7, 31), "kind": "action_item",
        "questioned": "", "shown": FILE, **values,
    })  # fmt: skip


def test_the_first_class_that_fits_counts():
    everything = {
        "completed_on": date(2009, 7, 30), "kind": "business_as_usual", "questioned": "No page says so.",
    }  # fmt: skip
    assert given(**everything) == Completion.BEFORE_PLAN
    del everything["completed_on"]
    assert given(**everything) == Completion.BUSINESS_AS_USUAL
    del everything["kind"]
    assert given(**everything) == Completion.QUESTIONED
    assert given() == Completion.WITH_EVIDENCE
    assert given(shown=Shown(True, True)) == Completion.WITH_EVIDENCE
    assert given(shown=NOTE) == Completion.NOTE_ONLY
    assert given(shown=Shown()) == Completion.WITHOUT


def test_what_is_done_on_the_day_of_release_is_of_the_plan():
    assert given(completed_on=date(2009, 7, 31)) == Completion.WITH_EVIDENCE


def made(**counts):
    """So many completed milestones of each class."""
    return Completions(
        CompletedMilestone(n, None, n, "", "", None, DONE, "", Completion(name))
        for n, name in enumerate(name for name, count in counts.items() for _ in range(count))
    )


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({}, ""),
        (
            {"business_as_usual": 3, "before_plan": 1, "with_evidence": 9, "note_only": 2, "without": 12, "questioned": 1},
            "Of 28 completed milestones, 3 are business as usual and 1 was done before the plan. Of the other 24, "
            "9 have a document or a link on file and 2 only a note; agencies have yet to file evidence for 12; the reviewer "
            "questions 1.",
        ),
        ({"business_as_usual": 1}, "Of 1 completed milestone, 1 is business as usual."),
        ({"before_plan": 2}, "Of 2 completed milestones, 2 were done before the plan."),
        ({"with_evidence": 1}, "The completed milestone has a document or a link on file."),
        ({"with_evidence": 4}, "All of the 4 completed milestones have a document or a link on file."),
        ({"note_only": 1}, "The completed milestone has only a note on file."),
        ({"note_only": 2}, "All of the 2 completed milestones have only a note on file."),
        ({"without": 1}, "Agencies have yet to file evidence for the completed milestone."),
        ({"without": 5}, "Agencies have yet to file evidence for the 5 completed milestones."),
        ({"questioned": 1}, "The reviewer questions the completed milestone."),
        (
            {"with_evidence": 1, "without": 1},
            "Of 2 completed milestones, 1 has a document or a link on file; agencies have yet to file evidence for 1.",
        ),
        (
            {"note_only": 1, "without": 2},
            "Of 3 completed milestones, 1 has only a note on file; agencies have yet to file evidence for 2.",
        ),
        (
            {"without": 1, "questioned": 2},
            "Of 3 completed milestones, agencies have yet to file evidence for 1; the reviewer questions 2.",
        ),
        (
            {"business_as_usual": 1, "with_evidence": 1},
            "Of 2 completed milestones, 1 is business as usual. The other one has a document or a link on file.",
        ),
        (
            {"before_plan": 1, "without": 3},
            "Of 4 completed milestones, 1 was done before the plan. Agencies have yet to file evidence for the other 3.",
        ),
    ],
)  # fmt: skip
def test_the_sentence_reads_well_for_none_one_and_many(counts, words):
    assert sentence(made(**counts)) == words


def test_the_numbers_of_the_sentence_add_up_for_every_mixture():
    for amounts in product(range(3), repeat=len(Completion)):
        counts = dict(zip((str(each) for each in Completion), amounts, strict=True))
        said: dict[Completion | None, int] = {}

        def number(count, of, said=said):
            said[of] = count
            return str(count)

        text = sentence(made(**counts), Writing(number))
        if None in said and len(said) > 1:
            assert sum(said.values()) - said[None] in (
                said[None],
                sum(amounts) - _unsaid(text, counts),
            )
        assert all(count == counts[str(of)] for of, count in said.items() if of is not None)


def _unsaid(text, counts):
    """How many "The other one has …" tells without their number."""
    return 1 if "other one" in text else 0


@pytest.fixture
def item(plan, police):
    with time_machine.travel(datetime(2010, 6, 30, tzinfo=UTC)):
        return WorkItemFactory(plan=plan, lead_agency=police, number="1.2")


@pytest.fixture
def done(item):
    with time_machine.travel(datetime(2010, 7, 1, tzinfo=UTC)):
        return MilestoneFactory(item=item, completed_on=DONE)


def of_plan(plan, moment=None):
    return completions_of(plan_at(plan, moment or Moment.today(TODAY)))


@pytest.mark.django_db
def test_a_link_is_evidence_a_note_is_only_a_note_and_what_is_withdrawn_is_none(plan, done):
    assert of_plan(plan).by_milestone == {done.pk: Completion.WITHOUT}
    EvidenceFactory(milestone=done)
    assert of_plan(plan).by_milestone == {done.pk: Completion.NOTE_ONLY}
    link = EvidenceFactory(milestone=done, note="", link="https://example.org/brochure")
    assert of_plan(plan).by_milestone == {done.pk: Completion.WITH_EVIDENCE}
    evidence_services.withdraw(
        evidence=link, by=UserFactory(), at=datetime(2010, 8, 1, tzinfo=UTC), reason="Wrong page."
    )
    assert of_plan(plan).by_milestone == {done.pk: Completion.NOTE_ONLY}
    then = Moment.end_of(date(2010, 7, 15))
    assert of_plan(plan, then).by_milestone == {done.pk: Completion.WITH_EVIDENCE}


@pytest.mark.django_db
def test_words_typed_when_it_was_marked_as_done_are_a_note(plan, item):
    milestone = MilestoneFactory(item=item)
    closed = close_milestone(
        milestone=milestone, version=milestone.version, completed_on=DONE, by=UserFactory(), on=TODAY,
        reason="Printed and sent.",
    )  # fmt: skip
    assert of_plan(plan).by_milestone == {closed.pk: Completion.NOTE_ONLY}
    closed = reopen_milestone(
        milestone=closed, version=closed.version, by=UserFactory(), reason="No."
    )
    assert list(of_plan(plan)) == []
    closed = close_milestone(
        milestone=closed, version=closed.version, completed_on=DONE, by=UserFactory(), on=TODAY
    )
    assert of_plan(plan).by_milestone == {closed.pk: Completion.WITHOUT}


@pytest.mark.django_db
def test_the_reason_that_an_import_gives_is_no_note(plan, item):
    milestone = MilestoneFactory(item=item)
    close_milestone(
        milestone=milestone, version=milestone.version, completed_on=DONE, by=UserFactory(), on=TODAY,
        reason="Imported from plan.xlsx",
    )  # fmt: skip
    assert of_plan(plan).by_milestone == {milestone.pk: Completion.WITHOUT}


@pytest.mark.django_db
def test_evidence_of_the_answer_that_reports_it_done_counts_once_the_return_is_accepted(
    plan, done, item, police
):
    of_return = ReturnFactory(round__plan=plan, agency=police, state="submitted")
    MilestoneAnswerFactory(
        milestone=done, of_return=of_return, applied_at=datetime(2010, 7, 2, tzinfo=UTC)
    )
    update = UpdateFactory(item=item, of_return=of_return)
    EvidenceFactory(milestone=None, update=update, note="", link="https://example.org/brochure")
    assert of_plan(plan).by_milestone == {done.pk: Completion.WITHOUT}
    of_return.state, of_return.accepted_on = "accepted", date(2010, 7, 5)
    of_return.accepted_by = UserFactory()
    of_return.save()
    assert of_plan(plan).by_milestone == {done.pk: Completion.WITH_EVIDENCE}


@pytest.mark.django_db
def test_a_withdrawn_item_is_left_out_and_a_complete_item_has_the_worst_of_its_milestones(
    plan, done
):
    other = MilestoneFactory(item=done.item, completed_on=DONE)
    EvidenceFactory(milestone=other)
    assert of_plan(plan).of_item(done.item.pk) == Completion.WITHOUT
    done.no_evidence = "No page says so."
    done.save()
    assert of_plan(plan).of_item(done.item.pk) == Completion.QUESTIONED
    done.item.kind = "business_as_usual"
    done.item.save()
    assert of_plan(plan).of_item(done.item.pk) is None
    done.item.stage = "withdrawn"
    done.item.save()
    assert len(of_plan(plan)) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_they_take_four_queries_for_any_number(plan, police, count, django_assert_num_queries):
    for _ in range(count):
        item = WorkItemFactory(plan=plan, lead_agency=police)
        EvidenceFactory(milestone=MilestoneFactory(item=item, completed_on=DONE))
    at = plan_at(plan, Moment.today(TODAY))
    assert len(at.items) == count
    assert at.agencies
    with django_assert_num_queries(4):
        assert len(completions_of(at)) == count
