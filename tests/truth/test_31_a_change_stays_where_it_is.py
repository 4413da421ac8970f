"""Test rule 31: when records of one item change, an update touches only paragraphs about that item and the totals."""

from copy import copy
from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random

import pytest
import time_machine
from hypothesis import settings

from agencies.records import history
from reports.briefings import services
from reports.compose import UNDRAFTED, USUAL_ANNEXES, write
from reports.compose.facts import Term
from reports.compose.slips import late_items
from reports.document import Source
from reports.drafting import changed_records
from reports.drafting.changed_records import settled
from reports.drafting.draft import Draft, Portion, outdated, refresh
from reports.drafting.paper import composed, composed_anew, composed_from, generated, read_drafted
from reports.kinds.services import kinds
from reports.kinds.services.annex_choices import choose_annexes
from reports.models import Briefing, BriefingKind
from reports.workshop.services import drafts
from reports.workshop.services.beginning import begin_as
from tests.factories import (
    AppointmentFactory,
    DelayFactory,
    GlossaryEntryFactory,
    MilestoneFactory,
    PlanFactory,
    UserFactory,
    WorkItemFactory,
)
from tests.reports.drafted import BEFORE, DATED
from tests.reports.in_memory import ON, START, update_of
from tests.reports.random_papers import Words, random_facts

SECTIONS = [(content, content, "") for content in UNDRAFTED]
SUMMARIES = ("purpose",)
DRAFTED_ON, NEXT_DAY = date(2010, 8, 2), date(2010, 8, 4)
# In full 120 plans: of 210, those after the first 72 took no further step in the drafts (decision 15).
BATCHES, SIZE = 3, min(max(settings().max_examples, 20), 40)
WHY = "The trainers left and nobody else could be found in time for the course. "
WRITTEN_OUT = "customs notification system (CNS)"
MUCH_MORE = "A second course was held. " * 12


def texts_of(of):
    return composed_from(write(of, UNDRAFTED, USUAL_ANNEXES, in_full=False), SECTIONS)


def tight(of):
    """Return the facts with fewer words allowed than there is to say.

    All of it is written with words that are shared out already, so no other number of them is tried.
    """
    roomy = copy(of.briefing)
    roomy.shared_words, roomy.is_tight = 5000, False
    all_words = sum(
        len(each.text.split()) for each in texts_of(replace(of, briefing=roomy, most_words=5000))
    )
    return replace(of, most_words=max(all_words * 8 // 10, 200))


def begun(composed_texts):
    empty = Draft(tuple(Portion(content, content, content) for content in UNDRAFTED))
    return refresh(empty, composed_texts)


def records_of(item, updates):
    """The records of an item, as paragraphs cite them."""
    yield "workitems.workitem", item.pk
    yield from (("workitems.update", row.pk) for row in updates)
    for step in item.milestones:
        yield "workitems.milestone", step.pk
        for delay in step.delays:
            yield "workitems.delay", delay.pk
            yield from (("workitems.mitigation", row.pk) for row in delay.mitigations)


def changed(of, chance):
    """Return the facts after an agency has reported on one of the items: a new update, longer texts of its delays
    and, sometimes, a completion; the item; and the records that are new."""
    place = chance.randrange(len(of.items))
    was = of.items[place]
    words = Words(chance)
    words._count = 10_000
    row = update_of(
        was,
        achieved=" ".join(words.sentence() for _ in range(3)),
        planned_next=words.sentence(),
        key_achievement=chance.choice(("no", "yes", "headline")),
    )
    milestones = tuple(
        step._replace(
            delays=tuple(
                delay._replace(explanation=words.sentence(), version=delay.version + 10**6)
                for delay in step.delays
            )
        )
        for step in was.milestones
    )
    # If it was the first to use an acronym, another paragraph is now.
    title = was.title.replace(" of the CNS", "")
    now = was._replace(milestones=milestones, title=title, version=was.version + 10**6)
    items = (*of.items[:place], now, *of.items[place + 1 :])
    updates = {**of.updates, was.pk: [*of.updates.get(was.pk, ()), row]}
    after = replace(
        of,
        items=items,
        late=late_items(items, START),
        updates=updates,
    )
    return after, now, set(records_of(now, updates[was.pk]))


def with_acronyms(of, only=None):
    """The facts with an acronym in each title, or in the title of one item only, and its entry in the glossary."""
    items = tuple(
        item._replace(title=f"{item.title} of the CNS") if only in (None, item.pk) else item
        for item in of.items
    )
    source = Source("workitems.glossaryentry", 1, 1, "Glossary, CNS")
    terms = {"cns": Term("customs notification system", source)}
    return replace(of, items=items, late=late_items(items, START), terms=terms)


@pytest.fixture
def time_stands_still(monkeypatch):
    """The draft was begun on the paper's date; a test says which records are new since."""
    new = set()
    since = datetime(2010, 7, 30, tzinfo=UTC)
    monkeypatch.setattr(changed_records, "_begun", lambda briefing, of: (ON, since))
    monkeypatch.setattr(
        changed_records,
        "_written_since",
        lambda versions, since: (record for record in versions if record in new),
    )
    return new


@pytest.mark.parametrize("batch", range(BATCHES))
@pytest.mark.one_database(reason="reads no database")
def test_of_random_plans_only_paragraphs_about_the_changed_item_are_proposed(
    time_stands_still, batch
):
    elsewhere = 0
    for seed in range(batch * SIZE, batch * SIZE + SIZE):
        before = tight(random_facts(seed))
        if not before.items:
            continue
        if seed % 2:
            before = with_acronyms(before)
        draft = begun(texts_of(before))
        after, _item, own = changed(before, Random(seed))
        time_stands_still.clear()
        time_stands_still.update(own)
        raw = texts_of(after)
        of_key = {part.key: set(part.sources) for part in draft.parts()}
        for each in raw:
            of_key.setdefault(each.key, set()).update(each.sources)
        contents = {part.key: p.content for p in draft.portions for part in p.parts}
        contents |= {each.key: each.content for each in raw}

        def is_about_it(key, own=own, of_key=of_key, contents=contents):
            records = {(source.model, source.pk) for source in of_key[key]}
            return (
                bool(records & own)
                or not records
                or ("workitems.plan", 1) in records
                or contents[key] in SUMMARIES
            )

        all_changes = set(outdated(draft, raw))
        proposed = set(outdated(draft, settled(after.briefing, draft, raw, after)))
        assert [key for key in proposed if not is_about_it(key)] == [], seed
        # Nothing about the item is hidden.
        assert {key for key in all_changes if is_about_it(key)} <= proposed, seed
        elsewhere += len(all_changes - proposed)
    assert elsewhere > 0  # the limit of words bites


def changes_to_records(of, less, draft):
    """The keys of paragraphs that an update would change, but for those of the summary and of the plan."""
    changes = outdated(draft, settled(of.briefing, draft, less, of))
    contents = {part.key: p.content for p in draft.portions for part in p.parts}
    cited = {part.key: part.sources for part in draft.parts()}
    return {
        key
        for key in changes
        if contents.get(key) != "purpose"
        and not any(
            source.model == "workitems.plan" or source.history_id is None
            for source in cited.get(key, ())
        )
    }


def test_a_draft_without_a_change_is_left_as_it_is(time_stands_still):
    """Another limit of words is no change of the records."""
    before = replace(random_facts(7), most_words=1500)
    draft = begun(texts_of(before))
    less = texts_of(replace(before, most_words=250))
    assert len(outdated(draft, less)) > 2
    assert changes_to_records(before, less, draft) == set()


def test_an_acronym_that_a_shorter_paper_would_not_use_is_no_change(time_stands_still):
    before = replace(random_facts(7), most_words=1700)
    one = next(item for item in before.items if item.number == "2.5")
    before = with_acronyms(before, only=one.pk)
    draft = begun(texts_of(before))
    less = texts_of(replace(before, most_words=250))
    long, short = ("".join(each.text for each in texts) for texts in (draft.parts(), less))
    assert "customs notification system" in long
    assert "customs notification system" not in short
    assert changes_to_records(before, less, draft) == set()


# --- with a database --------------------------------------------------------------------------


@pytest.fixture
def plan():
    return PlanFactory()


@pytest.fixture
def by():
    return UserFactory()


@pytest.fixture
def delays(plan):
    """Eight late items, with more to say than 300 words hold."""
    found = []
    with time_machine.travel(BEFORE, tick=False):
        AppointmentFactory(portfolio=plan.portfolio)
        history.save(plan, by=None, at=BEFORE)
        for number in range(1, 9):
            item = WorkItemFactory(plan=plan, number=f"1.{number}", is_key=number % 2)
            due = date(2010, number % 6 + 1, 28)
            milestone = MilestoneFactory(
                item=item, original_due=due, agreed_due=due, forecast_due=date(2011, number, 1)
            )
            delay = DelayFactory(milestone=milestone, explanation=WHY * number, effect=WHY)
            for row in (item, milestone, delay):
                history.save(row, by=None, at=BEFORE)
            found.append(delay)
    return found


@pytest.fixture
def briefing(plan, by, delays):
    """Dated 20 August and drafted on the 2nd, as at that day."""
    with time_machine.travel(datetime(2010, 8, 1, 22, tzinfo=UTC), tick=False):
        kinds.take_patterns(plan=plan, by=by)
        BriefingKind.objects.filter(plan=plan, slug="annual").update(most_words=300)
        made = services.create_briefing(
            plan=plan,
            by=by,
            at=datetime(2010, 8, 1, 22, tzinfo=UTC),
            title="Progress",
            tracker_number="10/1",
            period_start=date(2009, 7, 31),
            period_end=DATED,
            dated=date(2010, 8, 20),
            contact_name="Plan coordinator",
            manager_name="Group manager",
        )
        return begin_as(briefing=made, slug="annual", by=by, today=DRAFTED_ON)


def explained(delay, words, at):
    delay.explanation = words
    history.save(delay, by=None, at=at)


@pytest.mark.django_db
def test_a_longer_report_of_one_item_changes_no_paragraph_about_another(briefing, delays, by):
    at = datetime(2010, 8, 4, tzinfo=UTC)
    explained(delays[0], MUCH_MORE, at)
    drafted = read_drafted(briefing, NEXT_DAY)
    assert drafted.outdated != {}
    about = {
        ("workitems.delay", delays[0].pk),
        ("workitems.milestone", delays[0].milestone_id),
        ("workitems.workitem", delays[0].milestone.item_id),
        ("workitems.plan", briefing.plan_id),
    }
    summary = {part.key for part in drafted.draft.portion("purpose").parts}
    for key in drafted.outdated:
        sources = [s for each in drafted.composed if each.key == key for s in each.sources]
        sources += [s for part in drafted.draft.parts() if part.key == key for s in part.sources]
        assert key in summary or {(s.model, s.pk) for s in sources} & about, key


@pytest.mark.django_db
def test_a_change_of_the_limit_alone_proposes_nothing_about_an_item(briefing):
    BriefingKind.objects.filter(pk=briefing.kind_id).update(most_words=900)
    briefing.kind.refresh_from_db()
    found = generated(briefing, read_drafted(briefing, NEXT_DAY).draft, NEXT_DAY)
    rows = read_drafted(briefing, NEXT_DAY).rows
    assert len(outdated(rows.draft, composed_from(found, rows.patterns))) > 1
    summary = {part.key for part in rows.draft.portion("purpose").parts}
    changed_keys = set(read_drafted(briefing, NEXT_DAY).outdated) - summary
    of_plan = {
        part.key
        for part in rows.draft.parts()
        if any(source.model == "workitems.plan" for source in part.sources)
    }
    assert changed_keys - of_plan == set()


@pytest.mark.django_db
def test_a_new_late_item_is_proposed(briefing, plan, by):
    at = datetime(2010, 8, 4, tzinfo=UTC)
    with time_machine.travel(at, tick=False):
        item = WorkItemFactory(plan=plan, number="2.1", is_key=True)
        milestone = MilestoneFactory(
            item=item, original_due=date(2010, 1, 28), forecast_due=date(2012, 1, 1)
        )
        rows = [item, milestone, DelayFactory(milestone=milestone, explanation=WHY)]
    for row in rows:
        history.save(row, by=None, at=at)
    proposed = read_drafted(briefing, NEXT_DAY).outdated
    assert any("2.1" in now for _, now in proposed.values())


@pytest.mark.django_db
def test_an_edited_paragraph_has_not_drifted_because_another_item_has_more_to_say(
    briefing, delays, by
):
    stored = read_drafted(briefing, NEXT_DAY)
    own = {("workitems.delay", delays[0].pk), ("workitems.milestone", delays[0].milestone_id)}
    for part in list(stored.draft.parts()):
        if part.sources and part.taken:
            row = stored.rows.paragraphs[part.key]
            drafts.edit(
                briefing=briefing,
                key=part.key,
                text=f"{part.text} Edited.",
                version=row.version,
                by=by,
            )
    explained(delays[0], MUCH_MORE, datetime(2010, 8, 4, tzinfo=UTC))
    drifts = read_drafted(briefing, NEXT_DAY).drifts
    for drift in drifts:
        part = read_drafted(briefing, NEXT_DAY).draft.part(drift.key)
        records = {(source.model, source.pk) for source in part.sources}
        is_summary = any(source.model == "workitems.plan" for source in part.sources)
        item = ("workitems.workitem", delays[0].milestone.item_id)
        home = read_drafted(briefing, NEXT_DAY).draft.portion_of(drift.key).content
        assert is_summary or home == "purpose" or records & {*own, item}, part.text
    assert composed(briefing, NEXT_DAY) != []


# --- the words that are shared out ---------------------------------------------------------------


def kept(briefing):
    briefing.refresh_from_db()
    return briefing.shared_words, briefing.is_tight


@pytest.mark.django_db
def test_a_draft_keeps_the_words_with_which_it_was_composed(briefing):
    assert kept(briefing) == (0, True)  # its limit is less than it must say
    assert kept(briefing) == read_drafted(briefing, NEXT_DAY).found.share
    assert briefing.history.latest().shared_words == 0


@pytest.mark.django_db
def test_an_update_keeps_the_words_with_which_it_was_composed(briefing, by):
    BriefingKind.objects.filter(pk=briefing.kind_id).update(most_words=900)
    briefing = Briefing.objects.get(pk=briefing.pk)
    now, share = composed_anew(briefing, NEXT_DAY)
    assert share.words > 0
    assert kept(briefing) == (0, True)
    version = briefing.version
    drafts.refresh(briefing=briefing, composed=now, share=share, by=by)
    assert kept(briefing) == share
    assert briefing.version == version
    row = briefing.history.latest()
    assert (row.shared_words, row.history_user, row.history_change_reason) == (
        share.words,
        by,
        "Updated from the records",
    )
    assert read_drafted(Briefing.objects.get(pk=briefing.pk), NEXT_DAY).found.share == share


@pytest.mark.django_db
def test_another_period_or_other_annexes_let_go_of_the_words(briefing, by):
    changed_cover = services.change_cover(
        briefing=briefing, version=briefing.version, by=by, title="Progress again"
    )
    assert kept(changed_cover) == (0, True)
    changed_cover = services.change_cover(
        briefing=briefing, version=changed_cover.version, by=by, period_start=date(2009, 8, 31)
    )
    assert kept(changed_cover) == (None, False)
    Briefing.objects.filter(pk=briefing.pk).update(shared_words=700, is_tight=True)
    choose_annexes(briefing=briefing, annexes=["items"], version=changed_cover.version, by=by)
    assert kept(briefing) == (None, False)


# --- acronyms -----------------------------------------------------------------------------------


def first_uses(briefing):
    """By section of the draft as an update would make it: how often each paragraph writes the acronym out."""
    drafted = read_drafted(briefing, NEXT_DAY)
    after = refresh(drafted.draft, drafted.composed)
    found = {
        portion.content: [
            part.text.count(WRITTEN_OUT) for part in portion.parts if "CNS" in part.text
        ]
        for portion in after.portions
    }
    return {content: counts for content, counts in found.items() if counts}


@pytest.mark.django_db
def test_an_acronym_changes_only_where_a_section_first_uses_it(plan, delays, briefing, by):
    at = datetime(2010, 8, 2, 1, tzinfo=UTC)
    for delay in delays:
        explained(delay, f"The CNS of item {delay.milestone.item.number} failed again.", at)
    drafts.refresh(briefing=briefing, composed=composed(briefing, NEXT_DAY), by=by)
    assert {sum(counts) for counts in first_uses(briefing).values()} == {0}
    with time_machine.travel(datetime(2010, 8, 3, tzinfo=UTC), tick=False):
        entry = GlossaryEntryFactory(plan=plan)
    proposed = read_drafted(briefing, NEXT_DAY).outdated
    assert proposed != {}
    assert [now for _, now in proposed.values()] == [
        was.replace("CNS", WRITTEN_OUT, 1) for was, _ in proposed.values()
    ]
    uses = first_uses(briefing)
    assert uses == {content: [1, *[0] * (len(counts) - 1)] for content, counts in uses.items()}
    drafts.refresh(briefing=briefing, composed=composed(briefing, NEXT_DAY), by=by)
    assert read_drafted(briefing, NEXT_DAY).outdated == {}
    entry.words = "cargo news system"
    with time_machine.travel(datetime(2010, 8, 4, tzinfo=UTC), tick=False):
        history.save(entry, by=None)
    again = read_drafted(briefing, NEXT_DAY).outdated
    assert again == {
        key: (now, now.replace(WRITTEN_OUT, "cargo news system (CNS)"))
        for key, (_, now) in proposed.items()
    }
