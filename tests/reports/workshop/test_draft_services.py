"""Test the services of drafts: beginning one from a kind, editing, refreshing and printing."""

from datetime import UTC, datetime

import pytest
import time_machine

from agencies.records import history
from reports.compose import compose
from reports.document import Verb, words
from reports.drafting import draft_rows
from reports.drafting.draft import drifts
from reports.drafting.paper import composed, composed_from, document_of, generated_for
from reports.kinds.services import kinds
from reports.models import Briefing, BriefingKind, DraftParagraph
from reports.workshop.services import drafts
from tests.factories import AppointmentFactory, BriefingFactory, WorkItemFactory
from workitems.plan.services import Conflict, Refused

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def briefing(plan, item):
    """A briefing of the year to July 2010, not drafted yet."""
    AppointmentFactory(portfolio=plan.portfolio)
    return BriefingFactory(plan=plan)


def begin(briefing, by):
    kinds.take_patterns(plan=briefing.plan, by=by)
    kind = BriefingKind.objects.get(plan=briefing.plan, slug="annual")
    rows = kind.sections.order_by("position").values_list("key", "content", "standing_text")
    sections = list(rows)
    made = generated_for(briefing, sections)
    return drafts.begin_draft(
        briefing=briefing,
        kind=kind,
        composed=composed_from(made, sections),
        share=made.share,
        by=by,
    )


@pytest.fixture
def draft(briefing, by):
    with time_machine.travel(datetime(2010, 7, 1, tzinfo=UTC)):
        history.save(briefing.plan, by=None)
    return begin(briefing, by)


def paper(briefing):
    return [words(paragraph.text) for paragraph in document_of(briefing).paragraphs()]


def first(briefing):
    return briefing.draft_paragraphs.order_by("section__position", "position").first()


def test_a_plan_copies_the_products_kinds_only_once(plan, by):
    assert [kind.slug for kind in kinds.take_patterns(plan=plan, by=by)] == [
        "annual-by-item",
        "annual",
        "interim",
        "risk-alert",
    ]
    assert len(kinds.take_patterns(plan=plan, by=by)) == 4
    assert BriefingKind.objects.count() == 4


def test_a_new_annual_draft_is_what_is_composed_from_the_records(briefing, by):
    before, after = compose(briefing), document_of(begin(briefing, by))
    assert (after.cover, after.sections, after.annexes) == (
        before.cover,
        before.sections,
        before.annexes,
    )
    assert [words(ask.text) for ask in after.recommendation.items] == [
        words(ask.text) for ask in before.recommendation.items
    ]


def test_a_draft_can_be_begun_only_once(draft, by):
    with pytest.raises(Refused, match="has already begun"):
        begin(draft, by)


def test_edited_text_is_printed_and_an_outdated_page_is_a_conflict(draft, by):
    row = first(draft)
    saved = drafts.edit(briefing=draft, key=row.key, text="Our **own** words.", version=1, by=by)
    assert (saved.version, saved.origin) == (2, "edited")
    assert paper(draft)[0] == "Our own words."
    with pytest.raises(Conflict) as caught:
        drafts.edit(briefing=draft, key=row.key, text="Theirs.", version=1, by=by)
    assert caught.value.current.text == "Our **own** words."


@pytest.mark.both_databases
def test_saving_the_same_text_writes_nothing(draft, by):
    row = first(draft)
    drafts.edit(briefing=draft, key=row.key, text=row.text, version=1, by=by)
    row.refresh_from_db()
    assert (row.version, row.history.count()) == (1, 1)


def test_text_of_several_paragraphs_sent_twice_is_added_once(draft, by):
    key, count = first(draft).key, len(paper(draft))
    for _ in range(2):
        saved = drafts.edit(briefing=draft, key=key, text="One.\n\nTwo.", version=1, by=by)
        assert (saved.key, saved.version) == (key, 2)
    assert paper(draft)[:2] == ["One.", "Two."]
    # If the first paragraph keeps its text, it has no new version to recognise the resend by.
    for _ in range(2):
        drafts.edit(briefing=draft, key=key, text="One.\n\nAnd.", version=2, by=by)
    assert paper(draft)[:3] == ["One.", "And.", "Two."]
    for _ in range(2):
        drafts.add(briefing=draft, section="purpose", key="p-0", text="New.\n\nNewer.", by=by)
    assert paper(draft)[:3] == ["New.", "Newer.", "One."]
    assert len(paper(draft)) == count + 4


@pytest.mark.both_databases
def test_a_resend_is_a_conflict_once_its_paragraphs_were_changed(draft, by):
    key = first(draft).key
    drafts.edit(briefing=draft, key=key, text="One.\n\nTwo.", version=1, by=by)
    second = draft.draft_paragraphs.get(text="Two.")
    drafts.edit(briefing=draft, key=second.key, text="Two, mended.", version=1, by=by)
    with pytest.raises(Conflict):
        drafts.edit(briefing=draft, key=key, text="One.\n\nTwo.", version=1, by=by)


@pytest.mark.both_databases
def test_a_joined_paragraph_is_withdrawn_and_not_printed(draft, by):
    one, two = paper(draft)[:2]
    drafts.merge(briefing=draft, key=first(draft).key, by=by)
    assert paper(draft)[0] == f"{one} {two}"
    assert DraftParagraph.objects.filter(is_withdrawn=True).count() == 1


def test_added_moved_hidden_and_restored_paragraphs_are_printed_accordingly(draft, by):
    added = drafts.add(briefing=draft, section="delay", position=0, text="Why, in short.", by=by)
    drafts.move(briefing=draft, key=added.key, section="purpose", position=0, by=by)
    assert paper(draft)[0] == "Why, in short."
    drafts.hide(briefing=draft, key=added.key, by=by)
    assert paper(draft)[0] != "Why, in short."
    drafts.restore(briefing=draft, key=added.key, by=by)
    assert paper(draft)[0] == "Why, in short."


def test_a_changed_record_refreshes_generated_text_and_flags_edited_text(draft, by, plan, police):
    figures = draft.draft_paragraphs.get(section__key="purpose", position=2)
    drafts.edit(briefing=draft, key=figures.key, text="Our figures.", version=1, by=by)
    with time_machine.travel(datetime(2010, 7, 15, tzinfo=UTC)):
        WorkItemFactory(plan=plan, lead_agency=police, complete=True)
    drafts.refresh(briefing=draft, composed=composed(draft), by=by)
    assert paper(draft)[1] == "Our figures."
    assert [drift.key for drift in drifts(draft_rows.read_draft(draft).draft, composed(draft))] == [
        figures.key
    ]
    (drift,) = drifts(draft_rows.read_draft(draft).draft, composed(draft))
    read = {"key": figures.key, "composed": composed(draft), "version": 2, "by": by}
    for act in (drafts.accept, drafts.dismiss):
        with pytest.raises(Refused, match="The records have changed since you read"):
            act(briefing=draft, read="0" * 64, **read)
    drafts.accept(briefing=draft, read=drift.digest, **read)
    assert paper(draft)[1] != "Our figures."


@pytest.mark.both_databases
def test_edited_text_can_be_kept_against_changed_records(draft, by, plan, police):
    figures = draft.draft_paragraphs.get(section__key="purpose", position=2)
    drafts.edit(briefing=draft, key=figures.key, text="Our figures.", version=1, by=by)
    with time_machine.travel(datetime(2010, 7, 15, tzinfo=UTC)):
        WorkItemFactory(plan=plan, lead_agency=police, complete=True)
    now = composed(draft)
    (drift,) = drifts(draft_rows.read_draft(draft).draft, now)
    drafts.dismiss(
        briefing=draft, key=figures.key, composed=now, version=2, read=drift.digest, by=by
    )
    assert (paper(draft)[1], drifts(draft_rows.read_draft(draft).draft, now)) == (
        "Our figures.",
        [],
    )


@pytest.mark.both_databases
def test_an_earlier_version_can_be_restored(draft, by):
    row = first(draft)
    before = row.text
    drafts.edit(briefing=draft, key=row.key, text="Our own words.", version=1, by=by)
    oldest = row.history.earliest()
    drafts.go_back(briefing=draft, key=row.key, to=oldest.history_id, version=2, by=by)
    row.refresh_from_db()
    assert (row.text, row.origin, row.version) == (before, "generated", 3)


@pytest.mark.parametrize("state", ["awaiting", "authorised", "closed", "withdrawn"])
def test_a_locked_briefing_cannot_be_edited(draft, by, state):
    Briefing.objects.filter(pk=draft.pk).update(state=state)
    with pytest.raises(Refused, match="its text is locked"):
        drafts.hide(briefing=draft, key=first(draft).key, by=by)


@pytest.mark.parametrize(
    ("chosen", "typed", "saved"),
    [
        ("note", "note that two items are late", ("note", "that two items are late")),
        ("note", "**Agree** to the new dates", ("agree", "to the new dates")),
        ("agree", "direct Police to report", ("direct", "Police to report")),
        ("note", "that agencies note this", ("note", "that agencies note this")),
        ("approve", "direct payments to providers", ("approve", "direct payments to providers")),
    ],
)
def test_a_verb_typed_in_a_recommendation_is_not_printed_twice(
    briefing, by, draft, chosen, typed, saved
):
    row = drafts.save_ask(
        briefing=briefing, key="r-new", verb=Verb(chosen), text=typed, options="", version=0, by=by
    )
    assert (row.verb, row.text) == saved
