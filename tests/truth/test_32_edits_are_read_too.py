"""Test rule 32: an edited paragraph that disagrees with its records gets a warning with both values."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from random import Random
from time import monotonic

import pytest
from hypothesis import settings

from agencies.records import history
from reports import checks
from reports.checks.edits import disagreements
from reports.checks.evidence import Said
from reports.checks.item_records import ItemRecords
from reports.checks.values import numbers_in
from reports.compose import UNDRAFTED, USUAL_ANNEXES, write
from reports.document import Source
from reports.document.dates import long_date
from reports.drafting.draft import Draft, Origin, Part, Taken
from reports.drafting.draft_rows import Stored
from reports.drafting.paper import Drafted, composed_from, read_drafted
from reports.models import Briefing
from reports.workshop.services import drafts
from tests.factories import (
    AgencyFactory,
    AuditFactory,
    DecisionFactory,
    DelayFactory,
    EvidenceFactory,
    FindingFactory,
    MeasureFactory,
    MeasureValueFactory,
    MeetingFactory,
    MilestoneFactory,
    MitigationFactory,
    ReturnFactory,
    RiskFactory,
    RoundFactory,
    TargetFactory,
    UpdateFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.reports.drafted import BEFORE, BEFORE_ON, drafted
from tests.reports.in_memory import HEALTH, ON, POLICE, action, delay, facts, step, update_of
from tests.reports.in_memory import item as item_of
from tests.reports.random_papers import random_facts
from workitems.terms.sentence_ends import sentences

SECTIONS = [(content, content, "") for content in UNDRAFTED]
LATER = date(2011, 6, 30)


def of(these_facts):
    """A draft on these facts, as `disagreements` reads one."""
    found = write(these_facts, UNDRAFTED, USUAL_ANNEXES, in_full=False)
    rows = Stored(Draft(()), {}, {}, {})
    composed = tuple(composed_from(found, SECTIONS))
    return Drafted(
        briefing=these_facts.briefing,
        rows=rows,
        found=found,
        composed=composed,
        document=None,
        fault="",
    )


@cache
def random_draft(seed):
    """A draft on a random plan, composed once for all tests that only read it."""
    return of(random_facts(seed))


def edited(of_draft, each, text):
    taken = (Taken(each.key, each.text, each.lines),)
    return Part(key=each.key, text=text, origin=Origin.EDITED, taken=taken, sources=each.sources)


@pytest.fixture(scope="module")
def plan_of_three():
    """Two late items and one on time. Training is a year late, by Police."""
    held_up = delay(
        "funding",
        "No money was set aside for 240 officers.",
        actions=[action("Print a shorter course.", POLICE, date(2010, 9, 30))],
    )
    training = item_of(
        "1.1",
        step(date(2010, 6, 30), held_up, forecast_due=LATER, as_told="training for officers"),
        title="Train officers",
        is_key=True,
        lead=POLICE.pk,
    )
    brochure = item_of(
        "1.2", step(date(2010, 5, 31), forecast_due=date(2010, 8, 31)), title="Brochure"
    )
    advice = item_of("2.1", step(date(2011, 3, 31)), title="Advice")
    return of(facts(training, brochure, advice, updates=[update_of(training, POLICE)]))


@pytest.fixture
def told(plan_of_three):
    """What is generated on the training, under Delay."""
    return next(
        each
        for each in plan_of_three.composed
        if each.content == "delay" and "raining for officers" in each.text
    )


def of_text(plan_of_three, told, text):
    return sentences_on(plan_of_three, edited(plan_of_three, told, text))


def sentences_on(of_draft, part):
    return [each.sentence for each in disagreements(of_draft, part)]


def test_a_part_of_a_generated_paragraph_that_was_split_draws_no_warning(plan_of_three, told):
    part = Part(key="p-1", text=told.text, sources=told.sources)
    assert disagreements(plan_of_three, part) == []
    (found,) = sentences_on(plan_of_three, replace(part, text="It is 77 days late."))
    assert found == "It says 77 days, which none of its records says."


def test_what_was_said_of_a_late_item_as_if_it_were_done_draws_warnings_with_both_values(
    plan_of_three, told
):
    found = of_text(plan_of_three, told, "It was reached on time, in 2025. Nine items are late.")
    assert found == [
        "It says “Nine items are late”; the records count two.",
        "It says 2025; its records say June 2011.",
        "It says “on time”, but item 1.1 is late.",
    ]


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("Training will come in July 2011.", "It says July 2011; its records say "),
        ("Training will come by 14 June 2011.", "It says 14 June 2011; its records say "),
        ("Training of 420 officers is late.", "It says 420; its records say "),
        ("Training is late at eleven ports.", "It says eleven, which none of its records says."),
        (
            f"The {HEALTH.name} is late with the training.",
            f"It names {HEALTH.short_name}, which none of its records names.",
        ),
        ("The advice (2.1) is late.", "It says “late”, but item 2.1 is not late."),
        ("The training is complete.", "It says “complete”, but nothing of item 1.1 is complete."),
        ("The training is on track.", "It says “on track”, but item 1.1 is late."),
        ("The training was withdrawn.", "It says “withdrawn”, but item 1.1 is not withdrawn."),
    ],
)
def test_another_value_than_the_records_have_draws_a_warning(plan_of_three, told, text, start):
    (found,) = of_text(plan_of_three, told, text)
    assert found.startswith(start)


@pytest.mark.parametrize(
    "text",
    [
        "Training for officers is late, as no money was set aside for 240 officers.",
        "In June 2011 Police will train the officers, a year later than was agreed for 30 June 2010.",
        "The training may be late in late June. It will be complete by June 2011.",
        "Once it is complete, the officers will know what to look for (1.1).",
        "Police print a shorter course by 30 September 2010.",
        "Training follows the advice (2.1), which is due on 31 March 2011.",
        "It is late, as the brochure (1.2) is, which will come in August 2010.",
    ],
)
def test_other_words_for_what_the_records_say_draw_none(plan_of_three, told, text):
    assert of_text(plan_of_three, told, text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("12² items are late.", []),
        (
            "Twenty-one items are late.",
            ["It says “Twenty-one items are late”; the records count two."],
        ),
        ("Two of the 21 items are late.", []),
        ("a-" * 10_000, []),
    ],
)
def test_a_count_of_items_is_read_as_a_whole_and_in_little_time(plan_of_three, text, found):
    began = monotonic()
    assert sentences_on(plan_of_three, Part(key="p-1", text=text)) == found
    assert monotonic() - began < 2


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("late because a trainer left", ["It says “late”, but item 2.1 is not late."]),
        ("late by some way", ["It says “late”, but item 2.1 is not late."]),
        ("due in late March", []),
        ("expected late March", []),
        ("expected late in March", []),
    ],
)
def test_late_is_a_status_with_its_reason_or_length_and_none_before_a_month(
    plan_of_three, said, found
):
    advice = Part(key="p-1", text=f"The advice is {said}.", sources=_of_advice(plan_of_three))
    assert sentences_on(plan_of_three, advice) == found


def _of_advice(plan_of_three):
    return [
        Source("workitems.workitem", each.pk, None, "Item")
        for each in plan_of_three.found.facts.items
        if each.number == "2.1"
    ]


def test_a_number_is_the_same_in_digits_and_in_thousands_or_millions():
    typed = "214k downloads for $6.2m, and 1.25bn requests of 31"
    written = "214,000 downloads for $6.2 million, and 1,250 million requests of 31"
    digits = {"214000", "6200000", "1250000000", "31"}
    assert set(numbers_in(typed)) == set(numbers_in(written)) == digits
    assert [Said(typed).has(each) for each in sorted(digits)] == [True] * 4


def test_a_length_that_an_annex_gives_draws_none():
    """Under Delay are only its dates, because the new one waits for something."""
    waiting = delay("funding", "It waits.", settlement="being_settled")
    moved = step(date(2010, 6, 30), waiting, forecast_due=date(2010, 11, 26))
    of_draft = of(facts(item_of("1.1", moved, title="Train officers", is_key=True)))
    told = next(each for each in of_draft.composed if each.content == "delay")
    assert "due on 30 June 2010, will not come before November 2010" in told.text
    assert of_text(of_draft, told, "The training will be nearly five months late.") == []


def test_a_generated_paragraph_draws_none(plan_of_three, told):
    part = replace(edited(plan_of_three, told, "Nine items are late."), origin=Origin.GENERATED)
    assert disagreements(plan_of_three, part) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Nine items are late.", ["It says “Nine items are late”; the records count two."]),
        ("Two items are late. The Act of March 1993 was never changed.", []),
        ("Two of the 25 items are late.", []),
        (
            "Nine of the Plan’s 25 items are late.",
            ["It says “Nine of the Plan’s 25 items are late”; the records count two."],
        ),
        ("Nine items are ongoing.", ["It says “Nine items are ongoing”; the records count none."]),
    ],
)
def test_of_a_paragraph_written_from_no_record_only_the_counts_of_items_are_compared(
    plan_of_three, text, found
):
    assert sentences_on(plan_of_three, Part(key="p-1", text=text)) == found


def reworded(chance, text):
    """Drop or reorder sentences of a text, and clauses of one of them."""
    first, *bullets = text.split("\n")
    kept = sentences(first)
    chance.shuffle(kept)
    kept = kept[: max(1, chance.randint(1, len(kept)))] if kept else []
    if kept and chance.random() < 0.5:
        clauses = kept[0].rstrip(".").split(", ")
        chance.shuffle(clauses)
        kept[0] = f"{', '.join(clauses[: max(1, len(clauses) - 1)])}."
    return "\n".join([" ".join(kept) or first, *bullets[: chance.randint(0, len(bullets))]])


@pytest.mark.one_database(reason="reads no database")
def test_every_date_of_an_items_milestones_delays_and_actions_draws_none():
    for seed in range(max(20, settings().max_examples)):
        of_draft = random_draft(seed)
        for each in of_draft.composed:
            found = of_draft.items_of([(row.model, row.pk) for row in each.sources])
            days = {day for one in found for day in days_of(one)}
            text = " ".join(f"It was {long_date(day)}." for day in sorted(days))
            assert disagreements(of_draft, edited(of_draft, each, text)) == [], (seed, text)


def days_of(of_item):
    for each in of_item.milestones:
        yield from (each.original_due, each.agreed_due, each.forecast_due, each.completed_on or ON)
        for late in each.delays:
            yield from (late.found_on, late.due_before, late.due_after, late.ended_on or ON)
            yield from (late.settling_by or ON,)
            for row in late.mitigations:
                yield from (row.due_on or ON, row.done_on or ON)


@pytest.mark.django_db
@pytest.mark.usefixtures("before_the_paper")
def test_what_any_record_of_the_item_says_draws_none(plan, item, police, by, settled_by):
    """Records that the paper is not composed from: earlier rounds, measures, requests, risks, decisions, evidence."""
    milestone = MilestoneFactory(item=item, original_due=date(2010, 6, 1))
    MitigationFactory(delay=DelayFactory(milestone=milestone))
    health = AgencyFactory(short_name="MOH", name="Ministry of Health")
    settled_by(item, milestone, health)
    briefing = drafted(plan, item, by)
    read = read_drafted(briefing)
    cited = [part for part in read.draft.parts() if part.sources and not part.is_hidden]
    part = next(
        each for each in cited if {row.model for row in each.sources} >= {"workitems.delay"}
    )
    for text in (
        "It reached 41 of 66 ports by December 2008.",
        "It was asked on 3 May 2010 to move it to 14 October 2011, for 17 bids.",
        "The Ministry of Health owns the risk that 23 trainers leave, raised on 12 March 2010.",
        "The group decided on 9 February 2010 that 31 staff help until 28 November 2010.",
        "The receipt is for 5,250 copies.",
    ):
        one = replace(part, text=text, origin=Origin.EDITED)
        assert disagreements(read, one), text
        assert disagreements(read, one, ItemRecords(plan)) == [], text
    wrong = replace(part, text="It reached 43 ports.", origin=Origin.EDITED)
    (found,) = disagreements(read, wrong, ItemRecords(plan))
    assert (found.typed, found.sentence[:11]) == (["43"], "It says 43;")


@pytest.mark.django_db
@pytest.mark.usefixtures("before_the_paper")
def test_the_day_by_which_something_is_done_about_a_delay_of_a_named_item_draws_none(
    plan, item, police, by
):
    advice = WorkItemFactory(plan=plan, number="5.1")
    milestone = MilestoneFactory(item=advice, original_due=date(2010, 6, 1))
    history.save(advice, by=None, at=BEFORE)
    briefing = drafted(plan, item, by)

    def found():
        read = read_drafted(briefing)
        part = next(each for each in read.draft.parts() if each.sources)
        text = "It awaits the advice (5.1), by 24 December 2011."
        return disagreements(
            read, replace(part, text=text, origin=Origin.EDITED), ItemRecords(plan)
        )

    assert [each.typed for each in found()] == [["24 December 2011"]]
    delay = DelayFactory(milestone=milestone)
    row = MitigationFactory.build(delay=delay, owner_agency=police, due_on=date(2011, 12, 24))
    # Recorded after the paper's day.
    history.save(row, by=None, at=datetime(2010, 9, 1, tzinfo=UTC))
    assert found() == []


@pytest.mark.django_db
@pytest.mark.usefixtures("before_the_paper")
def test_an_accepted_number_or_a_target_of_a_measure_draws_none(plan, item, by, settled_by):
    milestone = MilestoneFactory(item=item, original_due=date(2010, 6, 1))
    MitigationFactory(delay=DelayFactory(milestone=milestone))
    settled_by(item, milestone, AgencyFactory(short_name="MOH"))
    measure = MeasureFactory(item=item, number=7, kind="share", as_told="the share of staff")
    TargetFactory(measure=measure, number=85, due=date(2012, 6, 30), due_known_to="month")
    MeasureValueFactory(measure=measure, number=647, of=962, day=date(2009, 11, 30), accepted_on=BEFORE_ON)  # fmt: skip
    MeasureValueFactory(measure=measure, number=711, of=962, day=date(2009, 12, 31))  # waits
    read = read_drafted(drafted(plan, item, by))
    part = next(
        each
        for each in read.draft.parts()
        if {row.model for row in each.sources} >= {"workitems.delay"} and not each.is_hidden
    )
    said = replace(part, text="It was 647 of 962; the target is 85 per cent by June 2012.", origin=Origin.EDITED)  # fmt: skip
    assert disagreements(read, said) == []
    assert disagreements(read, replace(said, text="It is 18 points short of the target.")) == []
    (found,) = disagreements(read, replace(said, text="It was 711 of 962."), ItemRecords(plan))
    assert found.typed == ["711"]


@pytest.mark.django_db
@pytest.mark.usefixtures("before_the_paper")
def test_what_an_audit_found_draws_none(plan, item, by):
    auditor = AgencyFactory(short_name="OAG", name="Office of the Auditor-General")
    audit = AuditFactory(plan=plan, agency=auditor, from_on=date(2010, 3, 1))
    FindingFactory(
        audit=audit,
        item=item,
        note="In 2007 and 2008, 17 staff were trained.",
        replied=True,
        reply="We trained 21.",
    )
    read = read_drafted(drafted(plan, item, by))
    part = next(
        part
        for part in read.draft.parts()
        if {row.model for row in part.sources} == {"workitems.finding"}
    )
    text = "The Office of the Auditor-General saw 17 trained in 2007; Police say 21."
    one = replace(part, text=text, origin=Origin.EDITED)
    assert disagreements(read, one) == []
    (found,) = disagreements(read, replace(one, text=text.replace("17", "19")))
    assert found.sentence == "It says 19, which none of its records says."


@pytest.mark.django_db
@pytest.mark.usefixtures("before_the_paper")
def test_how_many_returns_came_in_draws_none(plan, item, by, accepted):
    for name in ("Navy", "Army"):
        ReturnFactory(round=accepted.round, agency=AgencyFactory(short_name=name, name=name))
    read = read_drafted(drafted(plan, item, by))
    source = Source("workitems.return", accepted.pk, None, "Return")
    text = "Of the three agencies, the Navy is one of two that have not answered."
    part = Part(key="p-9", text=text, sources=(source,))
    assert disagreements(read, part, ItemRecords(plan)) == []
    (found,) = disagreements(
        read, replace(part, text=text.replace("three", "nine")), ItemRecords(plan)
    )
    assert found.typed == ["nine"]


@pytest.fixture
def settled_by(plan, police):
    """Make what is recorded of an item besides the records of a paper's period."""

    def make(of_item, milestone, agency):
        past = RoundFactory(
            plan=plan,
            name="To December 2008",
            period_start=date(2008, 7, 1),
            period_end=date(2008, 12, 31),
            closed_at=BEFORE,
        )
        returned = ReturnFactory(
            round=past, agency=police, state="accepted", submitted_at=BEFORE, accepted_on=BEFORE_ON
        )
        UpdateFactory(of_return=returned, item=of_item, achieved="It reached 41 of 66 ports.")
        MeasureFactory(item=of_item, description="95 per cent of visas")
        VariationFactory(
            milestone=milestone,
            reason="There were 17 bids.",
            due_after=date(2011, 10, 14),
            requested_at=datetime(2010, 5, 3, tzinfo=UTC),
        )
        RiskFactory(
            plan=plan,
            item=of_item,
            description="23 trainers leave.",
            owner_agency=agency,
            escalated_to="group",
            escalated_on=date(2010, 3, 12),
        )
        DecisionFactory(
            meeting=MeetingFactory(plan=plan, held_on=date(2010, 2, 9)),
            item=of_item,
            text="31 staff help.",
            owner_agency=police,
            due_on=date(2010, 11, 28),
        )
        EvidenceFactory(milestone=milestone, note="Receipt for 5,250 copies")

    return make


@pytest.mark.django_db
@pytest.mark.usefixtures("before_the_paper")
@pytest.mark.parametrize("items", [1, 3])
def test_the_other_records_are_read_in_twelve_queries(plan, item, django_assert_num_queries, items):
    for place in range(items):
        MeasureFactory(item=WorkItemFactory(plan=plan, number=f"3.{place}"))
    found = ItemRecords(plan)
    with django_assert_num_queries(12):
        found.of_item(item.pk), found.of_plan
    with django_assert_num_queries(0):
        found.of_item(item.pk), found.of_plan


@pytest.mark.one_database(reason="reads no database")
def test_two_hundred_harmless_rewordings_draw_none():
    count, seed = 0, 0
    while count < max(20, 2 * settings().max_examples):
        seed += 1
        chance, draft = Random(seed), random_draft(seed)
        for each in draft.composed:
            text = reworded(chance, each.text)
            if text != each.text and each.sources:
                count += 1
                assert disagreements(draft, edited(draft, each, text)) == [], (seed, text)


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        # All of these are in the records, but elsewhere.
        ("June 2011", "June 2010", "It says June 2010; its records say June 2011."),
        ("the New Zealand Police", "DoL", "It says DoL; its records say New Zealand Police."),
        ("(1.1)", "(1.2)", "It says item 1.2; its records say item 1.1."),
        ("late", "on time", "It says “on time”; its records say “late”."),
    ],
)
def test_a_value_in_the_place_of_another_draws_one_though_a_record_has_it(
    plan_of_three, was, now, says
):
    told = [each for each in plan_of_three.composed if was in each.text and "1.1" in each.text]
    found = [
        sentences_on(plan_of_three, edited(plan_of_three, each, each.text.replace(was, now)))
        for each in told
    ]
    assert found and all(says in of_one for of_one in found), ([each.text for each in told], found)


def in_other_words(text):
    """Return a text with its numbers in words or digits, its days as months, and the agencies in full."""
    words = dict(
        zip(
            ["two", "three", "four", "five", "six", "seven", "eight", "nine"],
            range(2, 10),
            strict=True,
        )
    )
    text = re.sub(r"\b\d{1,2} (?=[A-Z][a-z]+ 20\d\d)", "", text)
    for word, digit in words.items():
        text = re.sub(rf"(?<![\w-]){word}(?= [a-z])", "@", text)
        text = re.sub(rf"(?<![\w.,(]){digit}(?= [a-z])", word, text).replace("@", str(digit))
    return re.sub(r"(?<!Zealand )(?<!\()\bPolice\b", POLICE.name, text)


@pytest.mark.one_database(reason="reads no database")
def test_numbers_in_other_words_months_for_days_and_names_in_full_draw_none():
    for seed in range(max(20, settings().max_examples)):
        of_draft = random_draft(seed)
        for each in of_draft.composed:
            text = in_other_words(each.text)
            if each.sources and text != each.text:
                assert disagreements(of_draft, edited(of_draft, each, text)) == [], (seed, text)


def changed_values(text):
    """Yield each date and number of a text, with another one and the text that has it in that place."""
    for match in re.finditer(r"(?<![\w.,{(])(?:\d{1,2} )?[A-Z][a-z]+ (20\d\d)\b", text):
        other = f"{match.group()[:-4]}{int(match[1]) + 31}"
        yield match.group(), other, text[: match.start()] + other + text[match.end() :]
    for match in re.finditer(r"(?<![\w.,{(] )(?<![\w.,{(])\d\d?(?= [a-z]{3})", text):
        other = str(int(match.group()) + 53)
        yield match.group(), other, text[: match.start()] + other + text[match.end() :]


@pytest.mark.one_database(reason="reads no database")
def test_each_date_and_number_that_is_changed_in_a_generated_paragraph_draws_one_with_both_values():
    count = 0
    for seed in range(max(10, settings().max_examples)):
        of_draft = random_draft(seed)
        for each in of_draft.composed:
            for was, now, text in changed_values(each.text) if each.sources else ():
                found = sentences_on(of_draft, edited(of_draft, each, text))
                assert [says for says in found if now in says and was in says], (seed, text, found)
                count += 1
    assert count > 50


@pytest.mark.django_db
@pytest.mark.usefixtures("before_the_paper")
def test_the_warning_is_listed_and_lapses_with_the_text(plan, item, by):
    milestone = MilestoneFactory(item=item, original_due=date(2010, 6, 1))
    MitigationFactory(delay=DelayFactory(milestone=milestone))
    briefing = drafted(plan, item, by)
    row = next(
        row
        for row in briefing.draft_paragraphs.filter(section__key="delay")
        if any(source["model"] == "workitems.delay" for source in row.sources)
    )
    drafts.edit(
        briefing=briefing,
        key=row.key,
        text="It was reached on time, in 2025.",
        version=row.version,
        by=by,
    )
    found = {check.key: check for check in checks.failed_checks(read_drafted(briefing))}
    check = found[f"edit-{row.key}"]
    assert check.words.startswith("Paragraph ")
    assert "does not agree with its records: it says 2025; its records say " in check.words
    assert "It says “on time”, but item 1.2 is late." in check.words
    assert check.paragraph == row.key


@pytest.mark.sqlite
def test_the_demos_edited_paragraphs_draw_none(load_demo):
    load_demo("load_demo_plan", "load_demo_briefing")
    texts = []
    for briefing in Briefing.objects.select_related("plan__coordinating_agency", "kind"):
        if briefing.kind_id is None:
            continue
        read = read_drafted(briefing)
        own = [part for part in read.draft.parts() if part.origin != Origin.GENERATED]
        texts += [part.text for part in own]
        assert [disagreements(read, part) for part in own] == [[]] * len(own)
    assert texts != []
