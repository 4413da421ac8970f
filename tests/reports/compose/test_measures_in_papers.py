"""What measures say in a paper: each once, in its place."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from reports.charts import draw_measure, measure_chart
from reports.compose import write
from reports.compose.annex_rows import work_item_table
from reports.compose.measure_sources import VALUE, MeasureFacts
from reports.document import words
from tests.reports import in_memory
from tests.reports.in_memory import LABOUR, text_of
from workitems.models import Measure
from workitems.plan.plan_at.measures_at import MeasureAt, Measures
from workitems.terms.known_dates import KnownDate, KnownTo
from workitems.terms.measure_sentence import Aim, Given, Measured

ANNUAL = ("purpose", "achievements", "delay", "mitigation", "next_steps")
BY_ITEM = ("figures", "achievements", "delay", "next_steps")
KINDS = pytest.mark.parametrize("contents", [ANNUAL, BY_ITEM], ids=["by section", "by item"])
ACHIEVED = "Trained 83 staff at 12 ports with the new course."
AHEAD = "The number of staff trained was 83 in June 2010; the target is 1,700 by June 2011."
MISSED = (
    "The number of staff trained was 83 in June 2010; the target of 100 by June 2010 was missed"
)
SET_UP = {"unit": "", "better": "higher", "baseline": None, "baseline_on": None}


def number(value, pk=1, day=date(2010, 6, 30), **more):
    return Given(pk=pk, day=day, number=Decimal(value), **more)


def target(value, year):
    return Aim(1, Decimal(value), KnownDate(date(year, 6, 30), KnownTo.MONTH))


def measure(item, *values, targets=(), pk=1, name="the number of staff trained", **set_up):
    set_up = SET_UP | {"kind": "level", "as_told": name} | set_up
    row = Measure(pk=pk, item_id=item and item.pk, responsible_agency=LABOUR, **set_up)
    measured = Measured(**set_up, began=date(2009, 7, 31))
    return MeasureAt(
        row, item, in_memory.AGENCIES, measured, tuple(targets), tuple(values), in_memory.ON
    )


def paper(contents, *items, measures=(), updates=(), most_words=1000, **more):
    facts = in_memory.facts(
        *items,
        updates=updates,
        most_words=most_words,
        measures=MeasureFacts(Measures(measures), **more),
    )
    return write(facts, contents)


def texts(made, content):
    return [text_of(each) for each in made.sections[content].paragraphs]


def whole(made):
    return "\n".join(text for content in made.sections for text in texts(made, content))


def trained(**given):
    of = in_memory.item("1.1", in_memory.step(), is_key=True, **given)
    return of, in_memory.update_of(of, achieved=ACHIEVED, key_achievement="headline")


@KINDS
def test_a_measure_is_told_beside_its_items_achievement(contents):
    of, update = trained()
    row = measure(of, number(83), targets=[target(1700, 2011)])
    made = paper(contents, of, updates=[update], measures=[row])
    # The report gives the number of the same thing.
    target_alone = "The target is 1,700 by June 2011."
    (told,) = [text for text in texts(made, "achievements") if target_alone in text]
    assert told.index("83 staff at 12 ports") < told.index(target_alone)
    assert (
        whole(made).count("the number of staff trained") + whole(made).count("The number of") == 0
    )
    (paragraph,) = [
        each for each in made.sections["achievements"].paragraphs if target_alone in text_of(each)
    ]
    assert (VALUE, 1) in {(source.model, source.pk) for source in paragraph.sources}


@KINDS
@pytest.mark.parametrize("stage", ["under_way", "complete"])
def test_a_missed_target_is_told_under_delay_alone_even_of_a_complete_item(contents, stage):
    of, update = trained(stage=stage)
    row = measure(of, number(83), targets=[target(100, 2010)])
    made = paper(contents, of, updates=[update], measures=[row])
    assert texts(made, "delay")[-1] == f"{MISSED} (1.1)."
    assert whole(made).count(MISSED) == 1


def test_several_are_counted_by_what_they_are():
    items = [in_memory.item(f"1.{place}", in_memory.step()) for place in (1, 2, 3)]
    rows = [
        measure(items[0], number(83), targets=[target(100, 2010)], pk=1),
        measure(items[1], number(83, 2), targets=[target(100, 2010)], pk=2),
        measure(items[2], number(3, 3), pk=3, baseline=Decimal(5), baseline_on=date(2009, 6, 30)),
    ]
    made = paper(ANNUAL, *items, measures=rows)
    first, *bullets = texts(made, "delay")[-1].splitlines()
    assert first == "Two targets were missed and one measure is worse than before the Plan:"
    assert len(bullets) == 3
    assert bullets[2].endswith("two fewer than before the Plan (1.3).")


def test_of_many_the_rest_is_counted():
    items = [in_memory.item(f"1.{place}", in_memory.step()) for place in range(1, 9)]
    rows = [
        measure(of, number(83, pk), targets=[target(100, 2010)], pk=pk)
        for pk, of in enumerate(items, start=1)
    ]
    *_, listed, rest = texts(paper(ANNUAL, *items, measures=rows), "delay")
    assert len(listed.splitlines()) == 6
    assert rest == ("Besides these, three targets were missed (1.6, 1.7 and 1.8).")


@pytest.mark.parametrize("content", ["purpose", "figures"])
def test_the_summary_tells_two_outcomes_at_most(content):
    rows = [measure(None, number(83, pk), pk=pk, name=f"the share {pk}") for pk in (1, 2, 3)]
    made = paper((content, "achievements", "delay"), in_memory.item(), measures=rows)
    assert "The share 1 was 83 in June 2010." in whole(made)
    assert "The share 2 was 83 in June 2010." in whole(made)
    assert "The share 3" not in whole(made)


def test_a_missed_outcome_of_the_summary_is_not_told_again_under_delay():
    row = measure(None, number(83), targets=[target(100, 2010)])
    assert whole(paper(ANNUAL, in_memory.item(), measures=[row])).count(MISSED) == 1


def test_without_a_word_to_spare_only_what_was_missed_is_told():
    of, update = trained()
    rows = [
        measure(of, number(83), targets=[target(1700, 2011)], pk=1),
        measure(of, number(83, 2), targets=[target(100, 2010)], pk=2),
    ]
    made = paper(ANNUAL, of, updates=[update], measures=rows, most_words=100)
    assert AHEAD not in whole(made)
    assert MISSED in whole(made)


def test_a_measure_without_a_number_is_not_told():
    of, update = trained()
    made = paper(ANNUAL, of, updates=[update], measures=[measure(of, targets=[target(5, 2011)])])
    assert "No number" not in whole(made)


def test_the_missed_target_of_a_late_item_stands_with_its_dates():
    of = in_memory.item("1.1", in_memory.step(date(2010, 3, 31)), is_key=True)
    row = measure(of, number(83), targets=[target(100, 2010)])
    made = paper(ANNUAL, of, measures=[row])
    (told,) = [text for text in texts(made, "delay") if MISSED in text]
    assert told == (
        f"For “Brochure printed” (1.1), due by March 2010, no new date is set. {MISSED}."
    )
    (paragraph,) = [each for each in made.sections["delay"].paragraphs if MISSED in text_of(each)]
    assert (VALUE, 1) in {(source.model, source.pk) for source in paragraph.sources}


def crowded(*measures, items):
    """Return the text of a paper with more late items than its words have room for."""
    held_up = in_memory.delay(
        explanation="the trainers left for other work and nobody else can teach the course before winter",
        effect="victims in four regions wait for help that they need at once",
        actions=[
            in_memory.action(
                "hire two trainers and send them to all regions before winter",
                LABOUR,
                date(2010, 12, 31),
            )
        ],
    )
    late = [
        in_memory.item(f"2.{n}", in_memory.step(date(2010, 3, 31), held_up, forecast_due=date(2011, 5, 31)), is_key=True, title=f"Train staff {n}")
        for n in range(1, 9)
    ]  # fmt: skip
    rows = [
        in_memory.update_of(
            each,
            key_achievement="headline",
            achieved=f"DoL printed {n} cards for all airports by June.",
        )
        for n, each in enumerate(items, start=901)
    ]
    labelled = [
        row._replace(source=replace(row.source, label=f"Update of item {each.number}"))
        for row, each in zip(rows, items, strict=True)
    ]
    return whole(paper(ANNUAL, *items, *late, updates=labelled, measures=measures, most_words=600))


def test_a_paper_that_is_too_long_keeps_what_was_missed_and_names_what_was_reached():
    items = [in_memory.item(f"1.{n}", title=f"Print card {n}") for n in range(1, 7)]
    reached = measure(items[5], number(100), targets=[target(100, 2010)])
    missed = measure(items[0], number(83, 2), targets=[target(100, 2010)], pk=2)
    text = crowded(reached, missed, items=items)
    assert f"{MISSED} (1.1)." in text
    assert "- Target reached: “Print card 6” (1.6)." in text
    assert "left out" not in text


def test_the_annex_of_items_says_what_is_against_an_item_that_is_complete():
    of = in_memory.item("1.1", stage="complete", completed_on=date(2010, 5, 13))
    missed = measure(of, number(83), targets=[target(100, 2010)])
    worse = measure(of, number(83, 2), pk=2, baseline=Decimal(90), baseline_on=date(2009, 6, 30))
    facts = in_memory.facts(of, measures=MeasureFacts(Measures([missed, worse])))
    ((row,),) = [pillar.rows for pillar in work_item_table(facts).pillars if pillar.rows]
    assert row.standing == ("Completed 13 May 2010; target missed; result worse than before")


def test_lateness_after_a_new_date_says_from_which_it_counts():
    step = in_memory.step(date(2010, 6, 30), original_due=date(2010, 3, 31))
    facts = in_memory.facts(in_memory.item("1.1", step))
    ((row,),) = [pillar.rows for pillar in work_item_table(facts).pillars if pillar.rows]
    assert row.standing.endswith(" (revised date)")
    assert row.milestones[0].standing.endswith(" (revised date)")


def test_a_result_without_a_number_from_before_the_plan_says_so_or_compares_with_the_last_one():
    of, update = trained()
    share = {"kind": "share", "name": "the share of staff trained"}
    first, last = (
        number(380, of=Decimal(940), day=date(2009, 12, 31)),
        number(640, 2, of=Decimal(960)),
    )
    alone = whole(paper(ANNUAL, of, updates=[update], measures=[measure(of, last, **share)]))
    assert "(640 of 960) in June 2010. No number is known from before the Plan." in alone
    both = whole(paper(ANNUAL, of, updates=[update], measures=[measure(of, first, last, **share)]))
    assert "(640 of 960) in June 2010, up from 40 per cent in December 2009." in both
    assert "No number is known" not in both


def test_a_number_that_the_last_paper_gave_and_was_corrected_is_said_to_be():
    of, update = trained()
    values = [number(83), number(79, 2, corrects=1, correction_reason="two were counted twice")]
    told = whole(
        paper(
            ANNUAL,
            of,
            updates=[update],
            measures=[measure(of, *values)],
            corrected_since=frozenset({1}),
        )
    )
    assert "The last paper gave 83; the number was 79, because two were counted twice." in told
    told = whole(paper(ANNUAL, of, updates=[update], measures=[measure(of, *values)]))
    assert "The number first given was 83; it is 79, because two were counted twice." in told


def test_the_annex_has_a_row_for_each_measure_that_is_set_up_and_names_the_others():
    of, other = in_memory.item("1.1"), in_memory.item("1.2")
    rows = [
        measure(None, pk=1, name="the share of people helped"),
        measure(of, number(83), targets=[target(1700, 2011)], pk=2),
        measure(other, pk=3, kind="words", name=""),
    ]
    facts = in_memory.facts(of, other, measures=MeasureFacts(Measures(rows)))
    (annex,) = write(facts, ("purpose",), ["measures"]).annexes
    assert [
        (row.number, words(row.text), row.target, row.last, row.state) for row in annex.rows
    ] == [
        ("", "No number has been given for the share of people helped.", "", "", "No number given"),
        (
            "1.1",
            f"{AHEAD} No number is known from before the Plan.",
            "1,700 by June 2011",
            "83 in June 2010",
            "Target not due yet",
        ),
    ]
    assert annex.note == "Nothing is counted for one work item, whose measure has words only: 1.2."


def test_the_annex_draws_what_the_page_draws():
    row = measure(in_memory.item(), number(83), targets=[target(100, 2011)], baseline=Decimal(12), baseline_on=date(2009, 6, 30))  # fmt: skip
    facts = in_memory.facts(in_memory.item(), measures=MeasureFacts(Measures([row])))
    (annex,) = write(facts, ("purpose",), ["measures"]).annexes
    marks = [(str(each.kind), each.number) for each in annex.rows[0].chart.marks]
    assert marks == [("number", "83"), ("before", "12"), ("target", "100")]
    on_page = measure_chart(row.measured, row.targets, row.values, row.on, title=row.sentence)
    assert draw_measure(annex.rows[0].chart, title=row.sentence) == on_page


@pytest.mark.parametrize(
    ("achieved", "is_told"),
    [
        # Not a sentence, not to be read, and another percentage than the number.
        ("Protocol and 71 hrs at 3 banks.", True),
        ("JSDU of NZP and SFO stood up by FCG, 61 CMA shut.", True),
        ("Staff were trained, over 50% of them.", True),
        ("Staff were trained at 83% of ports.", False),
    ],
)
def test_the_measure_tells_a_result_whose_words_cannot_or_say_another_percentage(achieved, is_told):
    of = in_memory.item("1.1", in_memory.step(), is_key=True)
    update = in_memory.update_of(of, LABOUR, achieved=achieved, key_achievement="yes")
    share = {
        "kind": "share", "as_told": "the share of staff trained", "baseline": Decimal(20),
        "baseline_on": date(2009, 6, 30),
    }  # fmt: skip
    row = measure(of, number(83, of=Decimal(100)), targets=[target(90, 2011)], **share)
    (told,) = [
        text
        for text in texts(paper(ANNUAL, of, updates=[update], measures=[row]), "achievements")
        if "The share of staff trained was 83 per cent (83 of 100)" in text
    ]
    assert ("staff were" not in told) == is_told
    assert achieved[:8].casefold() not in told.casefold() or not is_told


@pytest.mark.parametrize(
    ("achieved", "said"),
    [
        ("Trained 83 staff at 12 ports.", "The target is 1,700 by June 2011."),
        # The same figure of other things.
        ("Opened 83 huts for staff.", AHEAD),
        ("Trained staff at 830 ports.", AHEAD),
    ],
)
def test_a_measure_does_not_repeat_the_number_of_the_same_thing(achieved, said):
    of = in_memory.item("1.1", in_memory.step(), is_key=True)
    update = in_memory.update_of(of, achieved=achieved, key_achievement="headline")
    row = measure(of, number(83), targets=[target(1700, 2011)])
    told = "\n".join(texts(paper(ANNUAL, of, updates=[update], measures=[row]), "achievements"))
    assert said in told


@pytest.mark.parametrize(
    ("given", "is_told"),
    [({"is_key": True}, True), ({"title": "Pay victims"}, True), ({"title": "Pay fees"}, False)],
)
def test_a_measure_of_a_key_item_or_of_people_that_is_worse_stands_in_the_summary(given, is_told):
    of = in_memory.item("1.1", in_memory.step(), **given)
    worse = {"better": "lower", "baseline": Decimal(60), "baseline_on": date(2009, 6, 30)}
    made = paper(ANNUAL, of, measures=[measure(of, number(83), **worse)])
    told = "the number of staff trained was 83 in June 2010, 23 more than before the Plan."
    assert (told in "\n".join(texts(made, "purpose"))) == is_told
    assert whole(made).casefold().count(told.casefold()[:60]) == 1
