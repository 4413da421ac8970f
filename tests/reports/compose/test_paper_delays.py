"""Test the sections Delay and Mitigation: what slipped, by how much, why, and what is done."""

from datetime import date

import pytest

from reports.compose.as_printed import of_milestone
from reports.compose.late_words import cause_by, without_repeating
from reports.compose.mitigation_text import _with_name, mitigation
from reports.compose.paragraphs import Writer
from reports.document import words
from tests.reports.in_memory import (
    HEALTH,
    LABOUR,
    ON,
    POLICE,
    action,
    delay,
    facts,
    item,
    paper,
    section_texts,
    step,
    text_of,
    update_of,
    withdrawn,
)

PAST, SOON, LATER = date(2010, 6, 30), date(2010, 8, 31), date(2011, 6, 30)
LONG = "The trainers left and nobody else could be found in time for it. "


def delays(*items, **given):
    return section_texts(facts(*items, **given), "delay")


def mitigations(*items, **given):
    return section_texts(facts(*items, **given), "mitigation")


def late(number="1.1", *delays, forecast=LATER, **given):
    return item(number, step(PAST, *delays, forecast_due=forecast), **given)


# --- how a milestone stands -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dates", "sentence"),
    [
        ({"completed_on": date(2010, 7, 1)}, "“Brochure printed” (1.1) came one day late, on 1 July 2010."),
        ({"completed_on": PAST}, "“Brochure printed” (1.1) came in time, on 30 June 2010."),
        ({"completed_on": date(2010, 1, 8)}, "“Brochure printed” (1.1) came in time, in January 2010."),
        ({}, "For “Brochure printed” (1.1), due by 30 June 2010, no new date is set."),
        (
            {"forecast_due": date(2010, 7, 15)},
            "For “Brochure printed” (1.1), due by 30 June 2010 and then expected by 15 July 2010, no "
            "new date is set.",
        ),
        ({"forecast_due": ON}, "“Brochure printed” (1.1) will be a month late, on 30 July 2010."),
        ({"forecast_due": LATER}, "“Brochure printed” (1.1) will be a year late, in June 2011."),
        (
            {"original_due": date(2010, 4, 30), "forecast_due": date(2010, 10, 31)},
            "“Brochure printed” (1.1), first promised for April 2010 and moved to 30 June 2010, will come "
            "in October 2010.",
        ),
        (
            {"original_due": date(2010, 8, 31), "forecast_due": date(2010, 10, 31)},
            "“Brochure printed” (1.1) will be four months later than agreed, in October 2010.",
        ),
        (
            {"original_due": LATER, "agreed_due": LATER, "forecast_due": LATER},
            "“Brochure printed” (1.1) will be in time again, in June 2011.",
        ),
        (
            {"original_due": PAST, "agreed_due": LATER, "forecast_due": LATER},
            "“Brochure printed” (1.1), first promised for 30 June 2010, has been moved to June 2011 by decision of the "
            "working group.",
        ),
        (
            {
                "original_known_to": "month", "agreed_due": date(2010, 9, 30),
                "agreed_known_to": "quarter", "forecast_due": date(2010, 10, 31),
                "forecast_known_to": "month",
            },
            "“Brochure printed” (1.1), first promised for June 2010 and moved to July to September 2010, "
            "will come in October 2010.",
        ),
        (
            {
                "original_due": date(2010, 3, 31), "agreed_due": date(2010, 3, 31),
                "original_known_to": "quarter", "agreed_known_to": "quarter",
                "forecast_due": date(2010, 3, 31), "forecast_known_to": "quarter",
            },
            "For “Brochure printed” (1.1), due by March 2010, no new date is set.",
        ),
        (
            {
                "original_due": date(2010, 7, 31), "agreed_due": date(2010, 7, 31),
                "original_known_to": "month", "agreed_known_to": "month",
                "forecast_due": date(2011, 6, 30), "forecast_known_to": "quarter",
            },
            "“Brochure printed” (1.1) will be at least eight months late, in April to June 2011.",
        ),
        (
            {"as_told": "the public brochure", "forecast_due": LATER},
            "The public brochure (1.1) will be a year late, in June 2011.",
        ),
        (
            {"description": "Print " * 15, "forecast_due": LATER},
            "A milestone of “Train staff” (1.1) will be a year late, in June 2011.",
        ),
    ],
)  # fmt: skip
def test_each_state_of_a_date_has_its_sentence(dates, sentence):
    assert delays(item("1.1", step(PAST, delay(), **dates)))[0] == sentence


def test_two_late_milestones_are_named_and_more_are_counted():
    def held_up(*forecasts, **given):
        steps = [
            step(PAST, delay(), description=f"Step {n}", forecast_due=forecast, **given)
            for n, forecast in enumerate(forecasts, start=1)
        ]
        return delays(item("1.1", *steps, as_told="the training"))[0]

    assert held_up(SOON, LATER) == (
        "“Step 2” (1.1, the training) will be a year late, in June 2011. “Step 1” (1.1) will be two months late, on 31 "
        "August 2010."
    )
    assert held_up(SOON, LATER, SOON) == (
        "Three milestones of the training (1.1) are late, the last now expected by June 2011, a year "
        "late."
    )
    assert held_up(SOON, LATER, PAST) == (
        "Three milestones of the training (1.1) are late, the last now expected by June 2011, a year "
        "late; one has no new date."
    )
    assert held_up(LATER, PAST, PAST).endswith("; two have no new date.")
    assert held_up(PAST, PAST, PAST) == (
        "Three milestones of the training (1.1) are late, the first due by 30 June 2010, and have no new "
        "date."
    )


# --- key items, grouped by cause --------------------------------------------------------------


def test_the_return_shows_a_cause_without_a_reason_as_the_paper_prints_it():
    for cause in ("funding", "other"):
        row = late("1.1", delay(cause, ""), is_key=True)
        (shown,) = [of_milestone(row, each, POLICE) for each in row.milestones]
        assert [words(shown.text)] == delays(row)


def test_a_key_delay_is_reported_with_its_dates_cause_effect_and_settlement():
    held_up = delay(
        explanation="no money was set aside, as far as anybody can say who was asked in the year, for "
        "the printing of this brochure", effect="Victims are not reached. They wait.",
        settlement="settled", times_moved=3,
    )  # fmt: skip
    assert delays(late("1.1", held_up, is_key=True)) == [
        "“Brochure printed” (1.1) will be a year late, in June 2011, because no money was set aside, as "
        "far as anybody can say who was asked in the year, for the printing of this brochure. The funding "
        "for it has since been found. The date has moved three times."
    ]


@pytest.mark.parametrize(
    ("settled", "sentence"),
    [
        (
            {"settlement": "needs_decision"},
            "A decision on the funding is needed for “Train staff” (1.1).",
        ),
        (
            {"settlement": "being_settled", "settling_agency": POLICE.pk},
            "The New Zealand Police must still find the funding for “Train staff” (1.1).",
        ),
        (
            {"settlement": "being_settled", "settling_agency": HEALTH.pk, "settling_by": LATER},
            "The Ministry of Health (MOH) must still find the funding for “Train staff” (1.1) by June 2011.",
        ),
        (
            {"cause": "legislation", "settlement": "being_settled", "settling_agency": LABOUR.pk},
            "DoL must still settle what is needed in law for “Train staff” (1.1).",
        ),
        (
            {"cause": "legislation", "settlement": "needs_decision"},
            "A decision on the legislation is needed for “Train staff” (1.1).",
        ),
        (
            {"cause": "cabinet", "settlement": "being_settled", "settling_agency": LABOUR.pk},
            "DoL must still get the Cabinet decision for “Train staff” (1.1).",
        ),
        (
            {"cause": "cabinet", "settlement": "needs_decision"},
            "A decision on the proposal to Cabinet is needed for “Train staff” (1.1).",
        ),
    ],
)
def test_whether_the_cause_is_settled_is_mentioned(settled, sentence):
    key = late("1.1", delay(**settled), is_key=True)
    assert mitigations(key) == [sentence]


def test_what_the_worst_delay_waits_for_is_in_the_summary_and_not_again_before_its_action():
    waits = delay(actions=[action()], settlement="being_settled", settling_agency=POLICE.pk)
    worst = late("1.1", waits._replace(effect="Victims wait"), is_key=True)
    assert "only if Police can find the funding" in section_texts(facts(worst), "purpose")[-1]
    assert "must still find" not in mitigations(worst)[0]
    assert "must still find" in mitigations(late("1.1", waits, is_key=True))[0]


def test_a_cause_that_is_over_is_not_reported_as_settled():
    held_up = delay(settlement="needs_decision", ended_on=date(2010, 7, 1))
    assert mitigations(late("1.1", held_up, is_key=True)) == [
        "No action is recorded yet for “Train staff” (1.1)."
    ]


def test_key_items_with_one_cause_form_a_list_and_each_cause_comes_once():
    items = [
        late("1.1", delay("staffing", "They left."), is_key=True, forecast=SOON),
        late("1.2", delay("funding"), is_key=True),
        late("1.3", delay("outside_event", "It rained."), is_key=True, forecast=SOON),
        late("1.4", delay("outside_event"), is_key=True),
    ]
    found = paper(facts(*items)).sections[3].paragraphs
    assert [len(paragraph.sources) for paragraph in found] == [3, 6, 3]
    assert delays(*items) == [
        "“Brochure printed” (1.2) will be a year late, in June 2011. No reason is given beyond a lack of funding.",
        "Two key items were held up, mainly by events outside the Plan:\n"
        "- “Brochure printed” (1.4) will be a year late, in June 2011.\n"
        "- “Brochure printed” (1.3) will be two months late, on 31 August 2010. It rained.",
        "“Brochure printed” (1.1) will be two months late, on 31 August 2010. They left.",
    ]


def test_key_delays_have_their_reasons_and_what_they_mean_before_anything_else_has_room():
    items = [
        late(
            f"1.{n}",
            delay("funding", f"the road {n} was shut.", f"Households on road {n} wait for it."),
            is_key=True,
        )
        for n in range(1, 6)
    ]
    late_item = late("2.1", delay("staffing", "They left."))
    found = section_texts(facts(*items, late_item, most_words=500), "delay")
    for n in range(2, 6):
        assert f"because the road {n} was shut. Households on road {n} wait for it." in found[0]
    # The summary has the first.
    assert "on road 1" not in found[0]
    # Items that are not key have their cause only.
    assert (
        found[1]
        == "One other item is late because of a shortage of staff: “Train staff” (2.1, now June 2011)."
    )
    # In a paper that cannot hold this much, three have their reasons.
    found = section_texts(facts(*items, late_item, most_words=0), "delay")
    assert [f"because the road {n} was shut." in found[0] for n in range(1, 6)] == [
        *[True] * 3,
        *[False] * 2,
    ]
    assert "Households" not in found[0]


def test_a_reason_of_one_word_or_without_a_subject_is_quoted():
    for typed, told in (
        ("Court", "In DoL’s words: “Court.”"),
        (
            "Needs to align with the new bill.",
            "In DoL’s words: “Needs to align with the new bill.”",
        ),
        ("Deferred by the office.", "In DoL’s words: “Deferred by the office.”"),
        ("Re-tender the work.", "In DoL’s words: “Re-tender the work.”"),
    ):
        (found,) = delays(late("1.1", delay("funding", typed), is_key=True))
        assert found == f"“Brochure printed” (1.1) will be a year late, in June 2011. {told}"


def test_the_reason_of_two_late_milestones_follows_the_one_that_it_is_of():
    steps = [
        step(
            PAST, delay("funding", "more submissions"), description=f"Step {n}", forecast_due=LATER
        )
        for n in (1, 2)
    ]
    (found,) = delays(item("1.1", *steps, is_key=True))
    assert found == (
        "“Step 1” (1.1) will be a year late, in June 2011, because of more submissions. “Step 2” (1.1) will be a year "
        "late, in June 2011."
    )


def test_late_items_without_a_recorded_cause_are_mentioned_once():
    assert delays(late("1.1", is_key=True)) == [
        "“Brochure printed” (1.1) will be a year late, in June 2011.",
        "For the one late item no cause is recorded (1.1).",
    ]
    assert delays(late("1.1", is_key=True), late("1.2", is_key=True), late("1.3", delay())) == [
        "These two key items are late:\n"
        "- “Brochure printed” (1.1) will be a year late, in June 2011.\n"
        "- “Brochure printed” (1.2) will be a year late, in June 2011.",
        "“Brochure printed” (1.3) will be a year late, in June 2011.",
        "For two of the three late items no cause is recorded (1.1 and 1.2).",
    ]


def test_every_late_key_item_has_its_dates_though_no_room_is_left_for_reasons():
    items = [late(f"1.{n}", delay(explanation=LONG * 2), is_key=True) for n in range(1, 9)]
    first, others = delays(*items, most_words=100)
    assert first.splitlines()[0] == "Three key items were held up, mainly by a lack of funding:"
    # The first ones have theirs whether it fits or not; a reason that is there already is not repeated.
    assert first.splitlines()[2:] == [
        f"- “Brochure printed” (1.{n}) will be a year late, in June 2011." for n in (2, 3)
    ]
    because = f"because t{LONG[1:].strip()}"
    assert others.splitlines() == [
        "Five more key items are late:",
        *(f"- “Train staff” (1.{n}) by a year, to June 2011, {because}" for n in range(4, 9)),
    ]


def more_late_key_items(*held_up, **given):
    """The paragraph of a tight paper on late key items after the first three."""
    first = [late(f"1.{n}", delay(explanation=LONG * 2), is_key=True) for n in range(1, 4)]
    rest = [
        late(f"2.{n}", each, is_key=True, as_told=f"the card {n}", **given)
        for n, each in enumerate(held_up, start=1)
    ]
    return delays(*first, *rest, most_words=100)[1]


def test_further_late_key_items_of_a_tight_paper_stand_in_a_sentence_with_their_reasons():
    endless = "The trainers left " * 40
    by_a_year = "by a year, to June 2011"
    assert more_late_key_items(
        delay(explanation="The trainers left."),
        delay("another_agency", endless, settling_agency=HEALTH.pk),
        delay("prior_commitments", endless),
    ) == (
        f"Three more key items are late: the card 1 (2.1) {by_a_year}, because the trainers left; the card 2 (2.2) {by_a_year}, "
        f"because of another agency’s work; and the card 3 (2.3) {by_a_year}, because of other commitments."
    )


def test_the_sentence_says_that_a_date_is_the_earliest():
    waits = delay(
        explanation="The trainers left.", settlement="being_settled", settling_agency=HEALTH.pk
    )
    assert more_late_key_items(waits, delay(explanation="It is so.")).startswith(
        "Two more key items are late: the card 1 (2.1), not before June 2011, because the trainers left; "
    )


def test_a_sentence_on_further_late_key_items_that_would_be_long_is_a_list():
    reason = "The trainers left and nobody else could be found for it in time."
    short, long = (more_late_key_items(*[delay(explanation=reason)] * count) for count in (3, 4))
    assert short.startswith("Three more key items are late: the card 1")
    assert long.splitlines()[:2] == [
        "Four more key items are late:",
        "- The card 1 (2.1) by a year, to June 2011, because the trainers left and nobody else could be found for it in "
        "time.",
    ]


def test_a_paper_whose_least_is_too_long_tells_two_to_four_further_key_items_in_one_sentence():
    explained = [late(f"1.{n}", delay(explanation=LONG * 2), is_key=True) for n in (1, 2, 3)]
    waiting = delay("other", settlement="being_settled", settling_agency=LABOUR.pk)
    further = [
        late("1.4", delay("staffing"), title="Ask", is_key=True),
        late("1.5", waiting, title="Print", is_key=True),
        item(
            "1.6",
            step(PAST, delay(), forecast_due=LATER, forecast_known_to="quarter"),
            title="Write",
            is_key=True,
        ),
        late("1.7", delay(), title="Send", is_key=True, forecast=PAST),
    ]
    assert delays(*explained, *further, most_words=60)[-1] == (
        "Four more key items are late: “Ask” (1.4) by a year, to June 2011, because of a shortage of staff; "
        "“Print” (1.5), not before June 2011; “Write” (1.6) by at least nine months, in April "
        "to June 2011, because of a lack of funding; and “Send” (1.7) without a new date, because of a lack of "
        "funding."
    )
    # A single one keeps its place in the list, and so do all where there is room.
    assert "more key item" not in " ".join(delays(*explained, further[0], most_words=60))
    assert "more key item" not in " ".join(delays(*explained, *further))


def test_an_explanation_is_quoted_from_its_start_and_never_cut_in_a_sentence():
    assert delays(late("1.1", delay(explanation=LONG * 5), is_key=True)) == [
        f"“Brochure printed” (1.1) will be a year late, in June 2011, because t{LONG[1:]}{LONG}".strip()
    ]
    endless = "The trainers left " * 40
    assert delays(late("1.1", delay(explanation=endless), is_key=True)) == [
        "“Brochure printed” (1.1) will be a year late, in June 2011, because of a lack of funding."
    ]


@pytest.mark.parametrize(
    ("held_up", "sentence"),
    [
        (
            delay(settlement="being_settled"),
            "The card (1.1), due on 30 June 2010, will not come before June 2011, because of a lack of funding.",
        ),
        (delay("outside_event"), "The card (1.1) will be a year late, in June 2011, because of events outside the Plan."),
        (
            delay("cabinet"),
            "The card (1.1) will be a year late, in June 2011, because of a Cabinet decision that has to come first.",
        ),
        (
            delay("another_agency", settling_agency=HEALTH.pk),
            "The card (1.1) will be a year late, in June 2011, because of another agency’s work.",
        ),
        (delay("another_agency"), "The card (1.1) will be a year late, in June 2011, because of another agency’s work."),
    ],
)  # fmt: skip
def test_a_cause_whose_reason_cannot_be_printed_puts_the_milestone_back(held_up, sentence):
    held_up = held_up._replace(explanation="The trainers left " * 40)
    one = item("1.1", step(PAST, held_up, forecast_due=LATER, as_told="the card"), is_key=True)
    assert delays(one)[0] == sentence


def test_a_cause_is_added_to_how_late_what_is_moved_again_or_has_no_date_is():
    endless = delay(explanation="The trainers left " * 40)
    dates = {"original_due": PAST, "agreed_due": SOON, "forecast_due": LATER}
    again = item("1.1", step(PAST, endless, as_told="the card", **dates), is_key=True)
    assert delays(again)[0] == (
        "The card (1.1), first promised for 30 June 2010 and moved to 31 August 2010, will come in June 2011, "
        "because of a lack of funding."
    )
    undated = item("1.1", step(PAST, endless, as_told="the card"), is_key=True)
    assert delays(undated)[0] == (
        "For the card (1.1), due by 30 June 2010, no new date is set, because of a lack of funding."
    )


# --- other items ------------------------------------------------------------------------------


def test_the_three_largest_slips_of_other_items_are_mentioned_and_the_rest_counted_by_cause():
    items = [
        late("1.1", delay("staffing"), forecast=date(2010, 8, 1)),
        late("1.2", delay("funding", "No money."), forecast=LATER),
        late("1.3", delay("funding"), forecast=date(2011, 5, 31)),
        late("1.4", forecast=date(2011, 3, 31)),
        late("1.5", delay("funding"), forecast=date(2010, 8, 2)),
        late("1.6", forecast=date(2010, 8, 3)),
    ]
    assert delays(*items) == [
        "“Brochure printed” (1.2) will be a year late, in June 2011, because of a lack of money. “Brochure printed” (1.3) will be "
        "11 months late, in May 2011. “Brochure printed” (1.4) will be nine months late, in March 2011. "
        "Three more items are late: “Train staff” (1.5, now 2 August 2010) because of a lack of funding; “Train staff” "
        "(1.1, now 1 August 2010) because of a shortage of staff; and “Train staff” (1.6, now 3 August 2010).",
        "For two of the six late items no cause is recorded (1.4 and 1.6).",
    ]


@pytest.mark.parametrize(
    ("annexes", "where"), [(["delays"], " (Annex A)"), (["risks", "items_texts"], " (dates in Annex B)")]
)  # fmt: skip
def test_without_room_all_other_late_items_are_counted(annexes, where):
    items = [late(f"1.{n}", delay("funding"), title=LONG) for n in range(1, 8)]
    assert section_texts(facts(*items, most_words=60), "delay", annexes) == [
        f"Seven items are late because of a lack of funding{where}."
    ]
    key = late("2.1", delay("funding"), is_key=True)
    assert section_texts(facts(*items, key, most_words=60), "delay", annexes)[1] == (
        f"Seven other items are late because of a lack of funding{where}."
    )


def test_items_that_caught_up_are_mentioned_after_the_late_ones():
    done = step(PAST, delay(explanation="They were busy."), completed_on=date(2010, 7, 29))
    items = [item(f"1.{n}", done) for n in range(1, 6)]
    assert delays(*items) == [
        "“Brochure printed” (1.1) came four weeks late, on 29 July 2010. They were busy. “Brochure "
        "printed” (1.2) came four weeks late, on 29 July 2010. “Brochure printed” (1.3) came four weeks late, on "
        "29 July 2010."
    ]


def test_the_paper_says_when_there_is_no_delay_and_no_mitigation():
    assert delays(item()) == [
        "No delay was recorded in the 12 months to 30 July 2010, and no milestone is late."
    ]
    assert mitigations(item()) == ["There is no delay to make good."]
    assert mitigations(item("1.1", step(LATER, delay()))) == [
        "The delays above are over; no action against them was recorded."
    ]


@pytest.mark.parametrize(
    ("found_on", "ended_on", "is_mentioned"),
    [
        (date(2009, 5, 1), None, True),
        (date(2009, 5, 1), date(2009, 6, 1), False),
        (date(2009, 5, 1), date(2009, 9, 1), True),
        (date(2010, 5, 1), date(2010, 6, 1), True),
    ],
)
def test_a_delay_is_included_if_it_overlaps_the_period(found_on, ended_on, is_mentioned):
    slipped = delay(found_on=found_on, ended_on=ended_on)
    lines = delays(item("1.1", step(date(2010, 12, 1), slipped)))
    assert lines[0].startswith("“Brochure printed” (1.1) will be in time again") is is_mentioned


# --- mitigation -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dates", "sentence", "note"),
    [
        (
            {"due_on": SOON},
            "the New Zealand Police will print it by 31 August 2010",
            " (by 31 August 2010)",
        ),
        (
            {"due_on": date(2010, 12, 1)},
            "the New Zealand Police will print it by December 2010",
            " (by December 2010)",
        ),
        # The item's new date, which section Delay has reported.
        ({"due_on": LATER}, "the New Zealand Police will print it", ""),
        (
            {"due_on": date(2010, 7, 1)},
            "it was for the New Zealand Police to print it by 1 July 2010, and this is not recorded as done",
            " (due by 1 July 2010 and not reported as done)",
        ),
    ],
)
def test_an_open_action_is_told_with_owner_and_date(dates, sentence, note):
    def done_about_it(words):
        return mitigations(late("1.1", delay(actions=[action(words, **dates)]), is_key=True))

    assert done_about_it("print it.") == [f"For “Train staff” (1.1), {sentence}."]
    told = f"“Cards for all”{note}." if note else "“Cards for all.”"
    assert done_about_it("Cards for all.") == [
        f"For “Train staff” (1.1), in Police’s words: {told}"
    ]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("print it.", "the New Zealand Police will print it; no date is set."),
        (
            "Partner with radio stations",
            "the New Zealand Police will partner with radio stations; no date is set.",
        ),
        (
            "We are redrafting the form.",
            "Police are redrafting the form (no date set).",
        ),
    ],
)
def test_what_the_owner_does_is_told_without_a_date(typed, told):
    assert mitigations(late("1.1", delay(actions=[action(typed)]), is_key=True)) == [
        f"For “Train staff” (1.1), {told}"
    ]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (
            "Hiring two lawyers",
            "the New Zealand Police are hiring two lawyers; this is due by 31 August 2010",
        ),
        ("Training for staff", "the New Zealand Police plan training for staff by 31 August 2010"),
        ("No staff", "in Police’s words: “No staff” (by 31 August 2010)"),
        ("Is it enough?", "in Police’s words: “Is it enough?” (by 31 August 2010)"),
    ],
)
def test_what_the_owner_does_or_plans_is_told_of_an_action_that_is_no_order(typed, told):
    held_up = delay(actions=[action(typed, due_on=SOON)])
    assert mitigations(late("1.1", held_up, is_key=True)) == [f"For “Train staff” (1.1), {told}."]


@pytest.mark.parametrize(
    ("second", "told"),
    [
        ("Ask the printers.", "They will ask the printers."),
        ("Training for staff.", "They also plan training for staff."),
        ("Advanced model of the coast", "They also plan an advanced model of the coast."),
        ("New map", "They also plan a new map."),
        ("Additional funding", "They also plan additional funding."),
        ("Two maps", "They also plan two maps."),
        ("The printers are ready.", "The printers are ready."),
        ("Is it enough?", "Is it enough?"),
    ],
)
def test_a_second_sentence_of_an_action_that_is_an_order_or_a_thing_says_what_is_planned(
    second, told
):
    def done_about_it(owner):
        held_up = delay(actions=[action(f"Print it. {second}", owner, SOON)])
        return mitigations(late("1.1", held_up, is_key=True))[0].partition("2010. ")[2]

    assert done_about_it(POLICE) == told
    assert done_about_it(HEALTH) == told.replace("They also plan", "It also plans").replace(
        "They", "It"
    )


def test_key_items_without_a_dated_step_are_named_together():
    vague = [
        "Combined paper being considered",
        "Monitoring of the risks",
        "Officials remain ready to progress.",
    ]
    items = [
        late(f"1.{n}", delay(actions=[action(each)]), is_key=True, title=f"Card {n}")
        for n, each in enumerate(vague, 1)
    ]
    assert mitigations(*items) == [
        "For three key items no dated next step is recorded: “Card 1” (1.1), “Card 2” (1.2) and “Card 3” (1.3)."
    ]


def test_every_key_item_without_a_dated_step_is_counted():
    items = [
        late(f"1.{n}", delay(actions=[action(text)]), is_key=True, title=f"Card {n}")
        for n, text in enumerate(["Print a shorter card.", "A paper being considered"], 1)
    ]
    told, counted = mitigations(*items)
    assert told.endswith("print a shorter card; no date is set.")
    assert (
        counted
        == "For two key items no dated next step is recorded: “Card 1” (1.1) and “Card 2” (1.2)."
    )


@pytest.mark.parametrize("typed", ["Court", "Agencies to confirm their roles"])
def test_what_is_no_thing_that_a_date_needs_is_quoted(typed):
    held_up = delay(needs=typed, settlement="being_settled")
    (found, *_) = mitigations(late("1.1", held_up))
    assert found == f"For “Train staff” (1.1), in DoL’s words, what is needed is “{typed}”."


def test_owner_and_date_are_not_repeated_if_the_action_names_them():
    held_up = delay(actions=[action("Police print it by 31 August 2010.", due_on=SOON)])
    assert mitigations(late("1.1", held_up)) == [
        "For “Train staff” (1.1), the New Zealand Police will print it by 31 August 2010."
    ]
    held_up = delay(actions=[action("Cards that Police print by 31 August 2010.", due_on=SOON)])
    assert mitigations(late("1.1", held_up)) == [
        "For “Train staff” (1.1), in Police’s words: “Cards that Police print by 31 August 2010.”"
    ]


def test_the_actions_of_more_than_three_items_are_a_list_those_of_key_items_first():
    def held_up(*owners):
        return delay(actions=[action(f"Print {n}.", owner) for n, owner in enumerate(owners, 1)])

    assert mitigations(
        late("1.1", held_up(POLICE), title="Ask"),
        late("1.2", held_up(LABOUR, POLICE, POLICE), is_key=True, as_told="the training"),
        late("1.3", held_up(HEALTH), is_key=True),
        late("1.4", held_up(HEALTH), title="Write"),
    ) == [
        "What agencies are doing about these delays:\n"
        "- Training (1.2): DoL will print 1; no date is set. The New Zealand Police will print 2; no date is set.\n"
        "- Train staff (1.3): The Ministry of Health (MOH) will print 1; no date is set.\n"
        "- Ask (1.1): Police will print 1; no date is set.\n"
        "- Write (1.4): MOH will print 1; no date is set."
    ]


def test_the_first_action_of_each_item_goes_before_the_second_of_any():
    def held_up(*words):
        return delay(actions=[action(f"Police {each}.", due_on=SOON) for each in words])

    items = [
        late("1.1", held_up("ask", "write"), is_key=True),
        late("1.2", held_up("go", "stay")),
    ]
    first = [
        "For “Train staff” (1.1), Police ask (by 31 August 2010).",
        "For “Train staff” (1.2), Police go (by 31 August 2010).",
    ]
    writer = Writer(facts(*items), contents=["mitigation"], words=15)
    assert [text_of(each) for each in mitigation(writer).paragraphs] == first
    assert [line.count("Police") for line in mitigations(*items)] == [2, 2]


@pytest.mark.parametrize(
    ("done", "sentence"),
    [
        (0, "For “Train staff” (1.1), the one action recorded is done."),
        (2, "For “Train staff” (1.1), all actions recorded are done."),
    ],
)
def test_it_is_said_if_all_actions_are_done(done, sentence):
    words = ["Print it.", "Print it again.", "Print it once more."]
    finished = [action(each, done_on=date(2010, 7, 1)) for each in words[:done]]
    old = action(done_on=date(2009, 7, 1))
    assert mitigations(late("1.1", delay(actions=[old, *finished]), is_key=True)) == [sentence]


def test_an_agency_in_brackets_has_its_short_name_once_the_text_has_introduced_it():
    one = delay(actions=[action("Health staff write.", HEALTH, SOON)])
    settling = {"settlement": "being_settled", "settling_agency": HEALTH.pk}
    held_up = delay(actions=[action("Health staff print.", HEALTH, SOON)], **settling)
    assert mitigations(late("1.1", one, is_key=True), late("1.2", held_up)) == [
        "For “Train staff” (1.1), in the Ministry of Health’s (MOH) words: “Health staff write” (by 31 August 2010).",
        "MOH must still find the funding for “Train staff” (1.2). In MOH’s words: “Health staff print” (by 31 August 2010).",
    ]


def test_one_action_of_a_key_item_is_told_though_it_is_too_long_and_no_room_is_left():
    endless = action("Police " + "print " * 90 + "it.")
    held_up = delay(actions=[endless, action("Police ask.")])
    assert mitigations(late("1.1", held_up, is_key=True), most_words=60) == [
        "One action for “Train staff” (1.1) is open (Police, no date set)."
    ]


def test_finished_actions_are_left_out_beside_open_ones():
    rows = [action("Police ask.", due_on=SOON), action(done_on=PAST), action(done_on=PAST)]
    assert mitigations(late("1.1", delay(actions=rows))) == [
        "For “Train staff” (1.1), Police ask (by 31 August 2010)."
    ]
    assert mitigations(item("1.2", step(LATER, delay(actions=rows[1:])))) == [
        "The delays above are over; no action against them was recorded."
    ]


def test_late_items_without_an_action_are_named_or_counted():
    assert mitigations(late("1.1"), late("1.2", as_told="the training")) == [
        "No action is recorded yet for “Train staff” (1.1) and the training."
    ]
    others = late("1.4", delay(actions=[action("DoL print it.", LABOUR)]), is_key=True)
    assert mitigations(late("1.1"), late("1.2"), late("1.3"), others) == [
        "For “Train staff” (1.4), DoL will print it; no date is set.",
        "For three of the four late items no action is recorded (1.1, 1.2 and 1.3).",
    ]


def test_what_is_the_same_for_another_item_is_said_with_its_number_or_not_again():
    def held_up():
        return delay(explanation="They left.", settlement="settled", times_moved=2)

    assert delays(late("1.1", held_up(), is_key=True), late("1.2", held_up(), is_key=True))[
        0
    ].splitlines()[1:] == [
        "- “Brochure printed” (1.1) will be a year late, in June 2011. They left. The funding for it has since been found. "
        "The date has moved twice.",
        "- “Brochure printed” (1.2) will be a year late, in June 2011. For 1.2, the funding for it has since been found. "
        "For 1.2, the date has moved twice.",
    ]


def test_two_late_milestones_of_one_name_are_counted():
    twins = item("1.1", step(PAST, forecast_due=LATER), step(PAST, forecast_due=LATER))
    assert delays(twins)[0] == (
        "Two milestones of “Train staff” (1.1) are late, the last now expected by June 2011, a year "
        "late."
    )


def test_late_items_with_long_reasons_take_several_paragraphs():
    items = [
        late(f"1.{n}", delay(explanation=f"Trainer {n} " + "left " * 40 + "us."))
        for n in range(1, 4)
    ]
    document = paper(facts(*items))
    found = document.sections[3].paragraphs
    assert [len(paragraph.sources) for paragraph in found] == [3, 3, 3]
    assert len({paragraph.key for paragraph in found}) == 3


def test_a_delay_of_an_item_that_is_over_is_not_reported_as_one_to_come():
    done = item("1.1", step(PAST, delay()), stage="complete", completed_on=date(2010, 7, 1))
    gone = item("1.2", step(PAST, delay(actions=[action()])), stage="withdrawn")
    assert delays(done, gone) == ["“Train staff” (1.1) slipped before completion."]
    assert delays(gone) == [
        "No delay was recorded in the 12 months to 30 July 2010, and no milestone is late."
    ]


def test_other_causes_are_not_named():
    assert delays(late("1.1", delay("other"), is_key=True)) == [
        "“Brochure printed” (1.1) will be a year late, in June 2011."
    ]


@pytest.mark.parametrize(
    ("bare", "others", "sentence"),
    [
        (1, 0, "For the one late item no cause is recorded (1.1)."),
        (2, 0, "For both late items no cause is recorded (1.1 and 1.2)."),
        (3, 0, "For all three late items no cause is recorded (1.1, 1.2 and 1.3)."),
        (1, 2, "For one of the three late items no cause is recorded (1.1)."),
    ],
)
def test_items_without_a_cause_are_counted_among_the_late_ones(bare, others, sentence):
    items = [late(f"1.{n}") for n in range(1, bare + 1)]
    items += [late(f"2.{n}", delay()) for n in range(1, others + 1)]
    assert delays(*items)[-1] == sentence


def test_an_item_that_came_late_is_reported_with_why_it_is_at_risk():
    came = step(PAST, delay(explanation="They were busy."), completed_on=date(2010, 7, 29))
    doubtful = item("1.2", came, confidence="at_risk")
    items = (late("1.1"), doubtful)
    assert len(delays(*items)) == 3
    explained = [update_of(doubtful, challenges="Trainers leave.")]
    why = "“Brochure printed” (1.2) came four weeks late, on 29 July 2010. They were busy. Trainers leave."
    assert [line for line in delays(*items, updates=explained) if "came" in line] == [why]
    assert delays(doubtful, updates=explained) == [why]
    assert "Trainers leave" not in section_texts(facts(*items, updates=explained), "purpose")[-1]


def test_a_cause_that_is_settled_is_not_mentioned_beside_what_is_still_being_done():
    for done_on, told_of in ((None, 0), (date(2010, 7, 1), 1)):
        held_up = delay(settlement="settled", actions=[action("Police ask.", done_on=done_on)])
        line = delays(late("1.1", held_up, is_key=True))[0]
        assert line.count("The funding for it has since been found.") == told_of


def test_the_summary_doubts_a_new_date_and_says_how_it_moved():
    came = step(PAST, delay(explanation="They were busy."), completed_on=date(2010, 7, 29))
    moved = step(date(2011, 3, 31), original_due=date(2010, 10, 31), as_told="the advice")
    doubtful = item("1.2", came, moved, as_told="the review", confidence="at_risk")
    assert section_texts(facts(doubtful), "purpose")[-1].splitlines()[2] == (
        "- The working group has moved the date for the advice (1.2) from October 2010 to March 2011, and the new date is in "
        "doubt."
    )
    assert delays(doubtful) == [
        "“Brochure printed” (1.2) came four weeks late, on 29 July 2010. They were busy."
    ]


# --- what bridges a delay, and what it needs ---------------------------------------------------


def test_what_bridges_a_delay_stands_before_the_actions():
    key = late(
        "1.1",
        delay(meanwhile="Until then, Police keep a list of victims.", actions=[action()]),
        is_key=True,
    )
    assert mitigations(key) == [
        "For “Train staff” (1.1), in the meantime, Police keep a list of victims. The New Zealand Police will "
        "print it; no date is set."
    ]
    undated = item("1.1", step(PAST, delay(meanwhile="Police keep a list of victims")), is_key=True)
    assert mitigations(undated) == [
        "For “Train staff” (1.1), in the meantime, Police keep a list of victims."
    ]


@pytest.mark.parametrize(
    ("needs", "settled", "sentence"),
    [
        (
            "a second tender",
            {},
            "For “Train staff” (1.1), DoL still needs a second tender; no date is set.",
        ),
        (
            "to appoint a translator",
            {"settlement": "being_settled", "settling_agency": POLICE.pk, "settling_by": LATER},
            "For “Train staff” (1.1), the New Zealand Police must appoint a translator by June 2011.",
        ),
        ("n/a", {}, "No action is recorded yet for “Train staff” (1.1)."),
        (
            "a second tender",
            {"settlement": "settled"},
            "No action is recorded yet for “Train staff” (1.1).",
        ),
    ],
)
def test_what_an_item_needs_is_reported_with_who_must_have_it(needs, settled, sentence):
    assert mitigations(late("1.1", delay(needs=needs, **settled))) == [sentence]


def test_what_the_worst_delay_needs_is_told_once_in_the_summary():
    def worst(needs):
        return late("1.1", delay(needs=needs, effect="Victims wait"), is_key=True)

    one = worst("Legal advice on the answers")
    assert (
        section_texts(facts(one), "purpose")[-1]
        .splitlines()[2]
        .endswith("victims wait. Its new date depends on legal advice on the answers.")
    )
    assert mitigations(one) == ["No action is recorded yet for “Train staff” (1.1)."]
    assert mitigations(worst("to appoint a translator")) == [
        "For “Train staff” (1.1), DoL must appoint a translator; no date is set."
    ]


def test_a_delay_that_has_ended_needs_and_bridges_nothing():
    over = delay(needs="a tender", meanwhile="Police keep a list", ended_on=date(2010, 7, 1))
    assert mitigations(late("1.1", over, is_key=True)) == [
        "No action is recorded yet for “Train staff” (1.1)."
    ]


def test_a_cause_is_that_of_its_own_move_where_an_earlier_move_had_another_one():
    why = {"explanation": "no money was set aside", "settlement": "needs_decision"}
    first = delay("staffing", "the writer left", found_on=date(2010, 3, 1), due_after=SOON)
    again = delay(due_before=SOON, due_after=LATER, **why)
    assert (
        " It moved again, from 31 August 2010 to 30 June 2011, because no money was set aside."
        in (delays(late("1.1", first, again))[0])
    )
    same = delay("funding", "the writer left", found_on=date(2010, 3, 1), due_after=SOON)
    assert ", because no money was set aside." in delays(late("1.1", same, again))[0]
    assert "It moved again" not in delays(late("1.1", same, again))[0]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (
            "One NZ switch upgrade may come first",
            "because, as DoL writes, “One NZ switch upgrade may come first”",
        ),
        ("One NZ staff may leave", "because One NZ staff may leave"),
        ("no money was set aside", "because no money was set aside"),
    ],
)
def test_a_cause_that_begins_with_a_thing_without_its_article_is_quoted(typed, told):
    assert cause_by("DoL", typed) == told


def test_until_then_is_a_date_in_section_mitigation():
    held_up = delay(
        explanation="the trainers left",
        actions=[action("Leaflets are all that staff have until then.", LABOUR, SOON)],
    )
    assert "relies on leaflets until June 2011." in " ".join(mitigations(late("1.1", held_up)))


def test_a_date_that_the_group_has_moved_is_told_with_its_reason_and_why_it_may_move_again():
    moved = step(date(2011, 3, 31), original_due=date(2010, 12, 17), as_told="advice on penalties")
    advice = item("3.4", moved, confidence="at_risk")
    late_one = item("1.1", step(date(2010, 6, 30), forecast_due=date(2010, 8, 31)))
    told = section_texts(
        facts(
            late_one,
            advice,
            updates=[update_of(advice, challenges="More bills may take the two lawyers.")],
            moves={moved.pk: withdrawn("The lawyers are on bills.")},
        ),
        "delay",
    )
    assert told[1] == (
        "Advice on penalties (3.4) has moved from December 2010 to March 2011, because the lawyers are on bills. "
        "The new date may slip again: more bills may take the two lawyers."
    )


def test_a_delay_that_says_to_when_it_moved_a_date_is_the_reason_of_the_move():
    effect = "The advice moved from December 2010 to March 2011."
    why = delay(
        "legislation", "The lawyers are on bills.", effect=effect, ended_on=date(2010, 4, 30)
    )
    first = step(PAST, why, completed_on=date(2010, 4, 30))
    advice = step(date(2011, 3, 31), original_due=date(2010, 12, 17), as_told="advice on penalties")
    told = delays(late(), item("3.4", first, advice))
    assert told[-2] == (
        "Advice on penalties (3.4) has moved from December 2010 to March 2011, because the lawyers are on bills."
    )


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (
            ["Presentations on the intranet are all that most staff have until then"],
            "DoL relies on presentations on the intranet until June 2011.",
        ),
        (
            ["The draft is with four boards, and a senior adviser is answering their questions."],
            "the draft is with four boards (DoL, by 31 August 2010).",
        ),
        (
            ["Weekly meeting with Treasury"],
            "DoL reports no action beyond a weekly meeting with Treasury.",
        ),
        (
            ["Weekly meeting with Treasury", "Ask for money"],
            "DoL will ask for money by 31 August 2010.",
        ),
    ],
)
def test_an_action_is_what_mends_or_bridges_a_delay_and_no_meeting(typed, told):
    acts = [action(each, LABOUR, SOON, number=n) for n, each in enumerate(typed, 1)]
    (text,) = mitigations(late("1.1", delay(actions=acts), is_key=True, as_told="the card"))
    assert text.partition(", ")[2] == told


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("the two who write the guidance were ill", "the two who write it were ill"),
        ("the guidance is long", "it is long"),
        ("the guidance of the board came late", "the guidance of the board came late"),
    ],
)
def test_a_cause_does_not_repeat_the_noun_of_what_is_late(reason, told):
    assert without_repeating("Guidance for boards (2.4) will be late.", reason) == told
    assert without_repeating("The guidance will be late.", reason) == reason


def test_a_noun_in_what_is_done_stands_with_the_items_whole_name():
    name = "guidance on health care"
    whole = "MOH’s guidance on health care is in draft."
    assert _with_name(name, "MOH’s guidance is in draft.") == whole
    assert _with_name(name, "MOH’s guidance group met.") == "MOH’s guidance group met."
